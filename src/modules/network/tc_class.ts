import { type Change, defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure } from '../../sdk/plans.ts'
import type { ValueMap } from '../../values/value.ts'
import { interfaceProblems, ipOptions, netnsProblems, nothing, planOfIp, printedOf } from './iproute2.ts'
import { concludeTc, readHandle, readId, tc, tcProbe } from './tc.ts'
import { count, rate, size } from './tc-units.ts'

const classOptions = options({
  dev: { type: 'str', required: true, help: 'Interface that it is on.' },
  classid: {
    type: 'str',
    required: true,
    aliases: ['id'],
    help: 'Its number below that of its qdisc: 1:10.',
  },
  parent: {
    type: 'str',
    help: 'The qdisc (1:) or class (1:1) that it stands in; that of its qdisc if not told.',
  },
  kind: { type: 'str', choices: ['htb'], default: 'htb', aliases: ['type'], help: 'Kind of its qdisc.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  rate: { type: 'str', help: 'Rate that it has for itself (10mbit); needed for present.' },
  ceil: { type: 'str', help: 'Rate that it may borrow up to; "rate" if not told.' },
  burst: {
    type: 'str',
    aliases: ['buffer'],
    help: 'Bytes that go at once at full speed (15k); as tc finds it right if not told.',
  },
  cburst: { type: 'str', aliases: ['cbuffer'], help: 'The same for what it borrows.' },
  prio: { type: 'int', aliases: ['priority'], help: 'Which class borrows first, 0 before 7; 0 if not told.' },
  quantum: { type: 'int', help: 'Bytes that it sends in turn, when several borrow.' },
})

type ClassArgs = ArgsOf<typeof classOptions>

/** A class as tc shows it; undefined for what it does not show of a class that has others below it. */
interface Class {
  readonly parent: string
  readonly kind: string
  readonly rate: number
  readonly ceil: number
  /** Times in ticks of the kernel, as which it keeps bursts, and what tc makes of them. */
  readonly burst: number
  readonly cburst: number
  readonly shownBurst: string
  readonly shownCburst: string
  readonly prio: number | undefined
  readonly quantum: number | undefined
}

/** A class of a qdisc that shares a rate, as tc-htb(8) makes it. */
export const tc_class = defineModule({
  name: 'tc_class',
  summary: 'Make, change and delete classes that share the rate of an interface (tc class, htb).',
  options: classOptions,
  validate: (args, complete) => [
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...idProblems(args),
    ...(['rate', 'ceil'] as const).flatMap((name) => rateProblems(name, args[name])),
    ...(['burst', 'cburst'] as const).flatMap((name) =>
      args[name] === undefined || size.read(args[name]) !== undefined
        ? []
        : [`${name}: "${args[name]}" is not ${size.is}`],
    ),
    ...(['prio', 'quantum'] as const).flatMap((name) =>
      args[name] === undefined || count.read(String(args[name])) !== undefined
        ? []
        : [`${name}: ${args[name]} is out of range`],
    ),
    ...(complete && args.state !== 'absent' && args.rate === undefined ? ['tc_class needs "rate"'] : []),
  ],
  probe: (args) => [lookOf(args)],
  parse(output, args, view) {
    const printed = printedOf(output.of(lookOf(args))[0]!, nothing(view, /Cannot find device/), 'tc')
    const ids = [...printed.matchAll(/^class \S+ (\S+) /gm)].map(([, id]) => id!)
    return { is: readClass(printed, readId(args.classid)!), ids }
  },
  plan(args, { is, ids }, { check }) {
    const parent = parentOf(args)
    // The kernel would put it into none.
    if (is === undefined && args.state !== 'absent' && parent !== 'root' && !ids.includes(parent) && !check)
      return failure(`there is no class ${parent} on ${args.dev}: make it in an earlier task`)
    return planOfIp(planClass(args, is), { class: is === undefined ? null : describe(is) })
  },
  interpret: (outcomes, { kind }) => concludeTc(outcomes, kind),
})

/** In text, for many versions of tc show classes no other way; raw, for sizes are rounded in it. */
function lookOf({ dev, netns }: ClassArgs) {
  return tcProbe(netns, ['-d', '-r'], 'class', 'show', 'dev', dev)
}

function readClass(printed: string, id: string): Class | undefined {
  const line = printed.split('\n').find((one) => new RegExp(`^class \\S+ ${id} `).test(one))
  if (line === undefined) return undefined
  const found = line.split(/\s+/)
  const after = (word: string) => (found.includes(word) ? found[found.indexOf(word) + 1]! : undefined)
  const number = (word: string) => (after(word) === undefined ? undefined : Number(after(word)))
  const ticks = (word: string) => Number.parseInt(after(word)?.replace(/[[\]]/g, '') ?? '', 16)
  return {
    kind: found[1]!,
    parent: after('parent') ?? 'root',
    rate: rate.read(after('rate') ?? '') ?? Number.NaN,
    ceil: rate.read(after('ceil') ?? '') ?? Number.NaN,
    burst: ticks('buffer'),
    cburst: ticks('cbuffer'),
    shownBurst: after('burst')?.replace(/\/.*/, '') ?? '',
    shownCburst: after('cburst')?.replace(/\/.*/, '') ?? '',
    prio: number('prio'),
    quantum: number('quantum'),
  }
}

function describe({
  burst,
  cburst,
  shownBurst,
  shownCburst,
  rate: own,
  ceil,
  prio,
  quantum,
  ...more
}: Class): ValueMap {
  return {
    ...more,
    rate: rate.show(own),
    ceil: rate.show(ceil),
    burst: shownBurst,
    cburst: shownCburst,
    ...(prio !== undefined && { prio }),
    ...(quantum !== undefined && { quantum }),
  }
}

function planClass(args: ClassArgs, is: Class | undefined) {
  const { dev, netns, state, kind } = args
  const id = readId(args.classid)!
  const what = `class ${id} on ${dev}`
  const command = (verb: string, words: readonly string[]) =>
    tc(netns, 'class', verb, 'dev', dev, ...parentWords(args, is), 'classid', id, ...words)
  if (state === 'absent') {
    if (is === undefined) return { changes: [], commands: [] }
    const change = { what, before: describe(is), after: null }
    return { changes: [change], commands: [command('delete', [])] }
  }
  const words = [kind, ...said(args)]
  if (is === undefined) {
    return { changes: [{ what, before: null, after: words.join(' ') }], commands: [command('add', words)] }
  }
  const parent = parentOf(args)
  if (is.kind !== kind || (args.parent !== undefined && is.parent !== parent)) {
    const failed = `${what} is one of ${is.kind} in ${is.parent}, and cannot become one of ${kind} in ${parent} while it exists: delete it in an earlier task`
    return { changes: [], commands: [], failed }
  }
  const changes = differences(args, is).map(
    ([name, before, after]): Change => ({ what: `${what} ${name}`, before, after }),
  )
  return { changes, commands: changes.length === 0 ? [] : [command('change', words)] }
}

/** root for a class that stands in no other. */
function parentOf({ parent, classid }: ClassArgs): string {
  return parent === undefined ||
    readHandle(parent) === `${classid.split(':')[0]!.toLowerCase()}:` ||
    /:0*$/.test(parent)
    ? 'root'
    : readId(parent)!
}

function parentWords(args: ClassArgs, is: Class | undefined): string[] {
  const qdisc = `${readId(args.classid)!.split(':')[0]}:`
  const parent = args.parent === undefined && is !== undefined ? is.parent : parentOf(args)
  return ['parent', parent === 'root' ? qdisc : parent]
}

/** All is said each time, for tc takes what it is not told for its default. */
function said(args: ClassArgs): string[] {
  const own = rate.read(args.rate!)!
  const { ceil, burst, cburst, prio, quantum } = args
  const option = (word: string, value: string | number | undefined) =>
    value === undefined ? [] : [word, String(value)]
  return [
    ...['rate', `${own * 8}bit`],
    ...option('ceil', ceil === undefined ? undefined : `${rate.read(ceil)! * 8}bit`),
    ...option('burst', burst === undefined ? undefined : `${size.read(burst)}b`),
    ...option('cburst', cburst === undefined ? undefined : `${size.read(cburst)}b`),
    ...option('prio', prio),
    ...option('quantum', quantum),
  ]
}

type Difference = readonly [string, string | number, string | number]

function differences(args: ClassArgs, is: Class): Difference[] {
  const own = rate.read(args.rate!)!
  const ceil = args.ceil === undefined ? own : rate.read(args.ceil)!
  const burst = burstDifference('burst', args.burst, is.rate, is.burst, is.shownBurst)
  const cburst = burstDifference('cburst', args.cburst, is.ceil, is.cburst, is.shownCburst)
  const { prio = 0, quantum } = args
  return [
    ...(own === is.rate ? [] : [['rate', rate.show(is.rate), rate.show(own)] as const]),
    ...(ceil === is.ceil ? [] : [['ceil', rate.show(is.ceil), rate.show(ceil)] as const]),
    ...burst,
    ...cburst,
    ...(is.prio === undefined || is.prio === prio ? [] : [['prio', is.prio, prio] as const]),
    ...(quantum === undefined || is.quantum === undefined || is.quantum === quantum
      ? []
      : [['quantum', is.quantum, quantum] as const]),
  ]
}

const TICKS_IN_MICROSECOND = 1000 / 64

/** At the rate that there is: when that changes, so does the time that a burst is kept as. */
function burstDifference(
  name: string,
  asked: string | undefined,
  isRate: number,
  ticks: number,
  shown: string,
): Difference[] {
  if (asked === undefined) return []
  const bytes = size.read(asked)!
  const time = 1e6 * (bytes / isRate)
  // Older versions of tc cut the time to whole microseconds.
  const possible = [
    Math.ceil(time * TICKS_IN_MICROSECOND),
    Math.floor(Math.floor(time) * TICKS_IN_MICROSECOND),
  ]
  return possible.includes(ticks) ? [] : [[name, shown, size.show(bytes)]]
}

function idProblems({ classid, parent }: Partial<ClassArgs>): string[] {
  const id = classid === undefined ? undefined : readId(classid)
  if (classid !== undefined && (id === undefined || /^0:|:0$/.test(id)))
    return [`classid: "${classid}" is not the number of a class, such as 1:10`]
  if (parent === undefined) return []
  const above = readId(parent) ?? readHandle(parent)
  if (above === undefined)
    return [`parent: "${parent}" is neither the number of a qdisc (1:) nor that of a class (1:1)`]
  if (id === undefined || above.split(':')[0] === id.split(':')[0]) return []
  return [
    `parent: ${parent} and ${classid} are of two qdiscs: the number before the colon is that of the qdisc`,
  ]
}

function rateProblems(name: string, text: string | undefined): string[] {
  if (text === undefined) return []
  const bytes = rate.read(text)
  if (bytes === undefined || bytes === 0) return [`${name}: "${text}" is not ${rate.is}`]
  let bits = bytes * 8
  while (bits >= 1e6) {
    if (bits % 1000 !== 0)
      return [
        `${name}: "${text}" would be seen rounded: of rates from 1mbit on, tc shows whole kbit from 1mbit on, and whole mbit from 1gbit on`,
      ]
    bits /= 1000
  }
  return []
}
