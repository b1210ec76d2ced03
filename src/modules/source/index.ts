import type { Catalogue } from '../../sdk/module.ts'
import { git } from './git/index.ts'
import { subversion } from './subversion/index.ts'

export const source: Catalogue = {
  git,
  subversion,
}
