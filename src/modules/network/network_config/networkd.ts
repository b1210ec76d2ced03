import type { Backend, OwnedFile } from './backend.ts'
import type { ConfiguredLink, ConfiguredRoute, ConfiguredRule } from './model.ts'

const FOLDER = '/etc/systemd/network'

/** Files of systemd-networkd: one that makes a link (systemd.netdev(5)), one for what it has (systemd.network(5)). */
export const networkd: Backend = {
  folder: FOLDER,
  files: (name, links, header) => links.flatMap((link) => filesOf(name, link, links, header)),
  owns: (name, path) => path.startsWith(`${FOLDER}/10-${name}-`),
  pattern: (name) => `${FOLDER}/10-${name}-*`,
  cannot: ({ type, settings }) =>
    type === 'vxlan' && settings.remote !== undefined && settings.group !== undefined
      ? ['both "remote" and "group"']
      : [],
  apply: 'networkctl reload',
}

type Lines = readonly (readonly [string, string | number | undefined])[]

function filesOf(
  name: string,
  link: ConfiguredLink,
  links: readonly ConfiguredLink[],
  header: string,
): OwnedFile[] {
  const file = (kind: string, sections: readonly string[]): OwnedFile => ({
    path: `${FOLDER}/10-${name}-${link.name}.${kind}`,
    mode: 0o644,
    text: [header, ...sections.filter((section) => section !== '')].join('\n'),
  })
  return [
    ...(link.type === undefined ? [] : [file('netdev', netdev(link))]),
    file('network', network(link, links)),
  ]
}

/** A section; without lines it is none. */
function section(name: string, lines: Lines): string {
  const given = lines.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}\n`]))
  return given.length === 0 ? '' : `[${name}]\n${given.join('')}`
}

function yesNo(value: unknown): string | undefined {
  return value === undefined ? undefined : value ? 'yes' : 'no'
}

function netdev(link: ConfiguredLink): string[] {
  const { name, type, mtu, mac, settings } = link
  return [
    section('NetDev', [
      ['Name', name],
      ['Kind', type],
      ['MTUBytes', mtu],
      ['MACAddress', mac],
    ]),
    section(...own(type!, settings)),
  ]
}

/** Hundredths of a second. */
function hundredths(value: unknown): string | undefined {
  return value === undefined ? undefined : `${Number(value) * 10}ms`
}

function own(type: string, settings: ConfiguredLink['settings']): [string, Lines] {
  const text = (name: string) => settings[name] as string | number | undefined
  const milliseconds = (name: string) => (text(name) === undefined ? undefined : `${text(name)}ms`)
  switch (type) {
    case 'bridge':
      return [
        'Bridge',
        [
          ['STP', yesNo(text('stp_state'))],
          ['ForwardDelaySec', hundredths(text('forward_delay'))],
          ['HelloTimeSec', hundredths(text('hello_time'))],
          ['MaxAgeSec', hundredths(text('max_age'))],
          ['AgeingTimeSec', hundredths(text('ageing_time'))],
          ['Priority', text('priority')],
          ['VLANFiltering', yesNo(text('vlan_filtering'))],
        ],
      ]
    case 'bond':
      return [
        'Bond',
        [
          ['Mode', text('mode')],
          ['MIIMonitorSec', milliseconds('miimon')],
          ['UpDelaySec', milliseconds('updelay')],
          ['DownDelaySec', milliseconds('downdelay')],
          ['LACPTransmitRate', text('lacp_rate')],
          ['TransmitHashPolicy', text('xmit_hash_policy')],
        ],
      ]
    case 'vlan':
      return [
        'VLAN',
        [
          ['Id', text('id')],
          ['Protocol', text('protocol')?.toString().toLowerCase()],
        ],
      ]
    case 'vxlan':
      return [
        'VXLAN',
        [
          ['VNI', text('id')],
          ['Local', text('local')],
          ['Remote', text('remote')],
          ['Group', text('group')],
          ['DestinationPort', text('dstport')],
          ['MacLearning', yesNo(text('learning'))],
          ['TTL', text('ttl')],
          ...(text('link') === undefined ? ([['Independent', 'yes']] as const) : []),
        ],
      ]
    case 'vrf':
      return ['VRF', [['Table', text('table')]]]
    default:
      return type === 'dummy' ? ['Dummy', []] : tunnel(text)
  }
}

function tunnel(text: (name: string) => string | number | undefined): [string, Lines] {
  return [
    'Tunnel',
    [
      ['Local', text('local') ?? 'any'],
      ['Remote', text('remote')],
      ['TTL', text('ttl')],
      ['Key', text('key')],
      ['Independent', 'yes'],
    ],
  ]
}

function network(link: ConfiguredLink, links: readonly ConfiguredLink[]): string[] {
  const { name, type, mtu, mac, addresses, dhcp4, dhcp6, accept_ra, routes, rules, dns, search } = link
  const isOwn = type !== undefined
  return [
    section('Match', [['Name', name]]),
    section(
      'Link',
      isOwn
        ? []
        : [
            ['MTUBytes', mtu],
            ['MACAddress', mac],
          ],
    ),
    section('Network', [
      ...masterLine(link, links),
      ...above(name, links),
      ['DHCP', dhcp4 ? (dhcp6 ? 'yes' : 'ipv4') : dhcp6 ? 'ipv6' : undefined],
      ['IPv6AcceptRA', yesNo(accept_ra)],
      ...addresses.map(({ address, length }) => ['Address', `${address}/${length}`] as const),
      ...dns.map((server) => ['DNS', server] as const),
      ['Domains', search.length === 0 ? undefined : search.join(' ')],
      // A bridge has no carrier while it has no port, and a port needs no address.
      ...(isOwn ? ([['ConfigureWithoutCarrier', 'yes']] as const) : []),
    ]),
    ...routes.map(route),
    ...rules.map(rule),
  ]
}

/** What kind of thing the master is, its own declaration says; without one it is a bridge. */
function masterLine({ master }: ConfiguredLink, links: readonly ConfiguredLink[]): Lines {
  if (master === undefined) return []
  const type = links.find(({ name }) => name === master)?.type
  const key = type === 'bond' ? 'Bond' : type === 'vrf' ? 'VRF' : 'Bridge'
  return [[key, master]]
}

/** A link is told which others stand on it. */
function above(name: string, links: readonly ConfiguredLink[]): Lines {
  const upper = links.filter(({ settings }) => settings.link === name)
  return upper.map((link) => [link.type === 'vlan' ? 'VLAN' : 'VXLAN', link.name] as const)
}

function route({ to, via, src, type, metric, table, mtu, onlink }: ConfiguredRoute): string {
  return section('Route', [
    ['Destination', `${to.address}/${to.length}`],
    ['Gateway', via],
    ['PreferredSource', src],
    ['Type', type],
    ['Metric', metric],
    ['Table', table],
    ['MTUBytes', mtu],
    ['GatewayOnLink', yesNo(onlink)],
  ])
}

function rule({ priority, table, from, to, iif, oif, fwmark, family }: ConfiguredRule): string {
  return section('RoutingPolicyRule', [
    ['Family', from === undefined && to === undefined ? (family === 'inet6' ? 'ipv6' : 'ipv4') : undefined],
    ['From', from],
    ['To', to],
    ['IncomingInterface', iif],
    ['OutgoingInterface', oif],
    ['FirewallMark', fwmark],
    ['Priority', priority],
    ['Table', table],
  ])
}
