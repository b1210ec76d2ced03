import { defineModule } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import {
  concludeIp,
  interfaceProblems,
  ipOptions,
  ipProbe,
  lookNames,
  namesOf,
  netnsProblems,
  nothing,
  numberOf,
  planOfIp,
  rowsOf,
} from '../iproute2.ts'
import { networkProblems, readPrefix, showPrefix } from '../prefix.ts'
import { type DesiredRule, markText, planRule, type RuleContent, readRule } from './plan.ts'

const ruleOptions = options({
  priority: {
    type: 'int',
    aliases: ['pref', 'order'],
    help: 'Place among the rules, lowest first. Needed for present: without one every run would add one more rule.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  family: {
    type: 'str',
    choices: ['inet', 'inet6'],
    help: 'Where no address says it, the family whose rules are meant; IPv4 if not told.',
  },
  not: { type: 'bool', help: 'The rule is for what does not fit its selectors.' },
  from: { type: 'str', help: 'Network or address that packets come from; all if not told.' },
  to: { type: 'str', help: 'Network or address that packets go to; all if not told.' },
  iif: { type: 'str', help: 'Interface that packets came in by; lo is the host itself.' },
  oif: { type: 'str', help: 'Interface that the sending socket is bound to.' },
  fwmark: { type: 'str', help: 'Firewall mark, a number, or number/mask.' },
  tos: { type: 'str', aliases: ['dsfield'], help: 'Type of service, a number such as 0x10.' },
  table: {
    type: 'str',
    aliases: ['lookup'],
    help: 'Routing table to look in, by number or by its name in /etc/iproute2/rt_tables.',
  },
  action: {
    type: 'str',
    choices: ['lookup', 'blackhole', 'unreachable', 'prohibit'],
    aliases: ['type'],
    help: 'What is done with packets; lookup if a table is told.',
  },
  exclusive: {
    type: 'bool',
    default: true,
    help: 'Replace whatever other rule has this priority.',
  },
})

type RuleArgs = ArgsOf<typeof ruleOptions>

/** A rule that says which packets are routed by which table, as ip-rule(8) makes it. */
export const rule = defineModule({
  name: 'rule',
  summary: 'Make, replace and delete routing policy rules (ip rule).',
  options: ruleOptions,
  validate: (args, complete) => [
    ...(args.priority !== undefined && (args.priority < 0 || args.priority > 2 ** 32 - 1)
      ? [`priority: ${args.priority} is out of range: 0 to 4294967295`]
      : []),
    ...(['from', 'to'] as const).flatMap((name) =>
      isAll(args[name]) ? [] : networkProblems(name, args[name]),
    ),
    ...interfaceProblems('iif', args.iif),
    ...interfaceProblems('oif', args.oif),
    ...netnsProblems('netns', args.netns),
    ...markProblems(args.fwmark),
    ...serviceProblems(args.tos),
    ...familyProblems(args),
    ...(complete ? completeProblems(args) : []),
  ],
  probe: (args) => [lookOf(args), lookNames('rt_tables') + lookNames('rt_dsfield')],
  parse: (output, args, view) => {
    const tables = new Map([...WELL_KNOWN, ...namesOf(output.text, 'rt_tables')])
    const services = namesOf(output.text, 'rt_dsfield')
    const rows = rowsOf(output.of(lookOf(args))[0]!, nothing(view))
    return { tables, rules: rows.map((row) => readRule(row, tables, services)) }
  },
  plan: (args, { rules, tables }) =>
    planOfIp(planFor(args, rules, tables), { rules: rules.map(({ row }) => row) }),
  interpret: (outcomes) => concludeIp(outcomes),
})

function lookOf(args: RuleArgs) {
  return ipProbe(args.netns, familyOf(args) === 'inet' ? '-4' : '-6', 'rule', 'show')
}

/** The tables that iproute2 knows by itself. */
const WELL_KNOWN: readonly [string, number][] = [
  ['default', 253],
  ['main', 254],
  ['local', 255],
]

