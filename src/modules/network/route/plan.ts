import type { Change } from '../../../sdk/module.ts'
import { isMap, type Value } from '../../../values/value.ts'
import { type IpPlan, ip, type Row, text } from '../iproute2.ts'
import { familyOf, type Prefix, readAddress, showPrefix } from '../prefix.ts'

export interface NextHop {
  readonly via: string | undefined
  /** Left out: whatever device the kernel finds for the router. */
  readonly dev: string | undefined
  readonly weight: number
  readonly onlink?: boolean
}

/** What can be asked of a route besides where it leads. */
interface RouteAttributes {
  /** "" for none. */
  readonly src: string
  readonly scope: string
  readonly proto: string
  readonly onlink: boolean
  /** 0 for none. */
  readonly mtu: number
  readonly advmss: number
}

export interface DesiredRoute {
  readonly to: Prefix
  readonly table: string
  readonly netns: string | undefined
  readonly state: 'present' | 'absent'
  readonly type: string | undefined
  readonly metric: number | undefined
  /** Where it leads, if that was said. */
  readonly hops: readonly NextHop[] | undefined
  /** The nexthop object that is its way, if that was said. */
  readonly nhid?: number | undefined
  readonly asked: Partial<RouteAttributes>
}

/** The words for `ip` that list all routes to a destination in a table. */
export function selector({ to, table }: Pick<DesiredRoute, 'to' | 'table'>): string[] {
  return [to.family === 'inet' ? '-4' : '-6', 'route', 'show', 'table', table, 'exact', toText(to)]
}

/** From what is wanted and all routes to the same destination: what must change, and how. */
export function planRoute(desired: DesiredRoute, rows: readonly Row[]): IpPlan {
  const plain = rows.filter((row) => row.tos === undefined)
  return desired.state === 'absent' ? planRemoval(desired, plain) : planPresence(desired, plain)
}

function planRemoval(desired: DesiredRoute, rows: readonly Row[]): IpPlan {
  const doomed = rows.filter(
    (row) =>
      (desired.metric === undefined || metricOf(row, desired) === desired.metric) &&
      (desired.type === undefined || typeOf(row) === desired.type) &&
      leadsThatWay(desired, row) &&
      differing(desired, row).length === 0,
  )
  return removal(desired, doomed)
}

function planPresence(desired: DesiredRoute, rows: readonly Row[]): IpPlan {
  const metric = desired.metric ?? unsaidMetric(desired)
  const same = rows.filter((row) => metricOf(row, desired) === metric)
  const right = same.find((row) => leadsAsAsked(desired, row) && differing(desired, row).length === 0)
  // The kernel's own routes to networks of its interfaces come and go with their addresses.
  const withoutSurplus = (kept: Row) =>
    removal(
      desired,
      desired.to.family === 'inet'
        ? same.filter((row) => row !== kept && text(row, 'protocol') !== 'kernel')
        : [],
    )
  if (right !== undefined) return withoutSurplus(right)
  const [first] = same
  if (first === undefined) {
    const said = wantedWords(desired, undefined)
    return {
      changes: [{ what: nameOf(desired), before: null, after: said.join(' ') }],
      commands: [ip(desired.netns, familyWord(desired), 'route', 'add', ...said)],
    }
  }
  const { changes, commands } = withoutSurplus(first)
  return {
    changes: [...changesOf(desired, first), ...changes],
    commands: [
      ...commands,
      ip(desired.netns, familyWord(desired), 'route', 'replace', ...wantedWords(desired, first)),
    ],
  }
}

function changesOf(desired: DesiredRoute, row: Row): Change[] {
  const name = nameOf(desired)
  const type = desired.type ?? 'unicast'
  return [
    ...(typeOf(row) === type ? [] : [{ what: `${name} type`, before: typeOf(row), after: type }]),
    ...(leadsThatWay(desired, row)
      ? []
      : [
          {
            what: name,
            before: wayText(desired, hopsOf(row), nhidOf(row)),
            after: wayText(desired, desired.hops ?? [], desired.nhid),
          },
        ]),
    ...differing(desired, row).map((attribute) => ({
      what: `${name} ${attribute}`,
      before: attributesOf(row)[attribute],
      after: desired.asked[attribute]!,
    })),
  ]
}

