import type { Catalogue } from '../../sdk/module.ts'
import { lxc_container } from './lxc_container/index.ts'
import { virt } from './virt/index.ts'

export const virtual: Catalogue = {
  lxc_container,
  virt,
}
