import type { Change } from '../../../sdk/module.ts'
import { type IpPlan, ip, numberOf, type Row, text } from '../iproute2.ts'
import { bitsIn, familyOf, readAddress, showPrefix } from '../prefix.ts'

/** All that a rule says, its place apart; each in the form in which it is compared. */
export interface RuleContent {
  readonly not: boolean
  /** A prefix, or all. */
  readonly from: string
  readonly to: string
  /** "" for any. */
  readonly iif: string
  readonly oif: string
  /** As markText makes it, "" for any. */
  readonly fwmark: string
  /** 0 for any. */
  readonly tos: number
  /** lookup, blackhole, ... */
  readonly action: string
  /** 0 for an action that consults no table. */
  readonly table: number
  /** What this module has no argument for, as JSON; "" for nothing. */
  readonly more: string
}

export interface Rule {
  readonly priority: number
  readonly content: RuleContent
  /** The kernel's own: they are there from the start. */
  readonly isKernels: boolean
  readonly row: Row
}

export interface DesiredRule {
  readonly family: 'inet' | 'inet6'
  readonly priority: number | undefined
  readonly state: 'present' | 'absent'
  readonly netns: string | undefined
  readonly exclusive: boolean
  /** What was said of the rule. For present, what was not said is ANYTHING's. */
  readonly asked: Partial<RuleContent>
}

const ANYTHING: RuleContent = {
  not: false,
  from: 'all',
  to: 'all',
  iif: '',
  oif: '',
  fwmark: '',
  tos: 0,
  action: 'lookup',
  table: 0,
  more: '',
}

const KNOWN = new Set([
  ...['priority', 'protocol', 'not', 'src', 'srclen', 'dst', 'dstlen', 'iif', 'iif_detached', 'oif'],
  ...['oif_detached', 'fwmark', 'fwmask', 'tos', 'table', 'action'],
])

type Names = ReadonlyMap<string, number>

/** A rule from what `ip -j -d rule show` prints of it, with the names of tables and of types of service. */
export function readRule(row: Row, tables: Names, services: Names): Rule {
  const number = (name: string, names: Names) => numberOf(text(row, name) ?? '0', names) ?? 0
  const more = Object.entries(row).filter(([name]) => !KNOWN.has(name))
  const content = {
    not: 'not' in row && row.not !== false,
    from: prefixIn(row, 'src'),
    to: prefixIn(row, 'dst'),
    iif: text(row, 'iif') ?? '',
    oif: text(row, 'oif') ?? '',
    fwmark: row.fwmark === undefined ? '' : markText(Number(row.fwmark), Number(row.fwmask ?? ALL_BITS)),
    tos: number('tos', services),
    action: text(row, 'action') ?? 'lookup',
    table: number('table', tables),
    more: more.length === 0 ? '' : JSON.stringify(Object.fromEntries(more)),
  }
  const priority = Number(row.priority)
  // Older iproute2 does not print who made a rule.
  const isKernels =
    text(row, 'protocol') === 'kernel' ||
    KERNELS.some(
      (own) => own.priority === priority && differences({ ...ANYTHING, ...own.says }, content).length === 0,
    )
  return { priority, content, isKernels, row }
}

const KERNELS = [
  { priority: 0, says: { table: 255 } },
  { priority: 32766, says: { table: 254 } },
  { priority: 32767, says: { table: 253 } },
]

const ALL_BITS = 2 ** 32 - 1

/** A mark as ip-rule(8) shows it. */
export function markText(mark: number, mask: number = ALL_BITS): string {
  return `0x${mark.toString(16)}${mask === ALL_BITS ? '' : `/0x${mask.toString(16)}`}`
}

function prefixIn(row: Row, end: 'src' | 'dst'): string {
  const address = readAddress(text(row, end) ?? '')
  if (address === undefined) return 'all'
  const family = familyOf(address)
  return showPrefix({ family, address, length: Number(row[`${end}len`] ?? bitsIn(family)) })
}

/** From the rule that is wanted and all rules of its family: what must change, and how. */
export function planRule(desired: DesiredRule, rules: readonly Rule[]): IpPlan {
  if (desired.state === 'absent') return planRemoval(desired, rules)
  const wanted = { ...ANYTHING, ...desired.asked }
  const priority = desired.priority!
  const isWanted = ({ content }: Rule) => differences(content, wanted).length === 0
  const here = rules.filter((rule) => rule.priority === priority && isWanted(rule))
  const elsewhere = rules.filter((rule) => rule.priority !== priority && isWanted(rule) && !rule.isKernels)
  const others = rules.filter(
    (rule) => desired.exclusive && rule.priority === priority && !isWanted(rule) && !rule.isKernels,
  )
  const doomed = [...here.slice(0, -1), ...others, ...elsewhere]
  if (here.length > 0) return deletions(desired, rules, doomed, { changes: doomed.map(gone), commands: [] })
  const added: Rule = { priority, content: wanted, isKernels: false, row: {} }
  const changes = replacement(added, others, elsewhere)
  const add = ip(desired.netns, familyWord(desired), 'rule', 'add', ...words(added))
  // The kernel takes a rule for there already when one of its priority has all that the new one says, and more.
  const [inTheWay] = rules.filter((rule) => rule.priority === priority && hits(wanted, rule.content))
  if (inTheWay === undefined) {
    const behind = rules.filter((rule) => rule.priority > priority)
    const before = rules.filter((rule) => rule.priority <= priority)
    return deletions(desired, [...before, added, ...behind], doomed, { changes, commands: [add] })
  }
  if (!doomed.includes(inTheWay)) {
    const failed = `the kernel takes "${words(added).join(' ')}" for the rule "${words(inTheWay).join(' ')}", which has all it says and more: give it another priority`
    return { changes: [], commands: [], failed }
  }
  const plan = deletions(desired, rules, doomed, { changes, commands: [] })
  return plan.failed === undefined ? { ...plan, commands: [...plan.commands, add] } : plan
}