function leadsAsAsked(desired: DesiredRoute, row: Row): boolean {
  return typeOf(row) === (desired.type ?? 'unicast') && leadsThatWay(desired, row)
}

function leadsThatWay({ nhid, hops }: DesiredRoute, row: Row): boolean {
  if (nhid !== undefined) return row.nhid === nhid
  return hops === undefined || leadsThere(hops, hopsOf(row))
}

function leadsThere(wanted: readonly NextHop[], is: readonly NextHop[]): boolean {
  if (wanted.length !== is.length) return false
  const left = [...is]
  return wanted.every((hop) => {
    const found = left.findIndex(
      (other) =>
        other.via === hop.via &&
        (hop.dev === undefined || other.dev === hop.dev) &&
        other.weight === hop.weight &&
        (hop.onlink === undefined || other.onlink === hop.onlink),
    )
    if (found !== -1) left.splice(found, 1)
    return found !== -1
  })
}

function differing({ asked }: DesiredRoute, row: Row): (keyof RouteAttributes)[] {
  const has = attributesOf(row)
  return (Object.keys(asked) as (keyof RouteAttributes)[]).filter((name) => has[name] !== asked[name])
}

function attributesOf(row: Row): RouteAttributes {
  const metrics = metricsOf(row)
  return {
    src: readAddress(text(row, 'prefsrc') ?? '') ?? '',
    scope: text(row, 'scope') ?? 'global',
    proto: text(row, 'protocol') ?? 'boot',
    onlink: isOnlink(row),
    mtu: Number(metrics.mtu ?? 0),
    advmss: Number(metrics.advmss ?? 0),
  }
}

function metricsOf(row: Row): Row {
  const [metrics] = Array.isArray(row.metrics) ? row.metrics : []
  return isMap(metrics) ? metrics : {}
}

function isOnlink(row: Row): boolean {
  return Array.isArray(row.flags) && row.flags.includes('onlink')
}

/** Where a route leads; nowhere for a blackhole, though IPv6 says "dev lo" there. */
function hopsOf(row: Row): NextHop[] {
  if (!['unicast', 'local'].includes(text(row, 'type') ?? 'unicast')) return []
  const listed = Array.isArray(row.nexthops) ? row.nexthops.filter(isMap) : [row]
  return listed.map((hop) => {
    const other = isMap(hop.via) ? text(hop.via, 'host') : undefined
    const gateway = text(hop, 'gateway') ?? other
    return {
      via: gateway === undefined ? undefined : readAddress(gateway),
      dev: text(hop, 'dev'),
      weight: Number(hop.weight ?? 1),
      ...(isOnlink(hop) && hop !== row && { onlink: true }),
    }
  })
}

function unsaidMetric({ to }: DesiredRoute): number {
  return to.family === 'inet' ? 0 : 1024
}

function metricOf(row: Row, desired: DesiredRoute): number {
  return Number(row.metric ?? unsaidMetric(desired))
}

/** The route that is wanted; what was not asked for stays as `row` has it, as long as the way is the same. */
function wantedWords(desired: DesiredRoute, row: Row | undefined): string[] {
  const kept = row === undefined || !leadsAsAsked(desired, row) ? undefined : row
  const hops = kept === undefined ? (desired.hops ?? []) : hopsOf(kept)
  const attributes = { ...(kept && attributesOf(kept)), ...desired.asked }
  const { metric, type = 'unicast' } = desired
  const nhid = kept === undefined ? desired.nhid : nhidOf(kept)
  return routeWords(desired, type, hops, metric, attributes, kept === undefined ? {} : metricsOf(kept), nhid)
}

