import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Loaded, load, membersOf, variablesOf } from '../files.ts'

const test = suite('inventory plugins of one’s own')

const CONFIG = 'plugin: racks\nsize: 2\n'

/** What an inventory with that plugin gives; the plugin lies beside the playbook. */
function loaded<T>(
  plugin: string,
  use: (loaded: Loaded) => T,
  folder = 'play/inventory_plugins',
): Promise<T> {
  return load({ 'hosts.yml': CONFIG, [`${folder}/racks.ts`]: plugin }, ['hosts.yml'], use)
}

const problems = (plugin: string) => loaded(plugin, (found) => found.problems)

const RACKS = `export default async ({ size }: { size: number }, { file }: { file: string }) => ({
  north: { hosts: Array.from({ length: size }, (_, place) => 'n' + place), vars: { rack: 'n' } },
  all: { children: ['north'], vars: { from: file.split('/').at(-1) } },
  _meta: { hostvars: { n1: { last: true } } },
})`

for (const folder of ['play/inventory_plugins', 'inventory_plugins'])
  test(`groups, hosts and variables come from the plugin in ${folder}, which is told what the file says`, async () => {
    await loaded(
      RACKS,
      (found) => {
        assert.equal([found.problems, found.warnings], [[], []])
        assert.is(membersOf(found, 'north'), 'n0 n1')
        assert.equal(variablesOf(found, 'n1'), { from: 'hosts.yml', rack: 'n', last: true })
      },
      folder,
    )
  })

test('a plugin that throws is a problem with the line of the plugin', async () => {
  const thrown = await problems('\nexport default () => { throw new Error("the shop is shut") }')
  assert.equal(thrown, ['2:1: the inventory plugin "racks" failed: the shop is shut'])
  const rejected = await problems('export default () => Promise.reject("no answer")')
  assert.match(rejected[0]!, /the inventory plugin "racks" failed: .*racks\.ts: no answer/)
})

test('what a plugin gives must be a map of groups', async () => {
  assert.match((await problems('export default () => [1]'))[0]!, 'gives no map of groups')
  assert.match(
    (await problems('export default () => ({ a: { hosts: 1 } })'))[0]!,
    'the group "a" must have lists of hosts',
  )
  assert.match((await problems('export const a = 1'))[0]!, 'exports no function')
})

test('a plugin that is not there is a problem that says which there are', async () => {
  await load({ 'hosts.yml': CONFIG }, ['hosts.yml'], ({ problems: [only] }) => {
    assert.match(only!, 'the inventory plugin "racks" is not there')
    assert.match(only!, 'inventory_plugins/')
  })
})

test.run()
