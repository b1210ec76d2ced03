import { newCommand, readWords } from './command-line.ts'
import {
  becomeFlags,
  checkFlags,
  connectionFlags,
  type FlagGroup,
  type Flags,
  flagsOf,
  forkFlags,
  inventoryFlags,
  limitFlags,
  listHostsFlags,
  moduleFlags,
  outputFlags,
  queueFlags,
  sliceFlags,
  tagFlags,
  variableFlags,
  vaultFlags,
  verbosityFlags,
  withFlags,
} from './flags.ts'

/** What the exit status of a run says. */
export const EXIT_STATUSES = `
Exit status: 0 done (with --check: in sync), 1 usage or anything found wrong before connecting, 2 a host failed,
3 drift found (with --check), 4 a host unreachable, 99 interrupted.`

const listFlags: FlagGroup = (command) =>
  command
    .option('--list-tasks', 'list the tasks that would be run', false)
    .option('--list-tags', 'list the tags there are', false)
    .option('--syntax-check', 'check everything that can be checked without a host', false)

/** Reads the arguments of `run PLAYBOOK...`. Raises CommandLineEnd. `more` stands below the help. */
export function readFlags(args: readonly string[], more = ''): Flags {
  const command = newCommand(
    'run',
    'Brings hosts to the state that playbooks declare, over SSH, all of them in parallel.',
  ).argument('<playbook...>', 'playbooks, run in this order')
  withFlags(
    command,
    ...[inventoryFlags, limitFlags, variableFlags, checkFlags, tagFlags, forkFlags, verbosityFlags],
    ...[vaultFlags, connectionFlags, becomeFlags, moduleFlags, listHostsFlags, listFlags, outputFlags],
    ...[queueFlags, sliceFlags],
  ).addHelpText('after', `${EXIT_STATUSES}${more}`)
  readWords(command, args)
  return flagsOf(command, command.args)
}
