import type { Change } from '../../../sdk/module.ts'
import { quote } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { type IpPlan, ip, type Row } from '../iproute2.ts'
import { type Attribute, hasFlag, type Setting } from './attribute.ts'
import { GENERAL, kindIn, kindOf, moduleOf, NEEDED, TUNNELS } from './kinds.ts'
import { conflict } from './rivals.ts'
import { attributeOf, type DesiredLink, defined, ownOf, settingsOf, wanted } from './settings.ts'

const IN_SYNC: IpPlan = { changes: [], commands: [] }

/** From what is wanted of a link and all links there are: what must change, and how. */
export function planLink(desired: DesiredLink, rows: readonly Row[]): IpPlan {
  const row = rows.find(({ ifname }) => ifname === desired.name)
  if (desired.state === 'absent') return row === undefined ? IN_SYNC : planDeletion(desired, row)
  return row === undefined ? planCreation(desired, rows) : planChanges(desired, row, rows)
}

function planDeletion(desired: DesiredLink, row: Row): IpPlan {
  const kind = kindOf(row)
  if (kind === undefined)
    return failure(`${desired.name} is a device of the machine: it can be set down, not deleted`)
  if (TUNNELS[kind] === desired.name)
    return failure(`${desired.name} came with the kernel module ${moduleOf(kind)} and goes with it only`)
  if (desired.type !== undefined && desired.type !== kind && !desired.recreate)
    return failure(`${desired.name} is of type ${kind}, not ${desired.type}, and is therefore not deleted`)
  return {
    changes: [{ what: `link ${desired.name}`, before: describe(row, kind), after: null }],
    commands: [ip(desired.netns, 'link', 'delete', 'dev', desired.name)],
  }
}

function planCreation(desired: DesiredLink, rows: readonly Row[]): IpPlan {
  const { name, type, settings } = desired
  if (type === undefined) return failure(`there is no link ${name}; to have it made, say of which type`)
  const trouble = cannotMake(type, desired) ?? conflict(desired, type, rows)
  if (trouble !== undefined) return failure(trouble)
  const asked = wanted(settings, type)
  const after: ValueMap = { type, ...asked }
  if (desired.state !== 'present') after.state = desired.state
  return {
    changes: [{ what: `link ${name}`, before: null, after }],
    commands: wholeOrNothing(desired, creation(desired, type, asked)),
  }
}

function planChanges(desired: DesiredLink, row: Row, rows: readonly Row[]): IpPlan {
  const { name, type, settings } = desired
  const kind = kindOf(row)
  const isOtherKind = type !== undefined && type !== kind
  if (isOtherKind && kind === undefined)
    return failure(`${name} is a device of the machine and cannot become one of type ${type}`)
  const alien = Object.keys(settings).find(
    (option) => settings[option] !== undefined && attributeOf(option, type ?? kind) === undefined,
  )
  if (alien !== undefined) return failure(noSuchAttribute(type ?? kind, alien))

  const differences = differencesOf(row, type ?? kind, settings, desired.peerNetns)
  const isUp = hasFlag(row, 'UP')
  const up = (desired.state === 'up' && !isUp) || (desired.state === 'down' && isUp)
  const otherKind = isOtherKind ? [{ option: 'type', before: kind!, after: type }] : []
  const changes: Change[] = [
    ...[...otherKind, ...differences].map(({ option, ...sides }) => ({ what: option, ...sides })),
    ...(up ? [{ what: 'state', before: isUp ? 'up' : 'down', after: desired.state }] : []),
  ]
  if (changes.length === 0) return IN_SYNC
  const stuck =
    otherKind[0] ??
    differences.find(({ option, before, after }) => attributeOf(option, type ?? kind)!.fixed(before, after))
  if (stuck !== undefined && !desired.recreate) {
    return failure(
      `the ${stuck.option} of ${name} cannot change from ${show(stuck.before)} to ${show(stuck.after)} while it exists; "force: true" deletes it, with its addresses and routes, and makes it again`,
    )
  }
  const kept = isOtherKind ? {} : settingsOf(row, kind!)
  const whole = { ...desired, settings: { ...kept, ...defined(settings) } }
  const trouble = conflict(whole, type ?? kind, rows)
  if (trouble !== undefined) return failure(trouble)
  if (stuck !== undefined) return { changes, commands: recreation(whole, row, type ?? kind!) }
  const commands = updates({ ...desired, state: up ? desired.state : 'present' }, row, kind, differences)
  const plugs = desired.replug === true && differences.some(({ option }) => option === 'master')
  const toRest = isUp && becomesSlave(differences, rows)
  if (isUp && plugs && !toRest && desired.state !== 'down')
    return { changes, commands: replugged(desired, row, commands) }
  return { changes, commands: rested(desired, toRest, commands) }
}

