import { toBoolean } from '../../../values/truth.ts'
import { isMap, type Value, type ValueMap } from '../../../values/value.ts'
import { interfaceProblems } from '../iproute2.ts'
import type { Setting } from '../link/attribute.ts'
import { NEEDED } from '../link/kinds.ts'
import { settingProblems } from '../link/problems.ts'
import { addressProblems, networkProblems, type Prefix, prefixProblems, readPrefix } from '../prefix.ts'

/** A link as it is to be after every start. */
export interface ConfiguredLink {
  readonly name: string
  /** Undefined for a device of the machine. */
  readonly type: string | undefined
  /** In the words of the module link. */
  readonly settings: Readonly<Record<string, Setting>>
  readonly master: string | undefined
  readonly mtu: number | undefined
  readonly mac: string | undefined
  readonly addresses: readonly Prefix[]
  readonly dhcp4: boolean
  readonly dhcp6: boolean
  readonly accept_ra: boolean | undefined
  readonly routes: readonly ConfiguredRoute[]
  readonly rules: readonly ConfiguredRule[]
  readonly dns: readonly string[]
  readonly search: readonly string[]
}

export interface ConfiguredRoute {
  /** A network, or default of a family. */
  readonly to: Prefix
  readonly via?: string
  readonly src?: string
  readonly type?: string
  readonly metric?: number
  readonly table?: number
  readonly mtu?: number
  readonly onlink?: boolean
}

export interface ConfiguredRule {
  readonly priority: number
  readonly table: number
  readonly from?: string
  readonly to?: string
  readonly iif?: string
  readonly oif?: string
  readonly fwmark?: string
  readonly family: Prefix['family']
}

/** What a type of link can be told here, besides what every link has. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  bridge: [
    'stp_state',
    'forward_delay',
    'hello_time',
    'max_age',
    'ageing_time',
    'priority',
    'vlan_filtering',
  ],
  bond: ['mode', 'miimon', 'updelay', 'downdelay', 'lacp_rate', 'xmit_hash_policy'],
  vlan: ['link', 'id', 'protocol'],
  vxlan: ['id', 'link', 'local', 'remote', 'group', 'dstport', 'learning', 'ttl'],
  vrf: ['table'],
  dummy: [],
  ipip: ['local', 'remote', 'ttl'],
  sit: ['local', 'remote', 'ttl'],
  gre: ['local', 'remote', 'ttl', 'key'],
  gretap: ['local', 'remote', 'ttl', 'key'],
}

const COMMON = [
  'name',
  'type',
  'mtu',
  'address',
  'master',
  'addresses',
  'dhcp4',
  'dhcp6',
  'accept_ra',
  'routes',
  'rules',
  'dns',
  'search',
]
const ROUTE = ['to', 'via', 'src', 'type', 'metric', 'table', 'mtu', 'onlink']
const RULE = ['priority', 'table', 'from', 'to', 'iif', 'oif', 'fwmark', 'family']
const NUMBERS = [
  'mtu',
  'metric',
  'table',
  'priority',
  'id',
  'dstport',
  'miimon',
  'updelay',
  'downdelay',
  'forward_delay',
  'hello_time',
  'max_age',
  'ageing_time',
]
const SWITCHES = ['onlink', 'dhcp4', 'dhcp6', 'accept_ra', 'stp_state', 'vlan_filtering', 'learning']
const LISTS = ['addresses', 'routes', 'rules', 'dns', 'search']

/** Links as they were written, those first that others stand on. Their problems are none. */
export function linksOf(written: readonly Value[]): ConfiguredLink[] {
  const links = written.filter(isMap).map(typed).map(linkOf)
  const byName = new Map(links.map((link) => [link.name, link]))
  const sorted = new Set<ConfiguredLink>()
  const visit = (link: ConfiguredLink, above: readonly ConfiguredLink[]) => {
    if (above.includes(link)) return
    for (const name of [link.master, link.settings.link]) {
      const below = byName.get(String(name))
      if (below !== undefined) visit(below, [...above, link])
    }
    sorted.add(link)
  }
  for (const link of links) visit(link, [])
  return [...sorted]
}

