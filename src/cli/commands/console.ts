import { ask } from '../ask.ts'
import { count, newCommand, readWords } from '../command-line.ts'
import { Console, type ConsoleOptions } from '../console/console.ts'
import {
  becomeFlags,
  checkFlags,
  connectionFlags,
  flagsOf,
  forkFlags,
  inventoryFlags,
  limitFlags,
  moduleFlags,
  variableFlags,
  vaultFlags,
  verbosityFlags,
  withFlags,
} from '../flags.ts'
import { readRequest } from '../request.ts'

const EXAMPLES = `
Examples:
  run console web -b             tasks on the hosts of a group, as root
  echo 'service name=nginx state=reloaded' | run console web -b
`

/** `run console [PATTERN]`: carries out what is typed, line by line; gives the exit status. Raises ProblemError. */
export async function openConsole(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const request = await readRequest(flagsOf(command, []), ask)
  const opened = await Console.open(request, command.args[0] ?? 'all', command.opts<ConsoleOptions>())
  return opened.run()
}

function commandLine() {
  const command = newCommand('run console', 'Carries out tasks on hosts as they are typed.')
    .argument('[pattern]', 'the hosts: names, groups, and patterns of both; all if not given')
    .option('--task-timeout <seconds>', 'how long a task may take', count)
    .option('--playbook-dir <folder>', 'where group_vars, roles and library are looked for')
  return withFlags(
    command,
    ...[inventoryFlags, limitFlags, variableFlags, checkFlags, forkFlags, verbosityFlags, vaultFlags],
    ...[connectionFlags, becomeFlags, moduleFlags],
  ).addHelpText('after', EXAMPLES)
}
