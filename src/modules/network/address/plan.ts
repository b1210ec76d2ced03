import type { Change } from '../../../sdk/module.ts'
import type { Value } from '../../../values/value.ts'
import { type IpPlan, ip, type Row, text } from '../iproute2.ts'
import { networkOf, type Prefix, readAddress, showPrefix } from '../prefix.ts'

/** What iproute2 prints for a lifetime without end, in seconds. */
export const FOREVER = 2 ** 32 - 1

/** What can be asked of an address besides being there. */
interface AddressAttributes {
  /** "" for none. */
  readonly peer: string
  /** "" for none. */
  readonly broadcast: string
  readonly label: string
  readonly scope: string
  readonly noprefixroute: boolean
  /** Seconds, FOREVER for no end. */
  readonly valid_lft: number
  readonly preferred_lft: number
}

export interface DesiredAddress {
  readonly prefix: Prefix
  /** When it shall go: with whatever prefix length it is there. */
  readonly anyLength: boolean
  readonly dev: string
  readonly netns: string | undefined
  readonly state: 'present' | 'absent'
  readonly exclusive: boolean
  readonly asked: Partial<AddressAttributes>
}

/** An address that an interface has. */
export interface AddressEntry {
  readonly prefix: Prefix
  readonly has: AddressAttributes
  readonly row: Row
}

/** The addresses in what `ip -j address show dev X` prints. */
export function entriesOf(rows: readonly Row[]): AddressEntry[] {
  const listed = rows.flatMap(({ addr_info }) => (Array.isArray(addr_info) ? (addr_info as Row[]) : []))
  return listed.flatMap((row) => {
    const address = readAddress(text(row, 'local') ?? '')
    if (address === undefined) return []
    const family = text(row, 'family') === 'inet6' ? 'inet6' : 'inet'
    const has = {
      peer: readAddress(text(row, 'address') ?? '') ?? '',
      broadcast: text(row, 'broadcast') ?? '',
      label: text(row, 'label') ?? '',
      scope: text(row, 'scope') ?? '',
      noprefixroute: row.noprefixroute === true,
      valid_lft: Number(row.valid_life_time ?? FOREVER),
      preferred_lft: Number(row.preferred_life_time ?? FOREVER),
    }
    return [{ prefix: { family, address, length: Number(row.prefixlen) }, has, row }]
  })
}

/** From the address that is wanted and all that the interface has: what must change, and how. */
export function planAddress(desired: DesiredAddress, entries: readonly AddressEntry[]): IpPlan {
  const same = entries.filter(({ prefix }) => prefix.address === desired.prefix.address)
  if (desired.state === 'absent') return planRemoval(desired, same, entries)
  const there = same.find((entry) => isMeant(desired, entry))
  const others = desired.exclusive
    ? entries.filter(
        (entry) => entry !== there && isGlobal(entry) && entry.prefix.family === desired.prefix.family,
      )
    : []
  const main = there === undefined ? planAddition(desired) : planChange(desired, there, entries)
  if (others.length === 0) return main
  const rest = entries.filter((entry) => entry !== there)
  const removed = removal(desired, others, rest)
  return {
    changes: [...main.changes, ...removed.changes],
    commands: [...main.commands, ...removed.commands, ...wantedAgain(desired, there, others)],
  }
}

/**
 * Whether an entry is what the kernel takes the wanted address for: of IPv4 it keeps one with each length and network
 * of the other end (inet_insert_ifa() in net/ipv4/devinet.c), of IPv6 one only.
 */
function isMeant({ prefix, asked }: DesiredAddress, entry: AddressEntry): boolean {
  if (prefix.family === 'inet6') return true
  if (entry.prefix.length !== prefix.length) return false
  const far = (peer: string) => networkOf({ ...prefix, address: peer || prefix.address }).address
  return asked.peer === undefined || far(asked.peer) === far(entry.has.peer)
}

function planRemoval(
  desired: DesiredAddress,
  same: readonly AddressEntry[],
  entries: readonly AddressEntry[],
): IpPlan {
  const { peer } = desired.asked
  const doomed = same.filter(
    ({ prefix, has }) =>
      (desired.anyLength || prefix.length === desired.prefix.length) &&
      (peer === undefined || peer === has.peer),
  )
  return removal(desired, doomed, entries)
}

function planAddition(desired: DesiredAddress): IpPlan {
  const said = words(desired.prefix, desired.asked)
  const change = { what: `address ${showPrefix(desired.prefix)}`, before: null, after: said.join(' ') }
  return { changes: [change], commands: [command(desired, 'add', said)] }
}

