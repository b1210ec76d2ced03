import { catalogueOf } from '../sdk/module.ts'
import { accounts } from './accounts/index.ts'
import { commands } from './commands/index.ts'
import { control } from './control/index.ts'
import { crypto } from './crypto/index.ts'
import { databases } from './databases/index.ts'
import { files } from './files/index.ts'
import { network } from './network/index.ts'
import { packages } from './packages/index.ts'
import { services } from './services/index.ts'
import { source } from './source/index.ts'
import { system } from './system/index.ts'
import { virtual } from './virtual/index.ts'
import { xen } from './xen/index.ts'

/** Every module by its name. */
export const modules = catalogueOf(
  accounts,
  commands,
  control,
  crypto,
  databases,
  files,
  network,
  packages,
  services,
  source,
  system,
  virtual,
  xen,
)
