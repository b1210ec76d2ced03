import type { Catalogue } from '../../sdk/module.ts'
import { apt } from './apt/index.ts'
import { pkg } from './package.ts'
import { package_facts } from './package_facts/index.ts'

export const packages: Catalogue = {
  apt,
  package: pkg,
  package_facts,
}
