import type { Footprint } from '../../../sdk/footprint.ts'
import { defineModule, type Plan } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import {
  concludeIp,
  interfaceProblems,
  ipOptions,
  ipProbe,
  netnsProblems,
  nothing,
  planOfIp,
  rowsOf,
  scopeName,
} from '../iproute2.ts'
import {
  addressProblems,
  broadcastOf,
  familyOf,
  networkOf,
  prefixProblems,
  readAddress,
  readPrefix,
  routeTrace,
} from '../prefix.ts'
import { type AddressEntry, type DesiredAddress, entriesOf, FOREVER, planAddress } from './plan.ts'

const addressOptions = options({
  address: {
    type: 'str',
    required: true,
    help: 'IPv4 or IPv6 address with its prefix length, 10.0.0.1/24; without one it is a host of its own.',
  },
  dev: { type: 'str', required: true, help: 'Interface that has it.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  peer: { type: 'str', help: 'Address of the other end of a point-to-point link; "" for none.' },
  broadcast: {
    type: 'str',
    aliases: ['brd'],
    help: 'IPv4: broadcast address; "+" for the one that the prefix length gives, "" for none.',
  },
  label: {
    type: 'str',
    help: 'IPv4: a name that is the interface\'s, or begins with it and a colon: "eth0:1".',
  },
  scope: { type: 'str', help: 'IPv4: global, site, link, host, or a number.' },
  valid_lft: {
    type: 'str',
    help: 'Seconds until the address goes, or forever. Any time left up to this counts as right.',
  },
  preferred_lft: {
    type: 'str',
    help: 'Seconds until new connections leave the address alone, or forever; 0 for at once.',
  },
  noprefixroute: { type: 'bool', help: 'Make no route to the network of the address.' },
  exclusive: {
    type: 'bool',
    default: false,
    help: 'Remove all other global addresses of the same family from the interface.',
  },
})

type AddressArgs = ArgsOf<typeof addressOptions>

const LIFETIMES = ['valid_lft', 'preferred_lft'] as const

/** An address of an interface, as ip-address(8) gives it. */
export const address = defineModule({
  name: 'address',
  summary: 'Give addresses to interfaces, or take them away (ip address).',
  options: addressOptions,
  validate: (args) => [
    ...prefixProblems('address', args.address),
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...(args.peer === '' ? [] : prefixProblems('peer', args.peer)),
    ...(['', '+', '-'].includes(args.broadcast ?? '') ? [] : addressProblems('broadcast', args.broadcast)),
    ...LIFETIMES.flatMap((name) => lifetimeProblems(name, args[name])),
    ...usableProblems(args),
    ...familyProblems(args),
    ...labelProblems(args),
  ],
  probe: (args) => [lookOf(args)],
  parse: (output, args, view) =>
    entriesOf(rowsOf(output.of(lookOf(args))[0]!, nothing(view, /does not exist|Cannot find device/))),
  plan: (args, entries) =>
    planOfIp(planAddress(desiredState(args), entries), { addresses: entries.map(({ row }) => row) }),
  footprint: { of: footprint },
  interpret: (outcomes) => concludeIp(outcomes),
})

/** An address that is new brings a route to its network; what else changes may take others with it. */
function footprint(args: AddressArgs, entries: readonly AddressEntry[], plan: Plan): Footprint | undefined {
  const { dev, netns, state, exclusive } = args
  // Two names of namespaces may mean the same one.
  if (netns !== undefined) return undefined
  const { prefix } = desiredState(args)
  const isNew =
    prefix.family === 'inet' &&
    state === 'present' &&
    !exclusive &&
    args.peer === undefined &&
    entries.every((entry) => entry.prefix.address !== prefix.address)
  const own = `addresses/${dev}`
  const routes = [`routes/main/${routeTrace(networkOf(prefix))}`, 'routes/local']
  return {
    reads: { names: [own, `links/${dev}`] },
    writes: plan.changes.length === 0 ? {} : isNew ? { names: [own, ...routes] } : 'anything',
  }
}

function lookOf({ dev, netns }: AddressArgs) {
  return ipProbe(netns, 'address', 'show', 'dev', dev)
}

function desiredState(args: AddressArgs): DesiredAddress {
  const { family, address, length } = readPrefix(args.address)!
  const { dev, netns, state, exclusive, peer, broadcast, label, scope, noprefixroute } = args
  const hasLength = args.address.includes('/')
  const other = peer === undefined || peer === '' ? undefined : readPrefix(peer)!
  const prefix = { family, address, length: peer?.includes('/') ? other!.length : length }
  return {
    ...{ prefix, dev, netns, state, exclusive, anyLength: !hasLength && state === 'absent' },
    asked: {
      ...(peer !== undefined && { peer: other?.address ?? '' }),
      ...(broadcast !== undefined && { broadcast: canonicalBroadcast(broadcast, prefix) }),
      ...(label !== undefined && { label: label === '' ? dev : label }),
      ...(scope !== undefined && { scope: scopeName(scope) }),
      ...(noprefixroute !== undefined && { noprefixroute }),
      ...Object.fromEntries(LIFETIMES.flatMap((name) => seconds(name, args[name]))),
    },
  }
}

function seconds(name: string, lifetime: string | undefined): [string, number][] {
  return lifetime === undefined ? [] : [[name, lifetime === 'forever' ? FOREVER : Number(lifetime)]]
}

function canonicalBroadcast(written: string, prefix: Parameters<typeof broadcastOf>[0]): string {
  if (written === '+') return broadcastOf(prefix)
  return readAddress(written) ?? ''
}

function lifetimeProblems(name: string, lifetime: string | undefined): string[] {
  if (lifetime === undefined || lifetime === 'forever') return []
  if (!/^\d+$/.test(lifetime) || Number(lifetime) >= FOREVER)
    return [`${name}: "${lifetime}" is neither a number of seconds nor forever`]
  if (name === 'valid_lft' && Number(lifetime) === 0)
    return ['valid_lft: an address that is valid for 0 seconds is not there; say state: absent']
  return []
}

function usableProblems({ address, valid_lft, preferred_lft }: Partial<AddressArgs>): string[] {
  const prefix = address === undefined ? undefined : readPrefix(address)
  const isNone = prefix !== undefined && ['0.0.0.0', '::'].includes(prefix.address)
  const tooLong =
    valid_lft !== undefined &&
    preferred_lft !== undefined &&
    (preferred_lft === 'forever' ? FOREVER : Number(preferred_lft)) >
      (valid_lft === 'forever' ? FOREVER : Number(valid_lft))
  return [
    ...(isNone
      ? [`address: ${prefix.address} stands for "no address"; to set an interface up without one, use link`]
      : []),
    ...(tooLong ? ['preferred_lft is longer than valid_lft'] : []),
  ]
}

function familyProblems(args: Partial<AddressArgs>): string[] {
  const prefix = args.address === undefined ? undefined : readPrefix(args.address)
  if (prefix === undefined) return []
  const others = (['peer', 'broadcast'] as const).filter((name) => {
    const address = readAddress(args[name]?.replace(/\/\d+$/, '') ?? '')
    return address !== undefined && familyOf(address) !== prefix.family
  })
  const onlyIPv4 = (['broadcast', 'label', 'scope'] as const).filter((name) => args[name] !== undefined)
  if (prefix.family === 'inet6' && onlyIPv4.length > 0)
    return onlyIPv4.map((name) => `${name}: only an IPv4 address has a ${name} of its own`)
  return others.map((name) => `${name}: "${args[name]}" and "${args.address}" are of two families`)
}

function labelProblems({ label, dev }: Partial<AddressArgs>): string[] {
  if (label === undefined || label === '' || dev === undefined) return []
  if (Buffer.byteLength(label) > 15) return [`label: "${label}" is too long: at most 15 characters`]
  if (label === dev || label.startsWith(`${dev}:`)) return []
  return [`label: "${label}" must be "${dev}", or begin with "${dev}:"`]
}