/** A single other rule in the place of the wanted one, or the wanted one in another place, is shown as changed. */
function replacement(added: Rule, others: readonly Rule[], elsewhere: readonly Rule[]): Change[] {
  const [other, ...more] = others
  if (other !== undefined && more.length === 0 && other.content.more === '') {
    const changed = differences(other.content, added.content).map((name) => ({
      what: `rule ${added.priority} ${name}`,
      before: other.content[name],
      after: added.content[name],
    }))
    return [...changed, ...elsewhere.map(gone)]
  }
  const [moved, ...duplicates] = elsewhere
  if (moved !== undefined && other === undefined) {
    const what = `rule ${words({ ...added, priority: undefined }).join(' ')} priority`
    return [{ what, before: moved.priority, after: added.priority }, ...duplicates.map(gone)]
  }
  const change = { what: `rule ${added.priority}`, before: null, after: words(added).join(' ') }
  return [...others.map(gone), ...elsewhere.map(gone), change]
}

function planRemoval(desired: DesiredRule, rules: readonly Rule[]): IpPlan {
  const doomed = rules.filter(
    (rule) =>
      (desired.priority === undefined ? !rule.isKernels : rule.priority === desired.priority) &&
      Object.entries(desired.asked).every(
        ([name, value]) => rule.content[name as keyof RuleContent] === value,
      ),
  )
  return deletions(desired, rules, doomed, { changes: doomed.map(gone), commands: [] })
}

/**
 * Adds the commands that delete the doomed. The kernel deletes the first rule that has all that it was given, and
 * not the one meant if a more special one stands before it: where that would happen, nothing is done.
 */
function deletions(
  desired: DesiredRule,
  rules: readonly Rule[],
  doomed: readonly Rule[],
  plan: IpPlan,
): IpPlan {
  const left = [...rules]
  const commands = [...plan.commands]
  for (const target of rules.filter((rule) => doomed.includes(rule))) {
    const hit = left.findIndex(
      (rule) => rule.priority === target.priority && hits(target.content, rule.content),
    )
    if (left[hit] !== target) {
      const instead = words(left[hit]!).join(' ')
      const failed = `to delete the rule "${words(target).join(' ')}" would delete "${instead}" instead, which stands before it: delete one of them by hand`
      return { changes: [], commands: [], failed }
    }
    left.splice(hit, 1)
    commands.push(ip(desired.netns, familyWord(desired), 'rule', 'delete', ...words(target)))
  }
  return { changes: plan.changes, commands }
}

/** Whether the kernel takes a rule for the one that it is to delete (rule_find() in net/core/fib_rules.c). */
function hits(told: RuleContent, rule: RuleContent): boolean {
  return (Object.keys(ANYTHING) as (keyof RuleContent)[]).every(
    (name) => name === 'not' || name === 'more' || told[name] === ANYTHING[name] || told[name] === rule[name],
  )
}

function differences(one: RuleContent, other: RuleContent): (keyof RuleContent)[] {
  return (Object.keys(ANYTHING) as (keyof RuleContent)[]).filter((name) => one[name] !== other[name])
}

/** A rule in the words of ip-rule(8). */
function words({ priority, content }: { priority: number | undefined; content: RuleContent }): string[] {
  const { not, from, to, iif, oif, fwmark, tos, action, table } = content
  return [
    ...(not ? ['not'] : []),
    ...['from', from],
    ...(to === 'all' ? [] : ['to', to]),
    ...(iif === '' ? [] : ['iif', iif]),
    ...(oif === '' ? [] : ['oif', oif]),
    ...(fwmark === '' ? [] : ['fwmark', fwmark]),
    ...(tos === 0 ? [] : ['tos', `0x${tos.toString(16)}`]),
    ...(priority === undefined ? [] : ['priority', String(priority)]),
    ...(action !== 'lookup' ? [action] : table === 0 ? [] : ['lookup', String(table)]),
  ]
}

function gone(rule: Rule): Change {
  const more = rule.content.more === '' ? '' : ` ${rule.content.more}`
  return { what: `rule ${rule.priority}`, before: words(rule).join(' ') + more, after: null }
}

function familyWord({ family }: DesiredRule): string {
  return family === 'inet' ? '-4' : '-6'
}