/** How long the carrier is away, in seconds: the kernel tells the other end a moment later, and only if it still is. */
const UNPLUGGED = 0.02

/**
 * Commands behind which the link loses its carrier, and has it back. The shell itself takes it down and up where it can, for
 * each program that is started is time without a network. What is written to sysfs counts as asked for, and what is read
 * there is also what a bridge asks for: of these flags (IFF_PROMISC, IFF_ALLMULTI) only those stay that ip shows.
 */
function replugged({ name, netns }: DesiredLink, row: Row, commands: string[]): string[] {
  const set = (word: string) => ip(netns, 'link', 'set', 'dev', name, word)
  const pause = `{ sleep ${UNPLUGGED} || :; } 2>/dev/null`
  const slowly = `${set('down')} && ${pause} && ${set('up')}`
  if (netns !== undefined) return [...commands, slowly]
  const flags = quote(`/sys/class/net/${name}/flags`)
  const own = (hasFlag(row, 'PROMISC') ? 0x100 : 0) | (hasFlag(row, 'ALLMULTI') ? 0x200 : 0)
  const down = `{ read -r flags <${flags} && flags=$((flags & ~0x301 | ${own})) && echo "$flags" >${flags}; } 2>/dev/null`
  return [...commands, `if ${down}; then ${pause}; echo "$((flags | 1))" >${flags}; else ${slowly}; fi`]
}

/** A bond takes no port that is up. */
function becomesSlave(differences: readonly Difference[], rows: readonly Row[]): boolean {
  const master = differences.find(({ option }) => option === 'master')?.after
  return typeof master === 'string' && kindIn(rows, master) === 'bond'
}

/** Commands for a link that has to be down for them, and comes up again. */
function rested({ name, netns, state }: DesiredLink, isToRest: boolean, commands: string[]): string[] {
  if (!isToRest || state === 'down') return commands
  const set = (word: string) => ip(netns, 'link', 'set', 'dev', name, word)
  return [set('down'), ...commands, set('up')]
}

interface Difference {
  readonly option: string
  readonly before: ReturnType<Attribute['current']>
  readonly after: Setting
}

function differencesOf(
  row: Row,
  kind: string | undefined,
  settings: DesiredLink['settings'],
  peerNetns: string | undefined,
): Difference[] {
  return Object.entries(wanted(settings, kind)).flatMap(([option, after]) => {
    const before = attributeOf(option, kind)!.current(row)
    // The name of a peer in another namespace cannot be seen from here; that it is in one, can.
    const hidden = option === 'peer' && peerNetns !== undefined && row.link_netnsid !== undefined
    return before === after || hidden ? [] : [{ option, before, after }]
  })
}

/** What must be said once more, since ip takes a change only together with it. */
function along(
  row: Row,
  kind: string | undefined,
  differences: readonly Difference[],
): Record<string, Setting> {
  const others = differences.flatMap(({ option }) => attributeOf(option, kind)!.with?.(row) ?? [])
  return Object.fromEntries(others.map((other) => [other, attributeOf(other, kind)!.current(row) as Setting]))
}

/** Kinds of which the kernel makes no second one beside the first, so that the first has to go before. */
const ALONE = ['vxlan', 'geneve', 'xfrm', 'macvlan', 'macvtap']

/**
 * Makes a link again with all that it had and nobody asked to be otherwise. The new one is made beside the old
 * one and takes its name, so that when it cannot be made the old one is still there.
 */
function recreation(desired: DesiredLink, row: Row, kind: string): string[] {
  const { name, netns } = desired
  const isSame = kindOf(row) === kind
  const inherited = Object.entries(GENERAL).filter(
    ([option]) =>
      ['alias', 'master'].includes(option) || (isSame && (option !== 'address' || row.link_type === 'ether')),
  )
  const kept = Object.fromEntries(inherited.map(([option, { current }]) => [option, current(row) as Setting]))
  const asked = wanted({ ...kept, ...desired.settings }, kind)
  const unsaid = (option: string) => asked[option] === '' && desired.settings[option] === undefined
  const settings = Object.fromEntries(Object.entries(asked).filter(([option]) => !unsaid(option)))
  const state = desired.state === 'present' && hasFlag(row, 'UP') ? 'up' : desired.state
  const away = ip(netns, 'link', 'delete', 'dev', name)
  if (ALONE.includes(kind) && isSame) {
    const all = Object.entries({ ...kept, ...settingsOf(row, kind) })
    const before = Object.fromEntries(all.filter(([, value]) => value !== ''))
    const old = creation({ ...desired, state: hasFlag(row, 'UP') ? 'up' : 'present' }, kind, before)
    const [make, ...set] = creation({ ...desired, state }, kind, settings)
    return [away, `{ ${make} || { ${old.join(' && ')}; false; }; }`, ...set]
  }
  const beside = `new-${name}`.slice(0, 15)
  const [make, ...set] = creation({ ...desired, state }, kind, settings, beside)
  return [make!, away, ip(netns, 'link', 'set', 'dev', beside, 'name', name), ...set]
}

