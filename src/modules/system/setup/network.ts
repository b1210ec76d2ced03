import type { ValueMap } from '../../../values/value.ts'
import { lines, type Sections } from './probe.ts'

interface Address {
  readonly device: string
  readonly family: 'inet' | 'inet6'
  readonly address: string
  /** Length in bits. */
  readonly prefix: number
  readonly broadcast: string
  readonly scope: string
}

/** Interfaces with their addresses, the default routes, all addresses. */
export function networkFacts(sections: Sections): ValueMap {
  const addresses = lines(sections, ':addresses').flatMap(readAddress)
  const devices = readDevices(lines(sections, ':interfaces'))
  const facts: ValueMap = { interfaces: [...devices.keys()] }
  for (const [device, properties] of devices) {
    facts[device.replaceAll('-', '_')] = {
      device,
      ...properties,
      ...addressFacts(addresses.filter((address) => address.device === device)),
    }
  }
  const outside = (family: string) =>
    addresses
      .filter((one) => one.family === family && !/^127\.|^::1$/.test(one.address))
      .map((one) => one.address)
  return {
    ...facts,
    all_ipv4_addresses: outside('inet'),
    all_ipv6_addresses: outside('inet6'),
    default_ipv4: defaultRoute(route4(lines(sections, '/proc/net/route')), 'inet', addresses, devices),
    default_ipv6: defaultRoute(route6(lines(sections, '/proc/net/ipv6_route')), 'inet6', addresses, devices),
  }
}

// "4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\ ...", or "inet A peer B/32 ..." (ip-address(8)).
function readAddress(line: string): Address[] {
  const [, device, family, address, after] =
    /^\d+: (\S+?)(?:@\S+)?\s+(inet6?) ([0-9a-f.:]+)(.*)$/.exec(line) ?? []
  if (device === undefined) return []
  const prefix = /^(?: peer \S+?)?\/(\d+)/.exec(after!)?.[1] ?? (family === 'inet' ? '32' : '128')
  return [
    {
      device,
      family: family as Address['family'],
      address: address!,
      prefix: Number(prefix),
      broadcast: / brd (\S+)/.exec(after!)?.[1] ?? '',
      scope: / scope (\S+)/.exec(after!)?.[1] ?? '',
    },
  ]
}

// ARPHRD numbers of <linux/if_arp.h>.
const TYPES: Record<string, string> = {
  1: 'ether',
  32: 'infiniband',
  512: 'ppp',
  768: 'tunnel',
  769: 'tunnel',
  772: 'loopback',
  776: 'tunnel',
  778: 'tunnel',
  65534: 'tunnel',
}
const IFF_PROMISC = 0x100

function readDevices(text: readonly string[]): Map<string, ValueMap> {
  const devices = new Map<string, ValueMap>()
  for (const line of text) {
    const [, device = '', property, value = ''] = /^(\S+) (\S+) ?(.*)$/.exec(line) ?? []
    if (!devices.has(device)) devices.set(device, {})
    const facts = devices.get(device)!
    if (property === 'mtu') facts.mtu = Number(value)
    else if (property === 'type') facts.type = TYPES[value] ?? 'unknown'
    else if (property === 'operstate') facts.active = value !== 'down'
    else if (property === 'flags') facts.promisc = (Number(value) & IFF_PROMISC) !== 0
    else if (property === 'address' && isMac(value) && facts.type !== 'loopback') facts.macaddress = value
    else if (property === 'port')
      facts.interfaces = [...((facts.interfaces as string[] | undefined) ?? []), value]
    else if (property === 'bridge') {
      const [stp, id = ''] = value.split(' ')
      Object.assign(facts, { type: 'bridge', stp: stp !== '0', id, interfaces: facts.interfaces ?? [] })
    }
  }
  return devices
}

function isMac(text: string): boolean {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text)
}

