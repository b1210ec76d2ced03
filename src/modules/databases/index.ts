import type { Catalogue } from '../../sdk/module.ts'
import { mysql_db } from './mysql_db/index.ts'
import { mysql_user } from './mysql_user/index.ts'

export const databases: Catalogue = {
  mysql_db,
  mysql_user,
}
