import { isMap, type Value } from '../../../values/value.ts'
import type { Args } from './options.ts'
import { settingsOf } from './settings.ts'

const ROUTE = ['ip', 'next_hop', 'metric', 'table', 'tos', 'cwnd', 'mtu', 'onlink']
const MACVLAN = ['mode', 'parent', 'promiscuous', 'tap']
const MAPS = ['wifi', 'wifi_sec', 'gsm', 'wireguard', 'vpn', 'macvlan'] as const

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { type, state } = args
  const found = [
    ...exclusive(args),
    ...(args.conn_name === '' ? ['conn_name: a connection has a name'] : []),
    ...(args.routes4_extended ?? []).flatMap((route) => routeProblems('routes4_extended', route)),
    ...(args.routes6_extended ?? []).flatMap((route) => routeProblems('routes6_extended', route)),
    ...MAPS.flatMap((name) => nameProblems(name, args[name])),
    ...lineProblems(args),
  ]
  if (type === 'team') {
    if (
      args.runner_hwaddr_policy !== undefined &&
      args.runner !== undefined &&
      args.runner !== 'activebackup'
    )
      found.push('Runner-hwaddr-policy is only allowed for runner activebackup')
    if (args.runner_fast_rate !== undefined && args.runner !== undefined && args.runner !== 'lacp')
      found.push('runner-fast-rate is only allowed for runner lacp')
  }
  if (args.macvlan !== undefined) found.push(...macvlanProblems(args.macvlan))
  return complete && state === 'present' ? [...found, ...missing(args)] : found
}

function exclusive(args: Partial<Args>): string[] {
  const pairs = [
    ['never_default4', 'gw4'],
    ['routes4_extended', 'routes4'],
    ['routes6_extended', 'routes6'],
  ] as const
  return pairs.flatMap(([one, other]) =>
    args[one] && args[other] !== undefined ? [`parameters are mutually exclusive: ${one}|${other}`] : [],
  )
}

function missing(args: Partial<Args>): string[] {
  const { type } = args
  const found: string[] = []
  if (type === 'wifi' && args.ssid === undefined)
    found.push('type is wifi but all of the following are missing: ssid')
  if (type === 'macvlan' && args.macvlan === undefined)
    found.push('type is macvlan but all of the following are missing: macvlan')
  if (type === 'team-slave' && args.master === undefined)
    found.push(`Please specify a name for the master when type is ${type}`)
  if (type === 'team-slave' && args.ifname === undefined)
    found.push(`Please specify an interface name for the connection when type is ${type}`)
  return found
}

function routeProblems(option: string, route: Value): string[] {
  if (!isMap(route) || typeof route.ip !== 'string') return [`${option}: each is a map with "ip"`]
  const unknown = Object.keys(route).find((name) => !ROUTE.includes(name))
  return unknown === undefined ? [] : [`${option}: "${unknown}" is none of ${ROUTE.join(', ')}`]
}

function macvlanProblems(macvlan: Args['macvlan'] & object): string[] {
  const { mode, parent } = macvlan
  const unknown = Object.keys(macvlan).find((name) => !MACVLAN.includes(name))
  return [
    ...(unknown === undefined ? [] : [`macvlan: "${unknown}" is none of ${MACVLAN.join(', ')}`]),
    ...(mode !== undefined && /^[1-5]$/.test(String(mode)) ? [] : ['macvlan: it needs "mode", 1 to 5']),
    ...(parent === undefined ? ['macvlan: it needs "parent"'] : []),
  ]
}

/** A name of a property is a word: nmcli takes one with a sign before it for another command. */
function nameProblems(option: string, map: Args['wifi']): string[] {
  return Object.keys(map ?? {}).flatMap((name) =>
    /^[a-z0-9][\w-]*$/i.test(name) ? [] : [`${option}: ${JSON.stringify(name)} is no name of a property`],
  )
}

/** A line of nmcli's editor ends at a line break, and other control characters are keys to it. */
function lineProblems(args: Partial<Args>): string[] {
  const values = [['conn_name', args.conn_name ?? ''] as const]
  const settings = args.type === undefined ? [] : [...settingsOf(args as Args, args.type)]
  return [...values, ...settings].flatMap(([name, value]) =>
    /[\p{Cc}]/u.test(value) ? [`${name}: it holds a line break or another control character`] : [],
  )
}
