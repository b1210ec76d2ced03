import type { Catalogue } from '../../sdk/module.ts'
import { apt } from './apt/index.ts'
import { pkg } from './package.ts'

export const packages: Catalogue = {
  apt,
  package: pkg,
}