/** A route as it is, in words. */
function wordsOf(desired: DesiredRoute, row: Row): string[] {
  const metric = row.metric === undefined ? undefined : Number(row.metric)
  return routeWords(desired, typeOf(row), hopsOf(row), metric, attributesOf(row), metricsOf(row), nhidOf(row))
}

/** A route to a nexthop is plain, though ip shows one to a blackhole as such. */
function typeOf(row: Row): string {
  return row.nhid === undefined ? (text(row, 'type') ?? 'unicast') : 'unicast'
}

function nhidOf(row: Row): number | undefined {
  return row.nhid === undefined ? undefined : Number(row.nhid)
}

const NUMBERS = ['window', 'initcwnd', 'initrwnd', 'hoplimit', 'quickack']

function routeWords(
  { to, table }: DesiredRoute,
  type: string,
  hops: readonly NextHop[],
  metric: number | undefined,
  { src, scope, proto, onlink, mtu, advmss }: Partial<RouteAttributes>,
  metrics: Row,
  nhid: number | undefined,
): string[] {
  // Where its ways lie is the business of the nexthop.
  const own = nhid === undefined ? hops : []
  const [only] = own
  const several = own.length > 1 || own.some((hop) => hop.onlink !== undefined || hop.weight !== 1)
  return [
    ...(type === 'unicast' ? [] : [type]),
    toText(to),
    ...(nhid === undefined ? [] : ['nhid', String(nhid)]),
    ...(several || only === undefined ? [] : hopWords(only, to)),
    ...(onlink && !several && nhid === undefined ? ['onlink'] : []),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    ...(table === 'main' ? [] : ['table', table]),
    ...(src ? ['src', src] : []),
    ...(scope !== undefined && to.family === 'inet' ? ['scope', scope] : []),
    ...(proto === undefined ? [] : ['proto', proto]),
    ...(mtu ? ['mtu', String(mtu)] : []),
    ...(advmss ? ['advmss', String(advmss)] : []),
    ...NUMBERS.flatMap((name) => (metrics[name] === undefined ? [] : [name, String(metrics[name])])),
    ...(several ? own.flatMap((hop) => ['nexthop', ...hopWords(hop, to), ...weightWords(hop)]) : []),
  ]
}

function hopWords({ via, dev }: NextHop, { family }: Pick<Prefix, 'family'>): string[] {
  const isOther = via !== undefined && familyOf(via) !== family
  return [
    ...(via === undefined ? [] : ['via', ...(isOther ? ['inet6'] : []), via]),
    ...(dev === undefined ? [] : ['dev', dev]),
  ]
}

function weightWords({ weight, onlink }: NextHop): string[] {
  return [...(weight === 1 ? [] : ['weight', String(weight)]), ...(onlink ? ['onlink'] : [])]
}

function removal(desired: DesiredRoute, rows: readonly Row[]): IpPlan {
  const doomed = rows.map((row) => wordsOf(desired, row))
  return {
    changes: doomed.map((said) => ({ what: nameOf(desired), before: said.join(' '), after: null })),
    commands: doomed.map((said) => ip(desired.netns, familyWord(desired), 'route', 'delete', ...said)),
  }
}

function wayText({ to }: DesiredRoute, hops: readonly NextHop[], nhid: number | undefined): Value {
  if (nhid !== undefined) return `nhid ${nhid}`
  if (hops.length === 0) return ''
  return hops.map((hop) => [...hopWords(hop, to), ...weightWords(hop)].join(' ')).join(', ')
}

function familyWord({ to }: DesiredRoute): string {
  return to.family === 'inet' ? '-4' : '-6'
}

function nameOf({ to, table }: DesiredRoute): string {
  return `route ${toText(to)}${table === 'main' ? '' : ` table ${table}`}`
}

function toText(to: Prefix): string {
  return to.length === 0 ? 'default' : showPrefix(to)
}