/** What templates have made texts of. */
function typed(map: ValueMap): ValueMap {
  const value = (key: string, one: Value): Value => {
    if (typeof one === 'string' && NUMBERS.includes(key) && /^\d+$/.test(one)) return Number(one)
    if (typeof one === 'string' && SWITCHES.includes(key)) return toBoolean(one) ?? one
    if (!['routes', 'rules'].includes(key)) return one
    return listOf(one).map((each) => (isMap(each) ? typed(each) : each))
  }
  return Object.fromEntries(Object.entries(map).map(([key, one]) => [key, value(key, one)]))
}

function linkOf(map: ValueMap): ConfiguredLink {
  const text = (name: string) => (map[name] === undefined ? undefined : String(map[name]))
  const type = text('type')
  const own = (TYPES[type ?? ''] ?? []).filter((name) => map[name] !== undefined)
  return {
    name: text('name')!,
    type,
    settings: Object.fromEntries(own.map((name) => [name, map[name] as Setting])),
    master: text('master'),
    mtu: map.mtu as number | undefined,
    mac: text('address')?.toLowerCase(),
    addresses: listOf(map.addresses).map((address) => readPrefix(String(address))!),
    dhcp4: map.dhcp4 === true,
    dhcp6: map.dhcp6 === true,
    accept_ra: map.accept_ra as boolean | undefined,
    routes: listOf(map.routes).filter(isMap).map(routeOf),
    rules: listOf(map.rules).filter(isMap).map(ruleOf),
    dns: listOf(map.dns).map(String),
    search: listOf(map.search).map(String),
  }
}

function routeOf(map: ValueMap): ConfiguredRoute {
  const six = [map.via, map.src].some((address) => String(address ?? '').includes(':'))
  const to = map.to === 'default' ? (six ? '::/0' : '0.0.0.0/0') : String(map.to)
  return { ...map, to: readPrefix(to)! } as ConfiguredRoute
}

function ruleOf(map: ValueMap): ConfiguredRule {
  const six = [map.from, map.to].some((network) => String(network ?? '').includes(':'))
  const fwmark = map.fwmark === undefined ? {} : { fwmark: String(map.fwmark) }
  return { family: six ? 'inet6' : 'inet', ...map, ...fwmark } as ConfiguredRule
}

function listOf(value: Value | undefined): readonly Value[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
}

/** What is wrong with links as they are written, a sentence each. */
export function linkProblems(written: readonly Value[]): string[] {
  const names = written.flatMap((map) => (isMap(map) ? [String(map.name)] : []))
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  return [
    ...written.flatMap((map, index) => problemsOf(map, index)),
    ...[...new Set(twice)].map((name) => `links: ${name} is there twice`),
  ]
}

function problemsOf(written: Value, index: number): string[] {
  if (!isMap(written)) return [`links: ${JSON.stringify(written)} is no map of a link`]
  const map = typed(written)
  if (map.name === undefined) return [`links: number ${index + 1} has no name`]
  const name = String(map.name)
  const type = map.type === undefined ? undefined : String(map.type)
  if (type !== undefined && TYPES[type] === undefined)
    return [`links: ${name}: "${type}" is none of ${Object.keys(TYPES).join(', ')}`]
  const known = [...COMMON, ...(TYPES[type ?? ''] ?? [])]
  const settings = Object.fromEntries(
    Object.entries(map).filter(([key]) => (TYPES[type ?? ''] ?? []).includes(key)),
  )
  const problems = [
    ...nameProblems('name', name),
    ...nameProblems('master', map.master),
    ...unknownIn(map, known),
    ...typesIn(map),
    ...(NEEDED[type ?? ''] ?? [])
      .filter((key) => map[key] === undefined)
      .map((key) => `a ${type} needs "${key}"`),
    ...settingProblems(type, { ...settings, mtu: map.mtu, address: map.address } as Record<string, Setting>),
    ...wordProblems(settings),
    ...listOf(map.addresses).flatMap((address) => prefixProblems('addresses', String(address))),
    ...listOf(map.dns).flatMap((server) => addressProblems('dns', String(server))),
    ...listOf(map.search).flatMap((domain) =>
      /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(String(domain)) ? [] : [`search: "${domain}" is no domain`],
    ),
    ...listOf(map.routes).flatMap(routeProblems),
    ...listOf(map.rules).flatMap(ruleProblems),
  ]
  return problems.map((problem) => `links: ${name}: ${problem}`)
}

