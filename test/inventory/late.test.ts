import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HostVariables } from '../../src/inventory/host-variables.ts'
import { packInventory, unpackInventory } from '../../src/split/inventory.ts'
import { entriesOf, toValue } from '../../src/values/value.ts'
import { keepTrees } from '../../src/yaml/kept/trees.ts'
import { type Loaded, load } from './files.ts'

const test = suite<{ folder: string }>('hosts whose variables are read later')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'kept-'))
})
test.after.each(({ folder }) => {
  keepTrees(undefined)
  rmSync(folder, { recursive: true })
})

const TEXTS: Readonly<Record<string, string>> = {
  'all alike': 'all:\n  hosts:\n    a: {p: 1, q: x}\n    b: {p: 2, q: "y"}\n    c: {p: 3, q: [1, {r: 2}]}\n',
  'in groups':
    'all:\n  children:\n    one:\n      vars: {p: 0}\n      hosts: {a: {p: 1}, b: {p: 2}, c: }\n    two: {hosts: {d: {p: 3}, e: {p: 4}}}\n',
  'one host twice':
    'all:\n  hosts: {a: {p: 1}, b: {p: 2}}\n  children: {one: {hosts: {b: {p: 3}, a: {p: 4}, c: {p: 5}}}}\n',
  'a port in a name': 'all:\n  hosts: {a: {p: 1}, "b:22": {p: 2}, c: {p: 3}}\n',
  'a range': 'all:\n  hosts: {a: {p: 1}, "b[1:3]": {p: 2}, b2: {p: 3}}\n',
  'names that nobody sees': 'all:\n  hosts: {a: {groups: 1}, b: {groups: 2}}\n',
  'names that are none': 'all:\n  hosts: {a: {p-q: 1}, b: {p-q: 2}}\n',
  anchors: 'all:\n  hosts: {a: &x {p: 1}, b: *x, c: {p: 2}}\n',
}

/** All that can be seen of it. */
function seen({ inventory, problems, warnings, folder }: Loaded) {
  const play = join(folder, 'play')
  const hosts = [...inventory.hosts.values()].map((host) => ({
    name: host.name,
    names: [...host.names],
    p: nodeText(host.variable('p')),
    layers: inventory.layersOf(host, play).map(({ name, variables }) => ({
      name,
      variables: [...variables].map(([key, node]) => [key, nodeText(node)]),
    })),
  }))
  return { hosts, problems, warnings }
}

function nodeText(node: Parameters<typeof toValue>[0] | undefined) {
  return node && [toValue(node), node.place.start, node.place.end]
}

for (const [what, text] of Object.entries(TEXTS))
  test(`${what}: they are those that are read at once, in workers too`, async ({ folder }) => {
    const files = { 'hosts.yml': text }
    const expected = await load(files, ['hosts.yml'], seen)
    keepTrees({ folder: join(folder, 'cache'), of: '/project', version: 'one' })
    assert.equal(await load(files, ['hosts.yml'], seen), expected)
    await load(files, ['hosts.yml'], (loaded) => {
      assert.is(loaded.inventory.root.name, 'all')
      const packed = packInventory(loaded.inventory)
      assert.equal(seen(loaded), expected)
      assert.equal(seen({ ...loaded, inventory: unpackInventory(packed) }), expected)
      assert.is(packInventory(loaded.inventory), packed)
    })
  })

test('they are not read for their names, nor for one that they have not', async ({ folder }) => {
  keepTrees({ folder: join(folder, 'cache'), of: '/project', version: 'one' })
  await load({ 'hosts.yml': TEXTS['all alike']! }, ['hosts.yml'], ({ inventory }) => {
    const map = inventory.host('c')!.late!
    let times = 0
    const entriesAt = map.tree.entriesAt.bind(map.tree)
    Object.assign(map.tree, { entriesAt: (...args: [number, number]) => [entriesAt(...args), times++][0] })
    const variables = new HostVariables(inventory, '/play')
    assert.equal([...variables.names], ['p', 'q'])
    assert.is(inventory.variableOf(inventory.host('c')!, '/play', 'r'), undefined)
    assert.is(times, 0)
    assert.equal(variables.nodesOf('p').map(toValue), [1, 2, 3])
    // One more for a map within.
    assert.is(times, 3)
    assert.equal([...entriesOf(map).keys()], ['p', 'q'])
    assert.is(times, 3)
  })
})

test('what is set for a host beside them is its own from then on', async ({ folder }) => {
  keepTrees({ folder: join(folder, 'cache'), of: '/project', version: 'one' })
  await load({ 'hosts.yml': TEXTS['all alike']! }, ['hosts.yml'], ({ inventory }) => {
    const [a, c] = [inventory.host('a')!, inventory.host('c')!]
    c.setVariable('r', a.variables.get('p')!)
    assert.equal(c.names, ['p', 'q', 'r'])
    const back = unpackInventory(packInventory(inventory)).host('c')!
    assert.equal([...back.variables.keys()], ['p', 'q', 'r'])
  })
})

test.run()