function planChange(desired: DesiredAddress, there: AddressEntry, entries: readonly AddressEntry[]): IpPlan {
  const { asked, prefix } = desired
  const name = showPrefix({ ...prefix, length: there.prefix.length })
  const differing = (Object.keys(asked) as (keyof AddressAttributes)[]).filter(
    (attribute) => !isAsAsked(attribute, there.has[attribute], asked[attribute]!),
  )
  const otherLength = there.prefix.length !== prefix.length
  const changes = [
    ...(otherLength
      ? [{ what: `address ${name}`, before: showPrefix(there.prefix), after: showPrefix(prefix) }]
      : []),
    ...differing.map((attribute) => ({
      what: `address ${name} ${attribute}`,
      before: shown(there.has[attribute]),
      after: shown(asked[attribute]!),
    })),
  ]
  if (changes.length === 0) return { changes, commands: [] }
  const wanted = words(prefix, { ...there.has, ...asked }, desired.dev, there.row)
  const inPlace = ['valid_lft', 'preferred_lft', ...(prefix.family === 'inet6' ? ['noprefixroute'] : [])]
  if (!otherLength && differing.every((attribute) => inPlace.includes(attribute)))
    return { changes, commands: [command(desired, 'change', wanted)] }
  const old = words(there.prefix, there.has, desired.dev, there.row)
  const restored = companions([there], entries).map((entry) => restoration(desired, entry))
  const commands = [
    deletion(desired, there),
    `{ ${command(desired, 'add', wanted)} || { ${command(desired, 'add', old)}; false; }; }`,
  ]
  return { changes, commands: [...commands, ...restored] }
}

function isAsAsked(attribute: keyof AddressAttributes, is: Value, asked: Value): boolean {
  // A lifetime runs down by itself: what is left of it is right as long as anything is.
  if (!attribute.endsWith('_lft') || asked === FOREVER || asked === 0) return is === asked
  return Number(is) > 0 && Number(is) <= Number(asked)
}

function removal(
  desired: DesiredAddress,
  doomed: readonly AddressEntry[],
  entries: readonly AddressEntry[],
): IpPlan {
  const restored = companions(doomed, entries).map((entry) => restoration(desired, entry))
  // Secondary ones first: with their primary address the kernel may remove them by itself.
  const ordered = [...doomed].sort((a, b) => Number(isSecondary(b)) - Number(isSecondary(a)))
  return {
    changes: doomed.map((entry) => gone(desired, entry)),
    commands: [...ordered.map((entry) => deletion(desired, entry)), ...restored],
  }
}

/**
 * The addresses that the kernel takes away together with a primary one of their network, unless the host's
 * promote_secondaries says otherwise: they are given back.
 */
function companions(doomed: readonly AddressEntry[], entries: readonly AddressEntry[]): AddressEntry[] {
  return entries.filter(
    (entry) =>
      isSecondary(entry) &&
      !doomed.includes(entry) &&
      doomed.some((other) => !isSecondary(other) && shareNetwork(entry.prefix, other.prefix)),
  )
}

/** The wanted address, in case that it went away as a companion of those removed. */
function wantedAgain(
  desired: DesiredAddress,
  there: AddressEntry | undefined,
  removed: readonly AddressEntry[],
): string[] {
  const isCompanion =
    desired.prefix.family === 'inet' && removed.some(({ prefix }) => shareNetwork(prefix, desired.prefix))
  if (!isCompanion) return []
  return [
    command(
      desired,
      'replace',
      words(desired.prefix, { ...there?.has, ...desired.asked }, desired.dev, there?.row),
    ),
  ]
}

function shareNetwork(one: Prefix, other: Prefix): boolean {
  return one.length === other.length && networkOf(one).address === networkOf(other).address
}

function isSecondary({ prefix, row }: AddressEntry): boolean {
  return prefix.family === 'inet' && row.secondary === true
}

function isGlobal({ has }: AddressEntry): boolean {
  return has.scope === 'global'
}

function gone({ dev }: DesiredAddress, { prefix, has }: AddressEntry): Change {
  return { what: `address ${showPrefix(prefix)}`, before: words(prefix, has, dev).join(' '), after: null }
}

function deletion(desired: DesiredAddress, { prefix, has }: AddressEntry): string {
  return command(desired, 'delete', words(prefix, { peer: has.peer }))
}

function restoration(desired: DesiredAddress, { prefix, has, row }: AddressEntry): string {
  return command(desired, 'replace', words(prefix, has, desired.dev, row))
}

function command({ netns, dev }: DesiredAddress, verb: string, said: readonly string[]): string {
  return ip(netns, 'address', verb, ...said, 'dev', dev)
}

const KEPT_FLAGS = ['nodad', 'home', 'mngtmpaddr', 'autojoin']

/** An address in the words of ip-address(8). */
function words(
  prefix: Prefix,
  attributes: Partial<AddressAttributes>,
  dev?: string,
  row: Row = {},
): string[] {
  const { peer, broadcast, label, scope, noprefixroute, valid_lft = FOREVER } = attributes
  const preferred = Math.min(attributes.preferred_lft ?? FOREVER, valid_lft)
  const length = `/${prefix.length}`
  return [
    ...(peer ? [prefix.address, 'peer', `${peer}${length}`] : [`${prefix.address}${length}`]),
    ...(broadcast ? ['broadcast', broadcast] : []),
    ...(label && label !== dev ? ['label', label] : []),
    ...(scope && prefix.family === 'inet' ? ['scope', scope] : []),
    ...(noprefixroute ? ['noprefixroute'] : []),
    ...(valid_lft === FOREVER && preferred === FOREVER
      ? []
      : ['valid_lft', lifetime(valid_lft), 'preferred_lft', lifetime(preferred)]),
    ...KEPT_FLAGS.filter((flag) => row[flag] === true),
  ]
}

function lifetime(seconds: number): string {
  return seconds === FOREVER ? 'forever' : String(seconds)
}

function shown(value: string | number | boolean): Value {
  return value === FOREVER ? 'forever' : value
}
