import { resolve } from 'node:path'
import { Option } from 'commander'
import { prepare } from '../../analysis/prepare.ts'
import type { Prepared } from '../../engine/run.ts'
import { explain } from '../../explain/explain.ts'
import type { Host } from '../../inventory/group.ts'
import { select } from '../../inventory/pattern.ts'
import { modules } from '../../modules/index.ts'
import type { Explanation } from '../../protocol/explanation.ts'
import type { RunRequest } from '../../protocol/request.ts'
import { explanationsDocument, formatExplanations, formatOverview } from '../../report/explanation.ts'
import { formatWarning, themeFor } from '../../report/index.ts'
import { ProblemError } from '../../values/problem.ts'
import { masked } from '../../vault/secrets.ts'
import { ask } from '../ask.ts'
import { collect, newCommand, readWords } from '../command-line.ts'
import { flagsOf, inventoryFlags, variableFlags, vaultFlags, verbosityFlags, withFlags } from '../flags.ts'
import { readRequest } from '../request.ts'

interface ExplainFlags {
  readonly playbook: readonly string[]
  readonly playbookDir?: string
  readonly format: 'default' | 'json'
}

const EXAMPLES = `
Examples:
  run explain port web1                   where the inventory gives it, and which place wins
  run explain port web1 -p site.yml       with what the playbook and its roles give
  run explain port web                    for all hosts of a group; those with the same answer are told together
  run explain web1                        all variables of a host, each with its place
  run explain port web1 -e port=1         what would -e do?
`

/** `run explain [VARIABLE] HOST`: gives the exit status. Raises CommandLineEnd and ProblemError. */
export async function explainVariables(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const own = command.opts<ExplainFlags>()
  const [first, second] = command.args
  const [variable, pattern] = second === undefined ? [undefined, first!] : [first, second]
  const request = await readRequest(flagsOf(command, own.playbook), ask)
  const isWithoutPlay = own.playbook.length === 0
  const onlyReads = { ...request, execution: { ...request.execution, onlyReads: true } }
  const prepared = await prepare(isWithoutPlay ? withPlayOfAll(onlyReads, own) : onlyReads, modules)
  const hosts = hostsOf(prepared, pattern, variable)
  const warnings = prepared.request.output.verbosity > 0 ? prepared.warnings : []
  for (const warning of warnings) process.stderr.write(`${masked(formatWarning(warning))}\n`)
  process.stdout.write(masked(shown(explain(prepared, hosts, variable, isWithoutPlay), variable, own)))
  return 0
}

function commandLine() {
  const command = newCommand('run explain', 'Tells where a variable of a host gets its value, and why.')
    .usage('[options] [variable] <host>')
    .argument('<variable>', 'left out: all variables of the host')
    .argument('[host]', 'a host, or a pattern of hosts')
    .option('-p, --playbook <file>', 'what this playbook gives counts too; repeatable', collect, [])
    .option('--playbook-dir <folder>', 'without -p, where group_vars and host_vars are looked for')
    .addOption(
      new Option('--format <format>', 'default, or json').choices(['default', 'json']).default('default'),
    )
  return withFlags(command, inventoryFlags, variableFlags, vaultFlags, verbosityFlags).addHelpText(
    'after',
    EXAMPLES,
  )
}

/** Without a playbook there is a play that does nothing, for all hosts. */
function withPlayOfAll(request: RunRequest, { playbookDir = '.' }: ExplainFlags): RunRequest {
  const path = resolve(playbookDir, 'explain')
  return { ...request, playbooks: [path], texts: { [path]: '- hosts: all\n  gather_facts: false\n' } }
}

function hostsOf({ inventory }: Prepared, pattern: string, variable: string | undefined): Host[] {
  const { hosts, problems, unknown } = select(inventory, pattern)
  const wrong = [...problems, ...unknown]
  const [first] = wrong
  if (first !== undefined && variable === undefined && !(first.hint ?? '').startsWith('did you mean'))
    throw new ProblemError({
      ...first,
      hint: `a variable takes a host behind it: run explain ${pattern} HOST`,
    })
  if (wrong.length > 0) throw new ProblemError(wrong)
  if (hosts.length === 0) throw new ProblemError({ message: `"${pattern}" means no host` })
  return hosts
}

function shown(
  explanations: readonly Explanation[],
  variable: string | undefined,
  own: ExplainFlags,
): string {
  if (own.format === 'json') return explanationsDocument(explanations)
  const look = themeFor(process.stdout, process.env)
  return variable === undefined ? formatOverview(explanations, look) : formatExplanations(explanations, look)
}
