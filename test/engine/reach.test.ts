import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HostState } from '../../src/engine/host.ts'
import { Reach, saidOfReach } from '../../src/engine/reach.ts'
import { Host } from '../../src/inventory/group.ts'
import { TemplateContext } from '../../src/template/context.ts'
import type { Layer } from '../../src/template/variables.ts'
import { nodes, scalar } from '../support/templates.ts'

const test = suite('how hosts are reached')

/** A host with variables of the inventory; `user` gives its ansible_user, and how often that was looked for till now. */
function reached(inventory: string, said: string | undefined) {
  const host = new HostState(new Host('a'))
  const owner = {}
  const reach = new Reach()
  let looked = 0
  return {
    host,
    user(over: readonly Layer[] = []) {
      const step = TemplateContext.of([
        { name: 'inventory', variables: nodes(inventory) },
        { name: 'facts', values: host.facts },
        { name: 'set_fact', values: host.assigned },
      ])
      const scope = over.reduce((below, layer) => below.over(layer), step)
      const user = reach.recall('user', { host, owner, said }, scope, ({ variables }) => {
        looked += 1
        return variables.get('ansible_user')
      })
      return `${user} ${looked}`
    },
  }
}

test('it is looked for once, however many tasks there are', () => {
  const { host, user } = reached('ansible_user: me', '')
  const first = user()
  host.assigned.set('result', { rc: 0 })
  assert.equal([first, user()], ['me 1', 'me 1'])
})

test('it is looked for again when a task has set a variable of it, or facts are gone', () => {
  const { host, user } = reached('ansible_user: me', '')
  const told = [user()]
  host.assigned.set('ansible_user', 'other')
  told.push(user())
  host.assigned.delete('ansible_user')
  told.push(user())
  host.facts.clear()
  told.push(user())
  assert.equal(told, ['me 1', 'other 2', 'me 3', 'me 4'])
})

test('it is looked for again when what a template of it reads is another', () => {
  const { host, user } = reached('ansible_user: "{{who}}"\nwho: me', '')
  const told = [user(), user()]
  host.assigned.set('who', 'other')
  told.push(user(), user())
  assert.equal(told, ['me 1', 'me 1', 'other 2', 'other 2'])
})

test("a loop's variable may say it", () => {
  const { user } = reached('ansible_user: me', '')
  const item = (name: string) => [{ name: 'loop', values: new Map([[name, 'item']]) }]
  assert.equal(
    [user(), user(item('item')), user(item('ansible_user')), user()],
    ['me 1', 'me 1', 'item 2', 'me 2'],
  )
})

test('what a step says by templates is looked for each time', () => {
  const { user } = reached('ansible_user: me', undefined)
  assert.equal([user(), user()], ['me 1', 'me 2'])
})

test('what steps say tells them apart', () => {
  const level = (text: string): Layer[] => [{ name: 'vars', variables: nodes(text) }]
  const said = [
    saidOfReach([undefined], [[], level('x: 1')]),
    saidOfReach([undefined], [[], level('y: "{{x}}"')]),
    saidOfReach([scalar('root')], [[], []]),
    saidOfReach([undefined], [[], level('ansible_user: root')]),
    saidOfReach([undefined], [level('ansible_user: root'), []]),
    saidOfReach([undefined], [[{ name: 'prompt', values: new Map([['ansible_user', 'root']]) }], []]),
  ]
  assert.is(said[0], said[1])
  assert.is(said[4], said[5])
  assert.is(new Set(said).size, 4)
  assert.is(saidOfReach([scalar('{{x}}')], [[]]), undefined)
  assert.is(saidOfReach([undefined], [level('ansible_ssh_host_key_checking: "{{x}}"')]), undefined)
})

test.run()
