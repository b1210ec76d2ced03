import type { Command } from 'commander'
import { prepare } from '../../analysis/prepare.ts'
import { listing } from '../../engine/listing.ts'
import { modules } from '../../modules/index.ts'
import type { RunRequest } from '../../protocol/request.ts'
import { keepTree } from '../../report/added.ts'
import { createReporter, type Reporter, withReports } from '../../report/index.ts'
import { adHocRequest } from '../ad-hoc-request.ts'
import { ask } from '../ask.ts'
import { count, newCommand, readWords } from '../command-line.ts'
import {
  becomeFlags,
  checkFlags,
  connectionFlags,
  type Flags,
  flagsOf,
  forkFlags,
  inventoryFlags,
  limitFlags,
  listHostsFlags,
  moduleFlags,
  outputFlags,
  variableFlags,
  vaultFlags,
  verbosityFlags,
  withFlags,
} from '../flags.ts'
import { EXIT_STATUSES } from '../options.ts'
import { readRequest } from '../request.ts'
import { keeperFor } from '../sessions.ts'
import { run } from './playbook.ts'

interface AdHocFlags {
  readonly moduleName: string
  readonly args?: string
  readonly background?: number
  readonly poll?: number
  readonly taskTimeout?: number
  readonly oneLine: boolean
  readonly tree?: string
  readonly playbookDir?: string
}

const EXAMPLES = `
Examples:
  run all -m ping                            is everybody there?
  run web -a uptime                          the module is command if none is named
  run 'web:!web3' -b -m apt -a 'name=nginx state=present' --check
  run all -m shell -a 'df -h / | tail -1' -o
`

/** `run ad-hoc PATTERN`: one task on hosts; gives the exit status of a run. Raises CommandLineEnd and ProblemError. */
export async function adHoc(words: readonly string[]): Promise<number> {
  const command = commandLine()
  readWords(command, words)
  const own = command.opts<AdHocFlags>()
  const flags = flagsOf(command, [])
  const task = { module: own.moduleName, ...own }
  const request = adHocRequest(await readRequest(flags, ask), command.args[0]!, task)
  const prepared = await prepare(request, modules)
  if (flags.list.listHosts) {
    const hosts = listing(prepared).flatMap(({ plays }) => plays.flatMap((play) => play.hosts))
    process.stdout.write(`  hosts (${hosts.length}):\n${hosts.map((host) => `    ${host}\n`).join('')}`)
    return 0
  }
  const reporter = await withReports(reporterOf(flags, own, prepared.request), flags.output.report)
  const { tree } = own
  return run(prepared, tree === undefined ? reporter : withTree(reporter, tree), {
    keeper: keeperFor(request),
  })
}

function withTree(reporter: Reporter, folder: string): Reporter {
  const keep = keepTree(folder)
  return {
    ...reporter,
    listener: (event) => {
      reporter.listener(event)
      keep(event)
    },
  }
}

function commandLine(): Command {
  const command = newCommand('run ad-hoc', 'Carries out one module on hosts.')
    .argument('<pattern>', 'the hosts: names, groups, and patterns of both')
    .option('-m, --module-name <module>', 'the module', 'command')
    .option(
      '-a, --args <arguments>',
      'its arguments: name=value, YAML/JSON, or the text of command and shell',
    )
    .option('-B, --background <seconds>', 'let it go on by itself, for no longer than this', count)
    .option('-P, --poll <seconds>', 'with -B, how often it is looked at; 0: it is not waited for', count)
    .option('--task-timeout <seconds>', 'how long it may take', count)
    .option('-o, --one-line', 'one line for each host', false)
    .option('-t, --tree <folder>', "keep each host's answer in a file of this folder")
    .option('--playbook-dir <folder>', 'where group_vars, roles and library are looked for')
  return withFlags(
    command,
    ...[inventoryFlags, limitFlags, variableFlags, checkFlags, forkFlags, verbosityFlags, vaultFlags],
    ...[connectionFlags, becomeFlags, moduleFlags, listHostsFlags, outputFlags],
  ).addHelpText('after', `${EXAMPLES}${EXIT_STATUSES}`)
}

/** As in Ansible, the settings' callback is that of playbooks. */
function reporterOf({ output: given, execution }: Flags, own: AdHocFlags, request: RunRequest): Reporter {
  const { stdout, stderr, env } = process
  const { shown = 'default', added = [] } = given.format ?? {}
  const { verbosity, display, color } = request.output
  return createReporter({
    format: own.oneLine ? 'oneline' : shown === 'default' ? 'minimal' : shown,
    ...{ added, stdout, stderr, env, verbosity, display },
    ...(color !== undefined && { color }),
    ...{ check: execution.check, diff: execution.diff, profile: given.profile, trace: given.trace },
  })
}
