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
import { redis_data } from './redis_data.ts'
import { redis_data_incr } from './redis_data_incr.ts'
import { redis_data_info } from './redis_data_info.ts'
import { redis_info } from './redis_info.ts'
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
  redis_data,
  redis_data_incr,
  redis_data_info,
  redis_info,
  sqlite_query,
}
