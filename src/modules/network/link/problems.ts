import { interfaceProblems, macProblems } from '../iproute2.ts'
import { familyOf, readAddress } from '../prefix.ts'
import { keyNumber, type Setting } from './kinds.ts'

type Settings = Readonly<Record<string, Setting | undefined>>

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  mtu: [1, 2 ** 31 - 1],
  txqueuelen: [0, 2 ** 31 - 1],
  dstport: [0, 65535],
  priority: [0, 65535],
  vlan_default_pvid: [0, 4094],
  mcast_router: [0, 2],
  table: [1, 2 ** 32 - 1],
}

const OVER_IPV6 = ['ip6tnl', 'ip6gre', 'ip6gretap', 'vti6']
const OVER_EITHER = ['vxlan']

/** What is wrong with the settings of a link, whose kind may not be known; a sentence each. */
export function settingProblems(kind: string | undefined, settings: Settings): string[] {
  const text = (name: string) => (settings[name] === undefined ? undefined : String(settings[name]))
  const ranges = { ...RANGES, id: [0, kind === 'vxlan' ? 2 ** 24 - 1 : 4094] as const }
  const device = (name: string) => (text(name) === '' ? [] : interfaceProblems(name, text(name)))
  return [
    ...Object.entries(ranges).flatMap(([name, [least, most]]) => outside(name, settings[name], least, most)),
    ...macProblems('address', text('address')),
    ...(/^.[13579bdf]/i.test(text('address') ?? '')
      ? [
          `address: "${settings.address}" is the address of a group; that of an interface has an even first byte`,
        ]
      : []),
    ...(Buffer.byteLength(text('alias') ?? '') > 255 ? ['alias: at most 255 bytes'] : []),
    ...[device('master'), device('link'), interfaceProblems('peer', text('peer'))].flat(),
    ...['local', 'remote'].flatMap((name) => endProblems(name, text(name), kind)),
    ...['key', 'ikey', 'okey'].flatMap((name) => keyProblems(name, text(name))),
    ...(text('key') !== undefined && (text('ikey') ?? text('okey')) !== undefined
      ? ['"key" stands for both "ikey" and "okey": give it or them']
      : []),
    ...hopProblems('ttl', text('ttl')),
    ...hopProblems('tos', text('tos')),
    ...(settings.pmtudisc === false && !['0', 'inherit'].includes(text('ttl') ?? 'inherit')
      ? ['a ttl of its own needs path MTU discovery: leave out "ttl", or have pmtudisc']
      : []),
  ]
}

function outside(name: string, value: Setting | undefined, least: number, most: number): string[] {
  if (typeof value !== 'number' || (value >= least && value <= most)) return []
  return [`${name}: ${value} is out of range: ${least} to ${most}`]
}

function endProblems(name: string, address: string | undefined, kind: string | undefined): string[] {
  if (address === undefined || address === 'any' || address === '') return []
  const canonical = readAddress(address)
  if (canonical === undefined) return [`${name}: "${address}" is not an IPv4 or IPv6 address, nor "any"`]
  if (kind === undefined || OVER_EITHER.includes(kind)) return []
  const family = OVER_IPV6.includes(kind) ? 'inet6' : 'inet'
  if (familyOf(canonical) === family) return []
  return [
    `${name}: tunnels of type ${kind} run between IPv${family === 'inet' ? 4 : 6} addresses, and "${address}" is none`,
  ]
}

function keyProblems(name: string, key: string | undefined): string[] {
  if (key === undefined || key === '') return []
  const isKey = /^\d+$/.test(key) ? keyNumber(key)! < 2 ** 32 : isQuad(key)
  return isKey ? [] : [`${name}: "${key}" is not a key: a number below 4294967296, or a dotted quad`]
}

function isQuad(key: string): boolean {
  return key.includes('.') && readAddress(key) !== undefined
}

function hopProblems(name: string, value: string | undefined): string[] {
  if (value === undefined || value === 'inherit') return []
  const isByte = /^(\d+|0x[0-9a-f]+)$/i.test(value) && Number(value) <= 255
  return isByte ? [] : [`${name}: "${value}" is neither a number from 0 to 255 nor inherit`]
}
