import type { Change } from '../../../sdk/module.ts'
import { isMap, type Value } from '../../../values/value.ts'
import { type IpPlan, ip, type Row, text } from '../iproute2.ts'
import { familyOf, readAddress } from '../prefix.ts'

/** Which nexthop is meant; of what was said of it, that something was said. */
interface Subject extends Readonly<Partial<Record<keyof Nexthop, unknown>>> {
  readonly id: number
  readonly netns: string | undefined
  readonly state: 'present' | 'absent'
  readonly force: boolean
}

/** What a nexthop is, in the form in which it is compared. */
export interface Nexthop {
  readonly family: string
  readonly via: string
  readonly dev: string
  readonly blackhole: boolean
  /** 1,2/2,1 and the like; "" for none. */
  readonly group: string
  readonly fdb: boolean
  /** Undefined for what was not asked for. */
  readonly type?: string | undefined
  readonly onlink?: boolean | undefined
  readonly buckets?: number | undefined
  readonly idle_timer?: number | undefined
  readonly unbalanced_timer?: number | undefined
  readonly proto?: string | undefined
  /** MPLS labels, or an encapsulation that this module does not make; "" for none. */
  readonly encap: string
}

export function currentOf(row: Row, isSix: boolean): Nexthop {
  const via = readAddress(text(row, 'gateway') ?? '') ?? ''
  const members = Array.isArray(row.group) ? row.group.map(memberOf) : []
  const resilient = isMap(row.resilient_args) ? row.resilient_args : {}
  const number = (name: string) => (resilient[name] === undefined ? undefined : Number(resilient[name]))
  return {
    via,
    // A blackhole lies behind lo.
    dev: 'blackhole' in row ? '' : (text(row, 'dev') ?? ''),
    blackhole: 'blackhole' in row,
    fdb: 'fdb' in row,
    onlink: Array.isArray(row.flags) && row.flags.includes('onlink'),
    family: members.length > 0 ? '' : via === '' ? (isSix ? 'inet6' : 'inet') : familyOf(via),
    group: groupText(members),
    type: members.length > 0 ? (text(row, 'type') ?? 'mpath') : undefined,
    buckets: number('buckets'),
    idle_timer: number('idle_timer'),
    unbalanced_timer: number('unbalanced_timer'),
    proto: text(row, 'protocol') ?? 'unspec',
    encap: encapIn(row),
  }
}

/** Newer versions of ip show it as an object. */
function encapIn(row: Row): string {
  const [type, labels] = isMap(row.encap)
    ? [text(row.encap, 'encap_type'), text(row.encap, 'dst')]
    : [text(row, 'encap'), text(row, 'dst')]
  return type === 'mpls' ? `mpls ${labels}` : (type ?? '')
}

interface Member {
  readonly id: number
  readonly weight: number
}

export function memberOf(member: Value): Member {
  const { id, weight = 1 } = isMap(member) ? member : { id: member }
  return { id: Number(id), weight: Number(weight) }
}

export function groupText(members: readonly Member[]): string {
  const sorted = members.toSorted((one, other) => one.id - other.id)
  return sorted.map(({ id, weight }) => (weight === 1 ? String(id) : `${id},${weight}`)).join('/')
}

type Difference = readonly [keyof Nexthop, Value, Value]