function planFor(
  args: RuleArgs,
  rules: Parameters<typeof planRule>[1],
  tables: ReadonlyMap<string, number>,
): ReturnType<typeof planRule> {
  if (args.table !== undefined && numberOf(args.table, tables) === undefined) {
    const failed = `table: the host knows no routing table "${args.table}"; give its number, or name it in /etc/iproute2/rt_tables`
    return { changes: [], commands: [], failed }
  }
  return planRule(desiredState(args, tables), rules)
}

function desiredState(args: RuleArgs, tables: ReadonlyMap<string, number>): DesiredRule {
  const { priority, state, netns, exclusive, not, from, to, iif, oif, fwmark, tos, table, action } = args
  const asked: Partial<RuleContent> = {
    ...(not !== undefined && { not }),
    ...(from !== undefined && { from: prefixText(from) }),
    ...(to !== undefined && { to: prefixText(to) }),
    ...(iif !== undefined && { iif }),
    ...(oif !== undefined && { oif }),
    ...(fwmark !== undefined && { fwmark: markIn(fwmark) }),
    ...(tos !== undefined && { tos: Number(tos) }),
    ...(table !== undefined && { table: numberOf(table, tables)! }),
    ...((action ?? table) !== undefined && { action: action ?? 'lookup' }),
  }
  return { family: familyOf(args), priority, state, netns, exclusive, asked }
}

function isAll(prefix: string | undefined): boolean {
  return ['all', 'any', 'default'].includes(prefix ?? '')
}

function familyOf({ family, from, to }: Partial<RuleArgs>): 'inet' | 'inet6' {
  return family ?? readPrefix(from ?? '')?.family ?? readPrefix(to ?? '')?.family ?? 'inet'
}

function prefixText(written: string): string {
  const prefix = isAll(written) ? undefined : readPrefix(written)
  return prefix === undefined || prefix.length === 0 ? 'all' : showPrefix(prefix)
}

function markIn(written: string): string {
  const [mark = 0, mask] = written.split('/').map(Number)
  return markText(mark, mask)
}

function markProblems(mark: string | undefined): string[] {
  if (mark === undefined) return []
  const parts = mark.split('/')
  const isMark =
    parts.length <= 2 && parts.every((part) => /^(\d+|0x[0-9a-f]+)$/i.test(part) && Number(part) < 2 ** 32)
  if (!isMark) return [`fwmark: "${mark}" is not a mark: write a number, or number/mask`]
  if (parts.length === 1 && Number(mark) === 0)
    return ['fwmark: the kernel takes 0 without a mask for "any mark": write 0/0xffffffff, or leave it out']
  return []
}

function serviceProblems(tos: string | undefined): string[] {
  if (tos === undefined || (/^(\d+|0x[0-9a-f]+)$/i.test(tos) && Number(tos) <= 255)) return []
  return [`tos: "${tos}" is not a number from 0 to 255`]
}

function familyProblems(args: Partial<RuleArgs>): string[] {
  const family = familyOf(args)
  return (['from', 'to'] as const).flatMap((name) => {
    const prefix = readPrefix(args[name] ?? '')
    return prefix === undefined || prefix.family === family
      ? []
      : [`${name}: "${args[name]}" is not of the family of this rule, ${family}`]
  })
}

function completeProblems(args: Partial<RuleArgs>): string[] {
  const { priority, state, table, action } = args
  const selectors = [args.from, args.to, args.iif, args.oif, args.fwmark, args.tos]
  if (state === 'absent') {
    return [priority, table, action, ...selectors].some((given) => given !== undefined)
      ? []
      : ['say which rule shall go: its priority, or what it selects']
  }
  return [
    ...(priority === undefined
      ? ['rule needs "priority": without one, the kernel picks another one each time and adds the rule again']
      : []),
    ...(table === undefined && (action === undefined || action === 'lookup')
      ? ['rule needs "table", or an "action" such as blackhole']
      : []),
    ...(table !== undefined && action !== undefined && action !== 'lookup'
      ? [`a rule with the action ${action} looks in no table: leave one of them out`]
      : []),
  ]
}