function addressFacts(addresses: readonly Address[]): ValueMap {
  const [primary, ...others] = addresses.filter(({ family }) => family === 'inet').map(ipv4)
  const ipv6 = addresses
    .filter(({ family }) => family === 'inet6')
    .map(({ address, prefix, scope }) => ({ address, prefix: String(prefix), scope }))
  return {
    ...(primary !== undefined && { ipv4: primary }),
    ...(others.length > 0 && { ipv4_secondaries: others }),
    ...(ipv6.length > 0 && { ipv6 }),
  }
}

function ipv4({ address, prefix, broadcast }: Address): ValueMap {
  const mask = maskOf(prefix)
  return {
    address,
    broadcast,
    netmask: dotted(mask),
    network: dotted((numberOf(address) & mask) >>> 0),
    prefix: String(prefix),
  }
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (~0 << (32 - prefix)) >>> 0
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.')
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, part) => ((number << 8) | Number(part)) >>> 0, 0)
}

interface Default {
  readonly device: string
  readonly gateway: string | undefined
  readonly metric: number
}

// Iface Destination Gateway Flags RefCnt Use Metric Mask, numbers in the host's byte order (little endian).
function route4(table: readonly string[]): Default | undefined {
  const found = table.slice(1).flatMap((line): Default[] => {
    const [device = '', destination, gateway = '', , , , metric, mask] = line.split(/\s+/)
    if (destination !== '00000000' || mask !== '00000000') return []
    const bytes = gateway.match(/../g)?.map((hex) => Number.parseInt(hex, 16)) ?? []
    return [
      {
        device,
        gateway: /^0+$/.test(gateway) ? undefined : bytes.reverse().join('.'),
        metric: Number(metric),
      },
    ]
  })
  return found.sort((a, b) => a.metric - b.metric)[0]
}

// Destination and its length, source and its length, next hop, metric, references, use, flags, device; in hexadecimal.
function route6(table: readonly string[]): Default | undefined {
  const found = table.flatMap((line): Default[] => {
    const [destination = '', length, , , hop = '', metric = '', , , , device = ''] = line.trim().split(/\s+/)
    if (!/^0+$/.test(destination) || length !== '00' || device === 'lo') return []
    return [
      { device, gateway: /^0+$/.test(hop) ? undefined : shortened(hop), metric: Number.parseInt(metric, 16) },
    ]
  })
  return found.sort((a, b) => a.metric - b.metric)[0]
}

/** An IPv6 address as RFC 5952 writes it, from its 32 digits. */
function shortened(digits: string): string {
  const groups = digits.match(/..../g)?.map((group) => group.replace(/^0+(?=.)/, '')) ?? []
  const text = groups.join(':')
  const runs = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)]
  const [longest] = runs.sort((a, b) => b[0].length - a[0].length)
  if (longest === undefined) return text
  const before = text.slice(0, longest.index).replace(/:$/, '')
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '')
  return `${before}::${after}`
}

function defaultRoute(
  route: Default | undefined,
  family: Address['family'],
  addresses: readonly Address[],
  devices: ReadonlyMap<string, ValueMap>,
): ValueMap {
  if (route === undefined) return {}
  const own = addresses.filter((one) => one.family === family && one.device === route.device)
  const device = devices.get(route.device) ?? {}
  const { macaddress, mtu, type } = device
  const link = {
    interface: route.device,
    ...(route.gateway !== undefined && { gateway: route.gateway }),
    ...(macaddress !== undefined && { macaddress }),
    ...(mtu !== undefined && { mtu }),
    ...(type !== undefined && { type }),
  }
  if (family === 'inet') {
    const near =
      own.find(({ address, prefix }) => sameNetwork(address, route.gateway ?? '', prefix)) ?? own[0]
    return { ...link, alias: route.device, ...(near !== undefined && ipv4(near)) }
  }
  const near = own.find(({ scope }) => scope === 'global') ?? own[0]
  if (near === undefined) return link
  return { ...link, address: near.address, prefix: String(near.prefix), scope: near.scope }
}

function sameNetwork(one: string, other: string, prefix: number): boolean {
  const mask = maskOf(prefix)
  return other !== '' && (numberOf(one) & mask) === (numberOf(other) & mask)
}