/** From what is wanted of a nexthop and what is there: what must change, and how. */
export function planNexthop(args: Subject, wanted: Nexthop, is: Nexthop | undefined): IpPlan {
  const { id, netns, state } = args
  const what = `nexthop ${id}`
  const command = (verb: string, words: readonly string[]) =>
    ip(netns, ...(wanted.family === 'inet6' ? ['-6'] : []), 'nexthop', verb, 'id', String(id), ...words)
  const remove = command('delete', [])
  if (state === 'absent') {
    if (is === undefined || !isMeant(args, wanted, is)) return { changes: [], commands: [] }
    return { changes: [{ what, before: words(is).join(' '), after: null }], commands: [remove] }
  }
  if (is === undefined)
    return {
      changes: [{ what, before: null, after: words(wanted).join(' ') }],
      commands: [command('add', words(wanted))],
    }
  const differences = differencesOf(wanted, is)
  const changes: Change[] = differences.map(([name, before, after]) => ({
    what: `${what} ${name}`,
    before,
    after,
  }))
  const whole = { ...kept(wanted, is), ...defined(wanted) }
  const stuck = differences.find(([name, before, after]) => isFixed(name, before, after))
  if (stuck === undefined)
    return { changes, commands: changes.length === 0 ? [] : [command('replace', words(whole))] }
  if (!args.force)
    return {
      changes: [],
      commands: [],
      failed: `the ${stuck[0]} of nexthop ${id} cannot change from ${show(stuck[1])} to ${show(stuck[2])} while it exists; "force: true" deletes it, with the routes that use it, and makes it again`,
    }
  const back = ip(
    netns,
    ...(is.family === 'inet6' ? ['-6'] : []),
    'nexthop',
    'add',
    'id',
    String(id),
    ...words(is),
  )
  return {
    changes,
    commands: [remove, `{ ${command('add', words(whole))} || { ${back}; false; }; }`],
  }
}

/** Whether all that was said of one that shall go is so. */
function isMeant(args: Subject, wanted: Nexthop, is: Nexthop): boolean {
  const names = ['via', 'dev', 'blackhole', 'group', 'onlink', 'proto'] as const
  return names.every((name) => args[name] === undefined || wanted[name] === is[name])
}

function differencesOf(wanted: Nexthop, is: Nexthop): Difference[] {
  return (Object.keys(wanted) as (keyof Nexthop)[]).flatMap((name): Difference[] => {
    const [before, after] = [is[name], wanted[name]]
    if (after === undefined || before === after) return []
    // An address says it, and a group has none.
    if (name === 'family' && (before === '' || after === '' || is.via !== '' || wanted.via !== '')) return []
    return [[name, before ?? null, after]]
  })
}

/** The kernel replaces no nexthop by a group, nor a group by one of another type or size. */
function isFixed(name: keyof Nexthop, before: Value, after: Value): boolean {
  return (name === 'group' && (before === '' || after === '')) || name === 'type' || name === 'buckets'
}

/** What was not asked for stays, where it can be. */
function kept(wanted: Nexthop, is: Nexthop): Partial<Nexthop> {
  const { proto, onlink, type, buckets, idle_timer, unbalanced_timer } = is
  return {
    proto,
    ...(wanted.via === is.via && wanted.dev === is.dev && { onlink }),
    ...(wanted.type === type && { buckets, idle_timer, unbalanced_timer }),
  }
}

function defined(wanted: Nexthop): Nexthop {
  return Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  ) as unknown as Nexthop
}

/** A nexthop in the words of ip-nexthop(8). */
function words({
  encap,
  via,
  dev,
  blackhole,
  group,
  fdb,
  type,
  onlink,
  proto,
  ...resilient
}: Nexthop): string[] {
  const timers = ['buckets', 'idle_timer', 'unbalanced_timer'] as const
  const more = timers.flatMap((name) =>
    resilient[name] === undefined ? [] : [name, String(resilient[name])],
  )
  return [
    ...(blackhole ? ['blackhole'] : []),
    ...(group === '' ? [] : ['group', group]),
    ...(type === 'resilient' ? ['type', 'resilient', ...more] : []),
    ...(encap.startsWith('mpls ') ? ['encap', ...encap.split(' ')] : []),
    ...(via === '' ? [] : ['via', via]),
    ...(dev === '' ? [] : ['dev', dev]),
    ...(onlink ? ['onlink'] : []),
    ...(fdb ? ['fdb'] : []),
    ...(proto === undefined || proto === 'unspec' ? [] : ['proto', proto]),
  ]
}

function show(value: Value): string {
  return value === '' || value === null ? 'none' : String(value)
}
