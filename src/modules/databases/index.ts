import type { Catalogue } from '../../sdk/module.ts'
import { mysql_db } from './mysql_db/index.ts'
import { mysql_query } from './mysql_query/index.ts'
import { mysql_user } from './mysql_user/index.ts'
import { mysql_variables } from './mysql_variables.ts'
import { postgresql_db } from './postgresql_db/index.ts'
import { postgresql_ext } from './postgresql_ext.ts'
import { postgresql_privs } from './postgresql_privs/index.ts'
import { postgresql_query } from './postgresql_query/index.ts'
import { postgresql_user } from './postgresql_user/index.ts'
import { redis } from './redis.ts'
import { sqlite_query } from './sqlite_query/index.ts'

export const databases: Catalogue = {
  mysql_db,
  mysql_query,
  mysql_user,
  mysql_variables,
  postgresql_db,
  postgresql_ext,
  postgresql_privs,
  postgresql_query,
  postgresql_user,
  redis,
  sqlite_query,
}
