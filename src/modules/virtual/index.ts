import type { Catalogue } from '../../sdk/module.ts'
import { lxc_container } from './lxc_container/index.ts'
import { virt } from './virt/index.ts'
import { virt_domain } from './virt_domain/index.ts'
import { virt_net } from './virt_net.ts'
import { virt_pool } from './virt_pool.ts'

export const virtual: Catalogue = {
  lxc_container,
  virt,
  virt_domain,
  virt_net,
  virt_pool,
}
