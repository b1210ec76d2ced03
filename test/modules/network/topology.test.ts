import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { topology } from '../../../src/modules/network/topology/index.ts'
import type { Topology } from '../../../src/sdk/topology.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { planOf, problemsOf } from '../../support/plan.ts'
import { AT_HOME, argumentsFor, facts, HOA, VISITING } from './labs.ts'

const test = suite('topology')

type Lab = Parameters<typeof argumentsFor>[0]

const resultOf = (lab: Lab) => planOf(topology, argumentsFor(lab)).result as ValueMap

/** A lab in which one machine is found otherwise. */
const with_ = (lab: Lab, name: string, found: ValueMap | null): Lab => ({
  ...lab,
  found: { ...lab.found, [name]: found === null ? null : { ...lab.found[name], ...found } },
})

const THERE = 'cnode > crouter > hrouter > mnode'
const BACK = 'mnode > hrouter > crouter > cnode'
const HOME = 'mnode is at home (xenbr0)'
const AWAY = `mnode is at pmagent (xenbr5)`
const mainOf = ({ found }: Lab, name: string) => found[name]!.main as ValueMap[]

for (const [title, lab, told] of [
  ['a mobile node at home', AT_HOME, [HOME, THERE, BACK]],
  [
    'a mobile node at its agent: what comes for it goes through the tunnel, and what it says too',
    VISITING,
    [
      `${AWAY}; hagent serves ${HOA} through ipip-pmagent`,
      'cnode > crouter > hrouter > hagent =ipip-pmagent=> pmagent > mnode',
      'mnode > pmagent =ipip-hagent=> hagent > hrouter > crouter > cnode',
    ],
  ],
  [
    'moved, and no binding',
    { ...AT_HOME, on: { mnode: 'xenbr5' } },
    [
      `${AWAY}, but hagent has no binding for ${HOA}`,
      `from cnode to mnode the path is broken: nobody answers for ${HOA} on xenbr0 (cnode > crouter > hrouter)`,
      'from mnode to cnode the path is broken: nobody answers for 192.168.100.1 on xenbr5 (mnode)',
      `mnode: hagent has no binding for ${HOA}`,
    ],
  ],
  [
    'back home, and the binding still there',
    { ...VISITING, on: { mnode: 'xenbr0' } },
    [
      `${HOME}, but hagent still has a binding for ${HOA}`,
      THERE,
      BACK,
      `mnode: hagent still has a binding for ${HOA}`,
    ],
  ],
  [
    'on a bridge where nobody serves it',
    { ...AT_HOME, on: { mnode: 'xenbr2' } },
    [
      'mnode is on xenbr2, but no proxy mobility agent has an interface there',
      'from cnode to mnode the path is broken: nobody answers for 192.168.100.3 on xenbr0 (cnode > crouter > hrouter)',
      'from mnode to cnode the path is broken: nobody answers for 192.168.100.1 on xenbr2 (mnode)',
      'mnode: eth0 is on xenbr2, not on xenbr0',
      'mnode: no proxy mobility agent has an interface there',
    ],
  ],
  [
    'on no bridge',
    { ...AT_HOME, on: { mnode: null } },
    [
      'mnode is on no bridge',
      'from cnode to mnode the path is broken: nobody answers for 192.168.100.3 on xenbr0 (cnode > crouter > hrouter)',
      'from mnode to cnode the path is broken: eth0 of mnode is on no bridge (mnode)',
      'mnode: eth0 is on no bridge',
    ],
  ],
  [
    'a route that is gone',
    with_(AT_HOME, 'hrouter', {
      main: mainOf(AT_HOME, 'hrouter').filter(({ to }) => to !== '192.168.102.0/24'),
    }),
    [
      HOME,
      THERE,
      'from mnode to cnode the path is broken: hrouter has no route to 192.168.102.2 (mnode > hrouter)',
      'hrouter: no route 192.168.102.0/24 via 192.168.103.1',
    ],
  ],
  [
    'a router that does not forward',
    with_(AT_HOME, 'crouter', { forwarding: { all: 0 } }),
    [
      HOME,
      'from cnode to mnode the path is broken: crouter does not forward packets (cnode > crouter)',
      'from mnode to cnode the path is broken: crouter does not forward packets (mnode > hrouter > crouter)',
      'crouter: does not forward packets',
    ],
  ],
  [
    'a tunnel that is down',
    with_(VISITING, 'pmagent', {
      tunnels: [{ ...(VISITING.found.pmagent!.tunnels as ValueMap[])[0], up: false }],
    }),
    [
      `${AWAY}; hagent serves ${HOA} through ipip-pmagent`,
      'cnode > crouter > hrouter > hagent =ipip-pmagent=> pmagent > mnode',
      'from mnode to cnode the path is broken: the tunnel ipip-hagent of pmagent is down (mnode > pmagent)',
    ],
  ],
  [
    'a tunnel with one end',
    with_(VISITING, 'pmagent', { tunnels: [], tables: [], rules: [] }),
    [
      `${AWAY}; hagent serves ${HOA} through ipip-pmagent`,
      'from cnode to mnode the path is broken: pmagent has no tunnel to hagent (cnode > crouter > hrouter > hagent)',
      'mnode > pmagent > frouter > crouter > cnode',
    ],
  ],
  [
    'a tunnel whose own packets do not get to its end',
    with_(VISITING, 'hrouter', {
      main: mainOf(VISITING, 'hrouter').filter(({ to }) => to !== '192.168.101.0/24'),
    }),
    [
      `${AWAY}; hagent serves ${HOA} through ipip-pmagent`,
      'from cnode to mnode the path is broken: within ipip-pmagent, hrouter has no route to 192.168.101.2 (cnode > crouter > hrouter > hagent)',
      'mnode > pmagent =ipip-hagent=> hagent > hrouter > crouter > cnode',
      'hrouter: no route 192.168.101.0/24 via 192.168.103.3',
    ],
  ],
  [
    'a tunnel that leads into itself',
    with_(VISITING, 'hagent', {
      main: [...mainOf(VISITING, 'hagent'), { to: '192.168.101.0/24', via: null, dev: 'ipip-pmagent' }],
    }),
    [
      `${AWAY}; hagent serves ${HOA} through ipip-pmagent`,
      `from cnode to mnode the path is broken: within ipip-pmagent, the tunnel ipip-pmagent of hagent leads into itself (cnode > crouter > hrouter > hagent)`,
      'mnode > pmagent =ipip-hagent=> hagent > hrouter > crouter > cnode',
    ],
  ],
  [
    'addresses and interfaces that are not as declared',
    with_(AT_HOME, 'cnode', {
      ...facts({ eth0: '192.168.102.9/24' }, ['default via 192.168.102.1 dev eth0']),
    }),
    [
      HOME,
      'cnode > crouter > hrouter > mnode',
      'mnode > hrouter > crouter > cnode',
      'cnode: eth0 lacks 192.168.102.2/24',
      'cnode: eth0 has 192.168.102.9/24 too',
    ],
  ],
  [
    'a machine that nobody has looked at is as declared',
    with_(AT_HOME, 'hrouter', null),
    [HOME, THERE, BACK],
  ],
] as const satisfies [string, Lab, string[]][]) {
  test(title, () => assert.equal(resultOf(lab).msg, told))
}

