import type { Catalogue } from '../sdk/module.ts'
import { accounts } from './accounts/index.ts'
import { commands } from './commands/index.ts'
import { control } from './control/index.ts'
import { files } from './files/index.ts'
import { network } from './network/index.ts'
import { packages } from './packages/index.ts'
import { services } from './services/index.ts'
import { source } from './source/index.ts'
import { system } from './system/index.ts'
import { virtual } from './virtual/index.ts'
import { xen } from './xen/index.ts'

/** Every module by its name. */
export const modules: Catalogue = {
  ...accounts,
  ...commands,
  ...control,
  ...files,
  ...network,
  ...packages,
  ...services,
  ...source,
  ...system,
  ...virtual,
  ...xen,
}
