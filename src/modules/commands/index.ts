import type { Catalogue } from '../../sdk/module.ts'
import { command } from './command.ts'
import { raw } from './raw.ts'
import { script } from './script.ts'
import { shell } from './shell.ts'

export const commands: Catalogue = {
  command,
  raw,
  script,
  shell,
}
