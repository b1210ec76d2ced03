import { words } from '../../../shell/quote.ts'
import { ip } from '../iproute2.ts'
import { peersOf, type WireguardArgs } from './options.ts'

export interface WireguardState {
  /** Undefined if there is no such interface. */
  readonly found: Interface | undefined
}

export interface Interface {
  /** Undefined as long as it has no key. */
  readonly publicKey: string | undefined
  readonly port: number
  readonly fwmark: number
  readonly peers: ReadonlyMap<string, Peer>
}

export interface Peer {
  readonly endpoint: string | undefined
  readonly allowedIps: readonly string[]
  readonly keepalive: number
  /** SHA-256 of its preshared key, in hexadecimal; undefined for none, or where nobody has asked. */
  readonly presharedKey: string | undefined
}

/** A command line of wg, in a network namespace if need be. */
export function wg({ netns }: Pick<WireguardArgs, 'netns'>, ...args: string[]): string {
  return words(...(netns === undefined ? [] : ['ip', 'netns', 'exec', netns]), 'wg', ...args)
}

const ASKED = [
  'public-key',
  'listen-port',
  'fwmark',
  'endpoints',
  'allowed-ips',
  'persistent-keepalive',
] as const

/** No key that is a secret leaves the host: of preshared keys it tells digests. */
export function probeWireguard(args: WireguardArgs): string {
  const { name, netns } = args
  const asksShared = peersOf(args).some(({ presharedKey }) => presharedKey !== undefined)
  const shared = `${wg(args, 'show', name, 'preshared-keys')} | while read -r peer key; do
[ "$key" = '(none)' ] || printf 'preshared-keys %s %s\\n' "$peer" "$(printf %s "$key" | sha256sum)"
done`
  return [
    'command -v wg >/dev/null || { echo "this host has no wg: install wireguard-tools on it" >&2; exit 1; }',
    'command -v ip >/dev/null || { echo "this host has no ip: install iproute2 on it" >&2; exit 1; }',
    `said=$(${ip(netns, 'link', 'show', 'dev', name)} 2>&1) || case $said in *'does not exist'*|*'annot find device'*) echo none; exit 0 ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac`,
    ...ASKED.map(
      (what) =>
        `out=$(${wg(args, 'show', name, what)}) || exit\nprintf '%s\\n' "$out" | sed ${words(`s/^/${what} /`)}`,
    ),
    ...(asksShared ? [shared] : []),
  ].join('\n')
}

/** Throws an Error with a sentence. */
export function parseWireguard(text: string): WireguardState {
  if (text.trim() === 'none') return { found: undefined }
  const lines = text.split('\n').map((line) => line.split(/\s+/).filter((word) => word !== ''))
  const of = (what: string) =>
    lines.filter(([first, second]) => first === what && second !== undefined).map(([, ...rest]) => rest)
  const single = (what: (typeof ASKED)[number]) => {
    const value = of(what)[0]?.[0]
    if (value === undefined) throw new Error(`wg did not say what the ${what} of the interface is`)
    return value
  }
  const byPeer = (what: string) => new Map(of(what).map(([peer, ...values]) => [peer!, values]))
  const [endpoints, ips, seconds] = [
    byPeer('endpoints'),
    byPeer('allowed-ips'),
    byPeer('persistent-keepalive'),
  ]
  const shared = byPeer('preshared-keys')
  const key = single('public-key')
  const mark = single('fwmark')
  const peers = [...ips].map(([peer, networks]): [string, Peer] => [
    peer,
    {
      endpoint: endpoints.get(peer)?.find((one) => one !== '(none)'),
      allowedIps: networks.filter((one) => one !== '(none)').sort(),
      keepalive: Number(seconds.get(peer)?.[0]) || 0,
      presharedKey: shared.get(peer)?.[0],
    },
  ])
  return {
    found: {
      publicKey: key === '(none)' ? undefined : key,
      port: Number(single('listen-port')),
      fwmark: mark === 'off' ? 0 : Number(mark),
      peers: new Map(peers),
    },
  }
}