test('routes that lead in circles end', () => {
  const lab = with_(AT_HOME, 'crouter', {
    main: [{ to: '0.0.0.0/0', via: '192.168.102.2', dev: 'eth0' }],
  })
  const round = with_(lab, 'cnode', { forwarding: { all: 1 } })
  assert.match((resultOf(round).msg as string[])[1]!, /the path is broken: packets go round in circles/)
})

test('what is drawn: roles, bridges, tunnels from both ends', () => {
  const { machines, bridges, tunnels } = resultOf(VISITING).topology as unknown as Topology
  assert.equal(
    machines.map(({ name, role }) => [name, role]),
    [
      ['galileo', ''],
      ['cnode', 'correspondent node'],
      ['crouter', 'router'],
      ['hrouter', 'router'],
      ['frouter', 'router'],
      ['hagent', 'home agent'],
      ['pmagent', 'proxy mobility agent'],
      ['mnode', 'mobile node'],
    ],
  )
  assert.equal(machines.find(({ name }) => name === 'mnode')!.ports, [
    { name: 'eth0', addresses: [`${HOA}/24`], bridge: 'xenbr5' },
  ])
  assert.equal(
    tunnels.map(({ from, name, to }) => [from, name, to]),
    [
      ['hagent', 'ipip-pmagent', 'pmagent'],
      ['pmagent', 'ipip-hagent', 'hagent'],
    ],
  )
  assert.is(bridges.length, 5)
})

test('a bridge that is not there', () => {
  const args = argumentsFor(AT_HOME)
  const [host] = args.xen_hosts as ValueMap[]
  const plan = planOf(topology, { ...args, xen_hosts: [{ ...host, found: facts({}) }] })
  assert.equal((plan.result!.msg as string[]).slice(3, 5), ['xenbr0: is not there', 'xenbr1: is not there'])
})

test('arguments that make no sense', () => {
  assert.equal(problemsOf(topology, { machines: ['cnode'], xen_hosts: [{ bridges: [] }] }), [
    'topology: xen_hosts takes a list of maps, each with a name',
    'topology: machines takes a list of maps, each with a name',
  ])
  assert.equal(
    planOf(topology, { machines: [{ name: 'a', interfaces: 'b', routes: [{ to: 'c' }] }] }).result!.msg,
    [],
  )
})

test.run()
