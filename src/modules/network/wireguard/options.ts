import { type ArgsOf, options } from '../../../sdk/options.ts'
import { isMap, type Value } from '../../../values/value.ts'
import { interfaceProblems, ipOptions, netnsProblems } from '../iproute2.ts'
import { networkOf, readAddress, readPrefix, showPrefix } from '../prefix.ts'
import { isKey } from './keys.ts'

export const wireguardOptions = options({
  name: {
    type: 'str',
    required: true,
    aliases: ['dev'],
    help: 'Interface, as link with type wireguard makes it.',
  },
  ...ipOptions,
  private_key: { type: 'str', secret: true, help: 'Private key of the interface, as wg genkey makes one.' },
  listen_port: { type: 'int', help: 'UDP port; 0 for one that the kernel picks.' },
  fwmark: { type: 'str', help: 'Mark of the packets outside, a number; 0 or off for none.' },
  peers: {
    type: 'list',
    help: 'The other ends, a map each: public_key, allowed_ips (networks), endpoint (address:port), persistent_keepalive (seconds, 0 for never), preshared_key ("" for none).',
  },
  exclusive: { type: 'bool', default: true, help: 'Whether peers that are not named are removed.' },
})

export type WireguardArgs = ArgsOf<typeof wireguardOptions>

/** A peer as it is wanted; what is left out is left alone. */
export interface WantedPeer {
  readonly publicKey: string
  /** Networks in the form in which wg shows them, in order. */
  readonly allowedIps?: readonly string[]
  readonly endpoint?: string
  /** Seconds; 0 for never. */
  readonly keepalive?: number
  /** Empty for none. */
  readonly presharedKey?: string
}

const MEMBERS = ['public_key', 'allowed_ips', 'endpoint', 'persistent_keepalive', 'preshared_key']

/** Peers that have no problems. */
export function peersOf({ peers = [] }: Pick<WireguardArgs, 'peers'>): WantedPeer[] {
  return peers.filter(isMap).map((peer) => ({
    publicKey: String(peer.public_key),
    ...(peer.allowed_ips !== undefined && {
      allowedIps: networksOf(peer.allowed_ips).map(shownNetwork).sort(),
    }),
    ...(peer.endpoint !== undefined && { endpoint: shownEndpoint(String(peer.endpoint)) }),
    ...(peer.persistent_keepalive !== undefined && { keepalive: Number(peer.persistent_keepalive) }),
    ...(peer.preshared_key !== undefined && { presharedKey: String(peer.preshared_key ?? '') }),
  }))
}

export function wireguardProblems(args: Partial<WireguardArgs>, complete: boolean): string[] {
  const { name, netns, private_key: key, listen_port: port, fwmark, peers = [] } = args
  const keys = peers.filter(isMap).map((peer) => peer.public_key)
  const twice = keys.find((one, index) => one !== undefined && keys.indexOf(one) !== index)
  return [
    ...interfaceProblems('name', name),
    ...netnsProblems('netns', netns),
    ...(key === undefined || isKey(key)
      ? []
      : ['private_key: this is no key of WireGuard, 44 characters of base64']),
    ...(port !== undefined && (port < 0 || port > 65535) ? [`listen_port: ${port} is not a port`] : []),
    ...(fwmark === undefined || /^(off|\d{1,10}|0x[0-9a-f]{1,8})$/i.test(fwmark)
      ? []
      : [`fwmark: ${JSON.stringify(fwmark)} is neither a number nor off`]),
    ...(twice === undefined ? [] : [`peers: ${String(twice)} stands there twice`]),
    ...(complete ? peers.flatMap(peerProblems) : []),
  ]
}

function peerProblems(peer: Value): string[] {
  if (!isMap(peer)) return [`peers: ${JSON.stringify(peer)} is no map with public_key, allowed_ips, ...`]
  const {
    public_key: key,
    allowed_ips: ips,
    endpoint,
    persistent_keepalive: seconds,
    preshared_key: shared,
  } = peer
  const unknown = Object.keys(peer).find((member) => !MEMBERS.includes(member))
  const odd = networksOf(ips ?? []).find((network) => readPrefix(network) === undefined)
  return [
    ...(unknown === undefined ? [] : [`peers: "${unknown}" is none of ${MEMBERS.join(', ')}`]),
    ...(isKey(key) ? [] : [`peers: public_key ${JSON.stringify(key ?? null)} is no key of WireGuard`]),
    ...(odd === undefined ? [] : [`peers: allowed_ips: ${JSON.stringify(odd)} is no network`]),
    ...(endpoint === undefined || endpointParts(String(endpoint)) !== undefined
      ? []
      : [
          `peers: endpoint ${JSON.stringify(endpoint)} is not an address and a port, as 192.0.2.1:51820 or [2001:db8::1]:51820`,
        ]),
    ...(seconds === undefined || (/^\d{1,5}$/.test(String(seconds)) && Number(seconds) < 65536)
      ? []
      : [`peers: persistent_keepalive ${JSON.stringify(seconds)} is no number of seconds below 65536`]),
    ...(shared === undefined || shared === null || shared === '' || isKey(shared)
      ? []
      : ['peers: a preshared_key is no key of WireGuard, 44 characters of base64']),
  ]
}

function networksOf(ips: Value): string[] {
  const list = Array.isArray(ips) ? ips : String(ips).split(',')
  return list.map((one) => String(one).trim()).filter((one) => one !== '')
}

/** wg shows networks with their length, and without what lies behind it. */
function shownNetwork(text: string): string {
  const network = networkOf(readPrefix(text)!)
  return showPrefix(network).includes('/') ? showPrefix(network) : `${network.address}/${network.length}`
}

function shownEndpoint(text: string): string {
  const [address, port] = endpointParts(text)!
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function endpointParts(text: string): [string, number] | undefined {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const address = readAddress(six ?? four ?? '')
  if (address === undefined || address.includes(':') !== (six !== undefined)) return undefined
  return Number(port) > 0 && Number(port) < 65536 ? [address, Number(port)] : undefined
}
