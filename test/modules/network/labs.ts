import type { ValueMap } from '../../../src/values/value.ts'

export const HOA = '192.168.100.3'

/** What mobility_facts finds on a machine with these interfaces and routes, and of bindings nothing. */
export function facts(
  interfaces: Readonly<Record<string, string | undefined>>,
  routes: readonly string[] = [],
  more: ValueMap = {},
): ValueMap {
  const connected = Object.entries(interfaces).flatMap(([dev, address]) =>
    address === undefined ? [] : [{ to: address.replace(/\d+\/24$/, '0/24'), via: null, dev }],
  )
  return {
    interfaces: Object.entries(interfaces).map(([name, address]) => ({
      name,
      addresses: address === undefined ? [] : [address],
      up: true,
      master: null,
    })),
    main: [
      ...connected,
      ...routes.map((route) => {
        const [to, , via, , dev] = route.split(' ')
        return { to: to!, via: via!, dev: dev! }
      }),
    ],
    tunnels: [],
    routes: [],
    tables: [],
    rules: [],
    proxies: [],
    proxy_arp: [],
    forwarding: { all: 0 },
    mobile_nodes: [],
    ...more,
  }
}

const FORWARDS = { forwarding: { all: 1 } }

interface Lab {
  /** What is found of each; null where nobody has looked. */
  readonly found: Readonly<Record<string, ValueMap | null>>
  /** Bridges of first interfaces, where they are not those that are declared. */
  readonly on: Readonly<Record<string, string | null>>
}

/** What mobility_facts finds where all is as it is declared and the mobile node at home. */
export const AT_HOME: Lab = {
  found: {
    cnode: facts({ eth0: '192.168.102.2/24' }, ['default via 192.168.102.1 dev eth0']),
    crouter: facts(
      { eth0: '192.168.102.1/24', eth1: '192.168.103.1/24' },
      ['default via 192.168.103.2 dev eth1', '192.168.101.0/24 via 192.168.103.3 dev eth1'],
      FORWARDS,
    ),
    hrouter: facts(
      { eth0: '192.168.103.2/24', eth1: '192.168.100.1/24' },
      ['192.168.102.0/24 via 192.168.103.1 dev eth0', '192.168.101.0/24 via 192.168.103.3 dev eth0'],
      FORWARDS,
    ),
    frouter: facts(
      { eth0: '192.168.103.3/24', eth1: '192.168.101.1/24' },
      ['default via 192.168.103.2 dev eth0', '192.168.102.0/24 via 192.168.103.1 dev eth0'],
      FORWARDS,
    ),
    hagent: facts({ eth0: '192.168.100.2/24' }, ['default via 192.168.100.1 dev eth0'], FORWARDS),
    pmagent: facts(
      { eth0: '192.168.101.2/24', eth1: undefined },
      ['default via 192.168.101.1 dev eth0'],
      FORWARDS,
    ),
    mnode: facts({ eth0: `${HOA}/24` }, ['default via 192.168.100.1 dev eth0']),
  },
  on: {},
}

const tunnel = (name: string, local: string, remote: string) => [
  { name, local, remote, up: true, used_by: [HOA] },
]

/** The same, with the mobile node at the proxy mobility agent. */
export const VISITING: Lab = {
  found: {
    ...AT_HOME.found,
    hagent: {
      ...AT_HOME.found.hagent,
      tunnels: tunnel('ipip-pmagent', '192.168.100.2', '192.168.101.2'),
      main: [...(AT_HOME.found.hagent!.main as ValueMap[]), { to: HOA, via: null, dev: 'ipip-pmagent' }],
      routes: [{ to: HOA, dev: 'ipip-pmagent' }],
      proxies: [{ address: HOA, dev: 'eth0' }],
    },
    pmagent: {
      ...AT_HOME.found.pmagent,
      tunnels: tunnel('ipip-hagent', '192.168.101.2', '192.168.100.2'),
      main: [...(AT_HOME.found.pmagent!.main as ValueMap[]), { to: HOA, via: null, dev: 'eth1' }],
      routes: [{ to: HOA, dev: 'eth1' }],
      tables: [{ table: '100', dev: 'ipip-hagent', others: [], used_by: [HOA] }],
      rules: [{ priority: 1603, from: HOA, table: '100' }],
      proxy_arp: [{ dev: 'eth1', used_by: [HOA] }],
    },
  },
  on: { mnode: 'xenbr5' },
}

const part = (name: string, interfaces: ValueMap[], gateway: string, more: ValueMap = {}) => ({
  name,
  interfaces,
  gateway,
  ...more,
})

const nic = (name: string, address: string, bridge: string) => ({ name, address, bridge })

const DECLARED = [
  part('cnode', [nic('eth0', '192.168.102.2/24', 'xenbr2')], '192.168.102.1'),
  part(
    'crouter',
    [nic('eth0', '192.168.102.1/24', 'xenbr2'), nic('eth1', '192.168.103.1/24', 'xenbr3')],
    '192.168.103.2',
    { forwarding: true, routes: [{ to: '192.168.101.0/24', via: '192.168.103.3' }] },
  ),
  part(
    'hrouter',
    [nic('eth0', '192.168.103.2/24', 'xenbr3'), nic('eth1', '192.168.100.1/24', 'xenbr0')],
    '',
    {
      forwarding: true,
      routes: [
        { to: '192.168.101.0/24', via: '192.168.103.3' },
        { to: '192.168.102.0/24', via: '192.168.103.1' },
      ],
    },
  ),
  part(
    'frouter',
    [nic('eth0', '192.168.103.3/24', 'xenbr3'), nic('eth1', '192.168.101.1/24', 'xenbr1')],
    '192.168.103.2',
    { forwarding: true, routes: [{ to: '192.168.102.0/24', via: '192.168.103.1' }] },
  ),
  part('hagent', [nic('eth0', '192.168.100.2/24', 'xenbr0')], '192.168.100.1', { forwarding: true }),
  part(
    'pmagent',
    [nic('eth0', '192.168.101.2/24', 'xenbr1'), { name: 'eth1', bridge: 'xenbr5' }],
    '192.168.101.1',
    { forwarding: true },
  ),
  part('mnode', [nic('eth0', `${HOA}/24`, 'xenbr0')], '192.168.100.1', { visited_bridges: ['xenbr5'] }),
]

/** Arguments of the module topology for seven machines on one Xen host. */
export function argumentsFor({ found, on }: Lab): ValueMap {
  const bridges = ['xenbr0', 'xenbr1', 'xenbr2', 'xenbr3', 'xenbr5']
  return {
    xen_hosts: [
      {
        name: 'galileo',
        bridges: bridges.map((name) => ({ name })),
        found: facts(Object.fromEntries(bridges.map((name) => [name, undefined])), [], {
          interfaces: [
            ...bridges.map((name) => ({ name, addresses: [], up: true, master: null })),
            ...Object.entries(on).map(([name, master]) => ({
              name: `${name}.0`,
              addresses: [],
              up: true,
              master,
            })),
          ],
        }),
      },
    ],
    machines: DECLARED.map((machine) => ({ ...machine, found: found[machine.name] ?? null })),
    routers: ['crouter', 'hrouter', 'frouter'],
    home_agents: ['hagent'],
    proxy_mobility_agents: ['pmagent'],
    mobile_nodes: ['mnode'],
    correspondent_nodes: ['cnode'],
  }
}
