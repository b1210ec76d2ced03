import { type Change, defineModule, type ModuleContext, type Plan } from '../../../sdk/module.ts'
import { failure, inSteps, NOTHING, type PlannedChange, sh } from '../../../sdk/plans.ts'
import { words } from '../../../shell/quote.ts'
import { type IptablesArgs, iptablesOptions, problems } from './options.ts'
import { looks, readTable, type Said, type Table } from './probe.ts'
import { ruleWords } from './rule.ts'

interface State {
  /** Undefined on a host without the program. */
  readonly table: Table | undefined
  /** What asking for the rule came to; undefined when no rule is asked for. */
  readonly asked: Said | undefined
}

/** Semantics: ansible.builtin.iptables. */
export const iptables = defineModule<typeof iptablesOptions, State>({
  name: 'iptables',
  summary: 'Adds and removes rules of the packet filter, and its chains.',
  options: iptablesOptions,
  validate: problems,
  probe: (args) => [look(args)],
  parse(output, args) {
    const [list, asked] = output.of(look(args))
    if (list!.code === 127) return { table: undefined, asked: undefined }
    if (list!.code !== 0)
      throw new Error(`${programOf(args)} cannot list the table ${args.table}: ${told(list!)}`)
    return { table: readTable(list!.text), asked }
  },
  plan(args, state, view) {
    const { ip_version, table, chain, flush, chain_management } = args
    const rule = [...waiting(args), ...ruleWords(args)].join(' ')
    const result = {
      ip_version,
      table,
      chain: chain ?? null,
      flush,
      rule,
      state: args.state,
      chain_management,
    }
    if (state.table === undefined && !view.check) return { ...failure(lacking(args)), result }
    const known = state.table ?? { chains: new Map(), rules: [] }
    return { ...planned(args, known, state.asked, view), result }
  },
})

function look(args: IptablesArgs) {
  const list = command(args, '-S')
  return looks(workOf(args) === 'rule' ? [list, ruleCommand(args, '-C')] : [list])
}

/** What a task is about; the first that is asked for counts. */
function workOf(args: IptablesArgs): 'flush' | 'policy' | 'chain' | 'rule' {
  if (args.flush) return 'flush'
  if (args.policy !== undefined) return 'policy'
  const isEmpty = ruleWords(args).length === 0
  return isEmpty && (args.chain_management || args.state === 'absent') ? 'chain' : 'rule'
}

function programOf({ ip_version }: IptablesArgs): string {
  return ip_version === 'ipv4' ? 'iptables' : 'ip6tables'
}

function waiting({ wait }: IptablesArgs): string[] {
  return wait === undefined ? [] : ['-w', wait]
}

function command(args: IptablesArgs, ...rest: string[]): string[] {
  return [programOf(args), ...waiting(args), '-t', args.table, ...rest]
}

function ruleCommand(args: IptablesArgs, does: '-A' | '-I' | '-C' | '-D'): string[] {
  const place = does === '-I' && args.rule_num !== undefined ? [args.rule_num] : []
  // Only a new rule has counters that can be set: what looks for one, or deletes it, does not take them.
  const isNew = does === '-A' || does === '-I'
  const counters = isNew && args.set_counters !== undefined ? ['-c', args.set_counters] : []
  return command(args, does, args.chain!, ...place, ...ruleWords(args), ...counters)
}

function planned(args: IptablesArgs, table: Table, asked: Said | undefined, view: ModuleContext): Plan {
  switch (workOf(args)) {
    case 'flush':
      return flushed(args, table, view)
    case 'policy':
      return withPolicy(args, table, view)
    case 'chain':
      return args.state === 'present' ? inSteps(chainSteps(args, table)) : withoutChain(args, table, view)
    case 'rule':
      return args.state === 'present' ? withRule(args, table, asked, view) : withoutRule(args, asked)
  }
}

function flushed(args: IptablesArgs, table: Table, view: ModuleContext): Plan {
  const { chain } = args
  if (chain !== undefined && !table.chains.has(chain)) return view.check ? NOTHING : failure(noChain(args))
  const lines = table.rules
    .filter((rule) => chain === undefined || rule.chain === chain)
    .map(({ line }) => line)
  if (lines.length === 0) return NOTHING
  const before = lines.map((line) => `${line}\n`).join('')
  const change = { what: named(args, 'rules'), before: lines.length, after: 0, text: { before, after: '' } }
  return inSteps([[change, run(command(args, '-F', ...(chain === undefined ? [] : [chain])))]])
}

function withPolicy(args: IptablesArgs, table: Table, view: ModuleContext): Plan {
  const before = table.chains.get(args.chain!) ?? null
  if (before === null && !view.check) return failure(`Can't detect current policy: ${noPolicy(args, table)}`)
  if (before === args.policy) return NOTHING
  const change = { what: named(args, 'policy'), before, after: args.policy! }
  return inSteps([[change, run(command(args, '-P', args.chain!, args.policy!))]])
}

