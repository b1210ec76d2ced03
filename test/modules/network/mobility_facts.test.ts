import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mobility_facts } from '../../../src/modules/network/mobility_facts.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { planOf } from '../../support/plan.ts'

const test = suite('mobility_facts')

const HOA = '192.168.100.3'
const OTHER = '192.168.100.4'

const link = (ifname: string, kind = '', local = '', remote = '') => ({
  ifname,
  flags: ['UP'],
  linkinfo: kind === '' ? {} : { info_kind: kind, info_data: { local, remote } },
})
const LINKS = [
  link('lo'),
  link('tunl0', 'ipip', 'any', 'any'),
  link('eth0'),
  link('eth1'),
  link('gre1', 'gre', '10.0.0.1', '10.0.0.2'),
  link('ipip-hagent', 'ipip', '192.168.101.2', '192.168.100.2'),
]
const ADDRESSES = [
  { ifname: 'eth0', addr_info: [{ local: '192.168.101.2', prefixlen: 24 }] },
  { ifname: 'eth1' },
]
const ROUTES = [
  { type: 'unicast', dst: 'default', gateway: '192.168.101.1', dev: 'eth0' },
  { type: 'unicast', dst: '192.168.101.0/24', dev: 'eth0' },
  { type: 'unicast', dst: HOA, dev: 'eth1' },
  { type: 'unicast', dst: 'default', dev: 'ipip-hagent', table: '100' },
  { type: 'unicast', dst: '10.5.0.0/16', dev: 'eth0', table: '7' },
  { type: 'local', dst: '192.168.101.2', dev: 'eth0', table: 'local' },
  { type: 'unicast', dst: '192.168.105.9', gateway: '192.168.101.9', dev: 'eth0' },
]
const RULES = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 1603, src: HOA, table: '100' },
  { priority: 1604, src: OTHER, table: '100' },
  { priority: 50, src: '10.1.0.0', srclen: 16, table: '7' },
  { priority: 32766, src: 'all', table: 'main' },
]

/** What the looks print for a host with all of this. */
function printed(parts: {
  routes?: object[]
  rules?: object[]
  proxies?: object[]
  parameters?: string[]
}): string[] {
  const { routes = [], rules = [], proxies = [], parameters = [] } = parts
  const rows = [LINKS, ADDRESSES, routes, rules, proxies].map((list) => `${JSON.stringify(list)}\n\nexit 0\n`)
  return [...rows, parameters.map((line) => `/proc/sys/net/ipv4/${line}\n`).join('')]
}

const factsOf = (parts: Parameters<typeof printed>[0]) =>
  planOf(mobility_facts, {}, printed(parts)).result as ValueMap

test('a proxy mobility agent: who uses the tunnel, the table and the link', () => {
  const parameters = [
    'conf/eth1/proxy_arp:1',
    'conf/eth0/proxy_arp:0',
    'neigh/eth1/proxy_delay:0',
    'neigh/default/proxy_delay:80',
    'conf/all/rp_filter:0',
    'conf/eth0/rp_filter:2',
    'conf/all/forwarding:1',
  ]
  const facts = factsOf({ routes: ROUTES, rules: RULES, parameters })
  assert.equal(facts.tunnels, [
    { name: 'ipip-hagent', local: '192.168.101.2', remote: '192.168.100.2', up: true, used_by: [HOA, OTHER] },
  ])
  assert.equal(facts.routes, [{ to: HOA, dev: 'eth1' }])
  assert.equal(facts.tables, [
    { table: '100', dev: 'ipip-hagent', others: [], used_by: [HOA, OTHER] },
    { table: '7', dev: '', others: ['10.5.0.0/16'], used_by: [] },
  ])
  assert.equal(facts.rules, [
    { priority: 1603, from: HOA, table: '100' },
    { priority: 1604, from: OTHER, table: '100' },
  ])
  assert.equal(facts.proxy_arp, [{ dev: 'eth1', used_by: [HOA] }])
  assert.equal(facts.proxy_delay, { eth1: 0, default: 80 })
  assert.equal(facts.forwarding, { all: 1 })
  assert.equal(facts.rp_filter, { all: 0, eth0: 2 })
  assert.equal(facts.mobile_nodes, [HOA, OTHER])
})

test('a home agent: routes into the tunnel, and a proxy entry whose route is gone', () => {
  const facts = factsOf({
    routes: [{ type: 'unicast', dst: HOA, dev: 'ipip-hagent' }],
    proxies: [
      { dst: HOA, dev: 'eth0', proxy: null },
      { dst: OTHER, dev: 'eth0', proxy: null },
    ],
  })
  assert.equal((facts.tunnels as ValueMap[])[0]!.used_by, [HOA])
  assert.equal(facts.proxies, [
    { address: HOA, dev: 'eth0' },
    { address: OTHER, dev: 'eth0' },
  ])
  assert.equal(facts.mobile_nodes, [HOA, OTHER])
})

test('a host without bindings has interfaces, and no mobile nodes', () => {
  const { interfaces, ...facts } = factsOf({})
  assert.equal((interfaces as ValueMap[])[2], {
    name: 'eth0',
    addresses: ['192.168.101.2/24'],
    up: true,
    master: null,
  })
  assert.equal(facts.mobile_nodes, [])
  assert.equal((facts.tunnels as ValueMap[])[0]!.used_by, [])
})

test('the main table: routes with and without a gateway', () => {
  assert.equal(factsOf({ routes: ROUTES }).main, [
    { to: 'default', via: '192.168.101.1', dev: 'eth0' },
    { to: '192.168.101.0/24', via: null, dev: 'eth0' },
    { to: HOA, via: null, dev: 'eth1' },
    { to: '192.168.105.9', via: '192.168.101.9', dev: 'eth0' },
  ])
})

test.run()
