import type { Catalogue } from '../../sdk/module.ts'
import { xen_domain } from './xen_domain/index.ts'
import { xen_image } from './xen_image/index.ts'
import { xen_vif } from './xen_vif.ts'

export const xen: Catalogue = {
  xen_domain,
  xen_vif,
  xen_image,
}
