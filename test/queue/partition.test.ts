import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Host } from '../../src/inventory/group.ts'
import { Inventory } from '../../src/inventory/inventory.ts'
import { sharesOf } from '../../src/queue/partition.ts'
import { servedHosts } from '../../src/queue/serves.ts'

const test = suite('who is given which hosts')

const many = (count: number) => Array.from({ length: count }, (_, at) => `h${at}`)
const sizes = (count: number, workers: number, most = 200) =>
  sharesOf(
    many(count),
    new Map([['all', new Set(many(count))]]),
    Array(workers).fill({ serves: 'all' }),
    most,
  ).map(({ hosts }) => hosts.length)

test('slices hold as many hosts as they may, and are as many as the workers', () => {
  assert.equal(sizes(7, 3), [7])
  assert.equal(sizes(100, 3), [33, 34, 33])
  assert.equal(sizes(1000, 2), [167, 166, 167, 167, 166, 167])
  assert.equal(sizes(10_000, 1), Array(50).fill(200))
  assert.equal(sizes(4, 1, 1), [1, 1, 1, 1])
})

test('a host goes to the narrowest pattern that means it, in its order, and keeps its place', () => {
  const served = new Map([
    ['all', new Set(['a', 'b', 'c'])],
    ['b', new Set(['b'])],
  ])
  assert.equal(sharesOf(['c', 'b', 'a', 'x'], served, [], 200), [
    { pattern: 'all', hosts: ['c', 'a'] },
    { pattern: 'b', hosts: ['b'] },
    { pattern: undefined, hosts: ['x'] },
  ])
})

test('--serves takes groups, hosts, networks, and joins them as plays do', () => {
  const inventory = new Inventory()
  const addresses: Record<string, string> = { a: '10.1.0.5', b: '10.1.9.5', c: '10.2.0.5', d: '2001:db8::7' }
  for (const name of Object.keys(addresses)) inventory.hosts.set(name, new Host(name))
  const served = (pattern: string) => [...servedHosts(inventory, pattern, (host) => addresses[host])].join('')
  assert.is(served('10.1.0.0/16'), 'ab')
  assert.is(served('10.1.0.0/16:&10.1.0.0/24'), 'a')
  assert.is(served('10.0.0.0/8:!10.2.0.0/16'), 'ab')
  assert.is(served('2001:db8::/32'), 'd')
  assert.is(served('2001:db8::/32,c'), 'dc')
  assert.is(served('!a'), 'bcd')
  assert.is(served('a:nobody'), 'a')
  assert.is(served('10.9.0.0/16'), '')
})

test.run()
