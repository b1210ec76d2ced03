import type { Catalogue } from '../../sdk/module.ts'
import { authorized_key } from './authorized_key/index.ts'
import { group } from './group.ts'
import { htpasswd } from './htpasswd.ts'
import { known_hosts } from './known_hosts.ts'
import { user } from './user/index.ts'

export const accounts: Catalogue = {
  authorized_key,
  group,
  htpasswd,
  known_hosts,
  user,
}