function noPolicy(args: IptablesArgs, { chains }: Table): string {
  return chains.has(args.chain!)
    ? `only chains of the system have one, and ${args.chain} is none`
    : noChain(args)
}

function chainSteps(args: IptablesArgs, { chains }: Table): PlannedChange[] {
  if (!args.chain_management || chains.has(args.chain!)) return []
  return [[chainChange(args, null, 'chain'), run(command(args, '-N', args.chain!))]]
}

function withoutChain(args: IptablesArgs, { chains, rules }: Table, view: ModuleContext): Plan {
  const { chain } = args
  const policy = chains.get(chain!)
  if (!args.chain_management || policy === undefined) return NOTHING
  if (policy !== null) return failure(`${chain} is a chain of the system, which cannot be deleted`)
  // What an earlier task was to remove is still there under check.
  const leads = rules.find((rule) =>
    [' -j ', ' -g '].some((to) => `${rule.line} `.includes(`${to}${chain} `)),
  )
  const keeps = rules.some((rule) => rule.chain === chain)
  if (keeps && !view.check)
    return failure(`the chain ${chain} has rules; remove them by "flush: true" in an earlier task`)
  if (leads !== undefined && !view.check)
    return failure(
      `the chain ${chain} is needed by another one; remove that rule in an earlier task: ${leads.line}`,
    )
  return inSteps([[chainChange(args, 'chain', null), run(command(args, '-X', chain!))]])
}

function withRule(args: IptablesArgs, table: Table, asked: Said | undefined, view: ModuleContext): Plan {
  const isThere = asked?.code === 0
  if (isThere) return NOTHING
  if (asked !== undefined && !isAbsent(asked) && !(view.check && mayCome(asked)))
    return failure(`${programOf(args)} does not take the rule: ${told(asked)}`)
  const chain = chainSteps(args, table)
  if (chain.length === 0 && !table.chains.has(args.chain!) && !view.check) return failure(noChain(args))
  const count = table.rules.filter((rule) => rule.chain === args.chain).length
  if (args.action === 'insert' && Number(args.rule_num ?? 1) > count + 1 && !view.check)
    return failure(`rule_num: ${args.rule_num} is too much, for ${args.chain} has ${count} rules`)
  const does = args.action === 'insert' ? '-I' : '-A'
  return inSteps([...chain, [ruleChange(args, null, shown(args)), run(ruleCommand(args, does))]])
}

function withoutRule(args: IptablesArgs, asked: Said | undefined): Plan {
  if (asked === undefined || isAbsent(asked) || mayCome(asked)) return NOTHING
  if (asked.code !== 0) return failure(`${programOf(args)} does not take the rule: ${told(asked)}`)
  // There may be several that are the same.
  const look = words(...ruleCommand(args, '-C'))
  const script = `while ${look} 2>/dev/null; do ${words(...ruleCommand(args, '-D'))} || exit; done`
  return inSteps([[ruleChange(args, shown(args), null), sh(script)]])
}

function isAbsent({ code, text }: Said): boolean {
  return (
    code === 1 && /does a matching rule exist in that chain|No chain\/target\/match by that name/.test(text)
  )
}

/** The rule needs a chain or a set that is not there: an earlier task may make it, and no rule can have it yet. */
function mayCome({ text }: Said): boolean {
  return /Chain '.*' does not exist|Couldn't load target |Set .* doesn't exist/.test(text)
}

/** What a program has said, without its name and its advice to look elsewhere. */
function told({ code, text }: Said): string {
  const said = text.split('\n').filter((line) => line.trim() !== '' && !/^Try `/.test(line))
  return said.map((line) => line.replace(/^ip6?tables[^:]*: */, '')).join(' ') || `exit status ${code}`
}

function lacking(args: IptablesArgs): string {
  const program = programOf(args)
  return `Failed to find required executable "${program}": install iptables on this host in an earlier task`
}

function noChain({ chain, table }: IptablesArgs): string {
  return `there is no chain ${chain} in the table ${table}; "chain_management: true" of a rule makes it`
}

function run(one: readonly string[]) {
  return sh(words(...one))
}

function shown(args: IptablesArgs): string {
  return ruleWords(args).join(' ')
}

function named({ table, chain, ip_version }: IptablesArgs, what: string): string {
  return [
    ...(ip_version === 'ipv6' ? ['ipv6'] : []),
    table,
    ...(chain === undefined ? [] : [chain]),
    what,
  ].join(' ')
}

function ruleChange(args: IptablesArgs, before: string | null, after: string | null): Change {
  return { what: named(args, 'rule'), before, after }
}

function chainChange(args: IptablesArgs, before: string | null, after: string | null): Change {
  return { what: named(args, 'chain'), before, after }
}
