import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HostState } from '../../src/engine/host.ts'
import { Host } from '../../src/inventory/group.ts'
import { Inventory } from '../../src/inventory/inventory.ts'
import { DateTime } from '../../src/python/dates/datetime.ts'
import { TimeDelta } from '../../src/python/dates/timedelta.ts'
import { DictView, Tuple } from '../../src/python/tuple.ts'
import { Undefined } from '../../src/python/undefined.ts'
import { packInventory, unpackInventory } from '../../src/split/inventory.ts'
import { type Json, packed, unpacked } from '../../src/split/packed.ts'
import { packStates, unpackStates } from '../../src/split/states.ts'
import { packWord, unpackWord } from '../../src/split/words.ts'
import { omit } from '../../src/template/context.ts'
import { Float } from '../../src/values/float.ts'
import { keysOf, mapOf } from '../../src/values/keys.ts'
import { Source } from '../../src/values/source.ts'
import { toNode, type Value } from '../../src/values/value.ts'
import { masked } from '../../src/vault/secrets.ts'
import { VaultedScalar } from '../../src/yaml/vaulted.ts'

const test = suite('packed')

const sent = (value: unknown) => unpacked(JSON.parse(JSON.stringify(packed(value))) as Json)

test('values come out as they went in', () => {
  const values = [
    ...['', 'text', '{{ braces }}', '\0kind', omit, 0, -0, 1.5, 2 ** 60, 2n ** 70n, true, null],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Float.of(2), new Float(-0)],
    ...[[], [1, [2]], {}, { a: { b: [null] } }, { '\0kind': 'map', of: [] }],
    { a: [undefined, 1] },
  ]
  for (const value of values) assert.equal(sent(value), value)
  assert.ok(Object.is(sent(-0), -0))
  assert.instance(sent(Float.of(2)), Float)
  assert.is(String(sent(new Float(-0))), '-0.0')
})

test('maps keep their keys, what these are, and their order', () => {
  const map = mapOf<unknown>([
    ...([
      ['b', 1],
      [10, 2],
      ['10x', 3],
      [2, 4],
    ] as [string | number, unknown][]),
    ...([
      [true, 5],
      [null, 6],
      ['__proto__', 7],
    ] as [boolean | null | string, unknown][]),
  ])
  const back = sent(map) as Record<string, unknown>
  assert.equal(keysOf(back), ['b', 10, '10x', 2, true, null, '__proto__'])
  assert.is(Object.getOwnPropertyDescriptor(back, '__proto__')!.value, 7)
  assert.equal(keysOf(sent({ 7: 1, a: 2 }) as object as Record<string, unknown>), ['7', 'a'])
})

test('what is Python’s stays so', () => {
  const date = new DateTime({ year: 2024, month: 2, day: 29, hour: 1, minute: 2, second: 3 }, 4, 3600)
  assert.is(String(sent(date)), String(date))
  assert.instance(sent(date), DateTime)
  const span = new TimeDelta(1, 2, 3)
  assert.is(String(sent(span)), String(span))
  assert.instance(sent(Tuple.make([1, Tuple.make([2])])), Tuple)
  assert.is((sent(DictView.make('dict_keys', ['a'])) as DictView).kind, 'dict_keys')
  assert.is((sent(new Undefined({ name: 'x' })) as Undefined).message, "'x' is undefined")
})

test('states of hosts come out as they went in, with places and what stays encrypted', () => {
  const source = new Source('vars.yml', 'a: "{{ b }}"\nsecret: x\n')
  const place = { source, start: 3, end: 12 }
  const host = new HostState(new Host('one'))
  host.facts.set('whole', Float.of(2) as Value)
  host.assigned.set('r', { stdout: '{{ no template }}' })
  host.included.set('a', toNode({ list: ['{{ b }}'], 1: 'x' }, place))
  host.included.set('s', toNode('{{ c }}', place, true))
  host.included.set('v', new VaultedScalar('$ANSIBLE_VAULT;1.1;AES256\n00', place))
  host.stats.ok = 3
  host.out = 'failed'
  host.removed = true
  const back = new HostState(new Host('one'))
  back.facts.set('before', 1)
  unpackStates(packStates([host]), () => back)
  assert.equal(
    [[...back.facts], [...back.assigned], back.stats, back.out, back.ended, back.removed],
    [[...host.facts], [...host.assigned], host.stats, 'failed', false, true],
  )
  assert.equal(back.included.get('a'), host.included.get('a'))
  assert.equal(back.included.get('s'), host.included.get('s'))
  assert.is((back.included.get('v') as VaultedScalar).encrypted, '$ANSIBLE_VAULT;1.1;AES256\n00')
  assert.is(back.included.get('a')!.place.source.position(3).line, 1)
})

test('what must not be shown is not shown where states come to', () => {
  const text = packStates([]).replace('"secrets":[', '"secrets":["uvw-told-here-xyz","z9",')
  assert.is(masked('uvw-told-here-xyz z9'), 'uvw-told-here-xyz z9')
  unpackStates(text.replace(/,\]/, ']'), () => new HostState(new Host('one')))
  assert.is(masked('uvw-told-here-xyz z9'), '******** ********')
})

test('words come out as they went in', () => {
  const place = { source: new Source('x', 'y'), start: 0, end: 1 }
  const told = {
    host: 'one',
    facts: { set: [['f', Float.of(1)]] as [string, Value][], gone: ['g'] },
    assigned: { set: [], gone: [] },
    included: { set: [['n', toNode('v', place)]] as [string, ReturnType<typeof toNode>][], gone: [] },
  }
  const word = {
    of: [['one', { status: 'ok' }]] as [string, unknown][],
    variables: [told],
    shared: told,
    stale: ['two'],
  }
  assert.equal(unpackWord(packWord(word)), word)
})

test('an inventory comes out as it went in', () => {
  const inventory = new Inventory()
  const place = { source: new Source('hosts', 'text'), start: 0, end: 4 }
  const [a, b] = [inventory.addHost('a', '/etc/hosts.ini'), inventory.addHost('b')]
  const [parent, child] = [inventory.addGroup('parent'), inventory.addGroup('child')]
  inventory.nest(parent, child)
  inventory.join(child, a)
  inventory.join(parent, b)
  a.setVariable('x', toNode(1, place))
  a.setVariable('x', toNode(2, place))
  child.setVariable('y', toNode('{{ x }}', place))
  child.priority = 7
  inventory.addFolder('/nowhere')
  const back = unpackInventory(JSON.parse(JSON.stringify(packInventory(inventory))))
  assert.equal(back.groupsMap(), inventory.groupsMap())
  assert.equal(back.folders, ['/nowhere'])
  for (const name of ['a', 'b']) {
    const [host, other] = [inventory.host(name)!, back.host(name)!]
    assert.equal(back.layersOf(other, '/play'), inventory.layersOf(host, '/play'))
    assert.equal(back.groupNames(other), inventory.groupNames(host))
    assert.is(back.inventoryDir(other), inventory.inventoryDir(host))
  }
  assert.is(back.groups.get('child')!.priority, 7)
})

test.run()
