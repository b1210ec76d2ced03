import type { Catalogue } from '../../sdk/module.ts'
import { apt } from './apt/index.ts'
import { apt_key } from './apt_key.ts'
import { apt_repository } from './apt_repository/index.ts'
import { debconf } from './debconf.ts'
import { pkg } from './package.ts'
import { package_facts } from './package_facts/index.ts'

export const packages: Catalogue = {
  apt,
  apt_key,
  apt_repository,
  debconf,
  package: pkg,
  package_facts,
}