/** Stricter than the kernel: in some of the files, other signs are a pattern or a comment. */
function nameProblems(option: string, name: Value | undefined): string[] {
  if (name === undefined) return []
  const text = String(name)
  const wrong = interfaceProblems(option, text)
  if (wrong.length > 0 || /^[A-Za-z0-9_][\w.-]*$/.test(text)) return wrong
  return [`${option}: "${text}" is not a name for these files: letters, digits, "_", "." and "-" are`]
}

function unknownIn(map: ValueMap, known: readonly string[]): string[] {
  return Object.keys(map)
    .filter((key) => !known.includes(key))
    .map((key) => `"${key}" is none of ${known.join(', ')}`)
}

function typesIn(map: ValueMap): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (NUMBERS.includes(key) && !(typeof value === 'number' && Number.isInteger(value) && value >= 0))
      return [`${key}: ${JSON.stringify(value)} is not a number`]
    if (SWITCHES.includes(key) && typeof value !== 'boolean')
      return [`${key}: ${JSON.stringify(value)} is neither true nor false`]
    if (!LISTS.includes(key) && (isMap(value) || Array.isArray(value)))
      return [`${key}: a text or number is expected`]
    return []
  })
}

/** Words go into files as they are. */
function wordProblems(settings: ValueMap): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    /^[\w.:+/-]*$/.test(String(value)) ? [] : [`${key}: ${JSON.stringify(value)} is no word of iproute2`],
  )
}

function routeProblems(route: Value): string[] {
  if (!isMap(route) || route.to === undefined) return ['routes: each is a map with "to"']
  const { to, via, src, type = 'unicast' } = route
  const nowhere = ['blackhole', 'unreachable', 'prohibit']
  return [
    ...unknownIn(route, ROUTE),
    ...typesIn(route),
    ...(to === 'default' ? [] : networkProblems('to', String(to))),
    ...(via === undefined ? [] : addressProblems('via', String(via))),
    ...(src === undefined ? [] : addressProblems('src', String(src))),
    ...(['unicast', ...nowhere].includes(String(type))
      ? []
      : [`type: "${type}" is none of unicast, ${nowhere.join(', ')}`]),
    ...(nowhere.includes(String(type)) && via !== undefined
      ? [`a route of type ${type} leads nowhere: leave out via`]
      : []),
    ...familyProblems([to === 'default' ? undefined : to, via, src]),
  ].map((problem) => `routes: ${problem}`)
}

function ruleProblems(rule: Value): string[] {
  if (!isMap(rule)) return ['rules: each is a map with "priority" and "table"']
  const { priority, table, from, to, fwmark, family } = rule
  return [
    ...unknownIn(rule, RULE),
    ...typesIn(rule),
    ...(priority === undefined || table === undefined ? ['each needs "priority" and "table"'] : []),
    ...(from === undefined ? [] : networkProblems('from', String(from))),
    ...(to === undefined ? [] : networkProblems('to', String(to))),
    ...nameProblems('iif', rule.iif),
    ...nameProblems('oif', rule.oif),
    ...(fwmark === undefined || /^(\d+|0x[0-9a-f]+)(\/(\d+|0x[0-9a-f]+))?$/i.test(String(fwmark))
      ? []
      : [`fwmark: "${fwmark}" is not a mark: a number, or number/mask`]),
    ...(family === undefined || ['inet', 'inet6'].includes(String(family))
      ? []
      : [`family: "${family}" is none of inet, inet6`]),
    ...familyProblems([from, to, ...(family === undefined ? [] : [family === 'inet6' ? '::' : '0.0.0.0'])]),
  ].map((problem) => `rules: ${problem}`)
}

function familyProblems(addresses: readonly (Value | undefined)[]): string[] {
  const families = new Set(addresses.flatMap((address) => readPrefix(String(address ?? ''))?.family ?? []))
  return families.size > 1 ? ['its addresses are of IPv4 and of IPv6'] : []
}