/** What was made is deleted again when it cannot be set up. */
function wholeOrNothing({ name, netns }: DesiredLink, [make, ...set]: string[]): string[] {
  const away = ip(netns, 'link', 'delete', 'dev', name)
  return [make!, ...set.map((command) => `{ ${command} || { ${away}; false; }; }`)]
}

/** The commands that make a link, under another name at first if need be, and set it up. */
export function creation(
  desired: DesiredLink,
  kind: string,
  asked: Record<string, Setting>,
  as: string = desired.name,
): string[] {
  const { name, netns, state } = desired
  const said = (before: boolean) =>
    ownOf(asked).flatMap(([option, value]) => {
      const attribute = attributeOf(option, kind)!
      return (attribute.beforeType === true) === before ? attribute.words(value) : []
    })
  const set = [...setWords(asked), ...(state === 'up' ? ['up'] : [])]
  const make =
    kind === 'tun' || kind === 'tap'
      ? ip(netns, 'tuntap', 'add', 'dev', as, 'mode', kind, ...said(false))
      : kind === 'veth'
        ? ip(netns, 'link', 'add', 'name', as, 'type', 'veth', ...peerWords(desired))
        : ip(netns, 'link', 'add', ...said(true), 'name', as, 'type', kind, ...said(false))
  return [make, ...(set.length > 0 ? [ip(netns, 'link', 'set', 'dev', name, ...set)] : [])]
}

function peerWords({ settings, peerNetns }: DesiredLink): string[] {
  // By its path: a number would be that of a process.
  const place = peerNetns === undefined ? [] : ['netns', `/var/run/netns/${peerNetns}`]
  return ['peer', 'name', String(settings.peer), ...place]
}

/** Down comes first, since some changes need it, and up comes last, when all is set. */
function updates(
  desired: DesiredLink,
  row: Row,
  kind: string | undefined,
  differences: readonly Difference[],
): string[] {
  const { name, netns, state } = desired
  const changed = Object.fromEntries(differences.map(({ option, after }) => [option, after]))
  const typeWords = ownOf({ ...along(row, kind, differences), ...changed }).flatMap(([option, value]) => {
    const { words, current } = attributeOf(option, kind)!
    return words(value, current(row))
  })
  const set = setWords(changed)
  const device = ['link', 'set', 'dev', name]
  return [
    ...(state === 'down' ? [ip(netns, ...device, 'down')] : []),
    ...(typeWords.length > 0 ? [ip(netns, ...device, 'type', kind!, ...typeWords)] : []),
    ...(set.length > 0 ? [ip(netns, ...device, ...set)] : []),
    ...(state === 'up' ? [ip(netns, ...device, 'up')] : []),
  ]
}

/** The words for what every link has. */
function setWords(settings: Record<string, Setting>): string[] {
  return Object.entries(settings).flatMap(([option, value]) => GENERAL[option]?.words(value) ?? [])
}

/** Why a link of this kind cannot be made from these settings: a sentence. */
export function cannotMake(kind: string, { settings }: Pick<DesiredLink, 'settings'>): string | undefined {
  const needed = settings.external === true ? [] : NEEDED[kind]
  const missing = needed?.find((option) => settings[option] === undefined)
  if (missing !== undefined) return `to make a link of type ${kind}, "${missing}" is needed`
  const alien = Object.keys(settings).find(
    (option) => settings[option] !== undefined && attributeOf(option, kind) === undefined,
  )
  return alien === undefined ? undefined : noSuchAttribute(kind, alien)
}

function noSuchAttribute(kind: string | undefined, option: string): string {
  return kind === undefined
    ? `a device of the machine has no "${option}"`
    : `links of type ${kind} have no "${option}"`
}

const TELLING = ['link', 'peer', 'id', 'mode', 'table', 'local', 'remote']

/** What somebody needs to know of a link to see which one it is. */
function describe(row: Row, kind: string): ValueMap {
  const settings = Object.entries(settingsOf(row, kind)).filter(([name]) => TELLING.includes(name))
  return { type: kind, ...Object.fromEntries(settings) }
}

function show(value: ValueMap[string]): string {
  return value === '' || value === null ? 'none' : String(value)
}

export function failure(failed: string): IpPlan {
  return { changes: [], commands: [], failed }
}
