import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toValue } from '../../src/values/value.ts'
import { load, loadText, variablesOf } from './files.ts'

const test = suite('precedence')

test("the layers of a host in Ansible's order, lowest first", async () => {
  const files = {
    'inv/hosts.yml': 'all: {vars: {v: 1}, children: {web: {vars: {v: 2}, hosts: {h: {v: 7}}}}}',
    'inv/group_vars/all.yml': 'v: 3',
    'play/group_vars/all': 'v: 4',
    'inv/group_vars/web': 'v: 5',
    'play/group_vars/web.json': '{"v": 6}',
    'inv/host_vars/h.yaml': 'v: 8',
    'play/host_vars/h/main.yml': 'v: 9',
  }
  await load(files, ['inv/hosts.yml'], ({ inventory, folder, problems }) => {
    assert.equal(problems, [])
    const layers = inventory.layersOf(inventory.host('h')!, join(folder, 'play'))
    assert.equal(
      layers.map(({ name }) => name),
      [
        'group all in the inventory',
        'group web in the inventory',
        'group_vars/all beside the inventory',
        'group_vars/all beside the playbook',
        'group_vars/web beside the inventory',
        'group_vars/web beside the playbook',
        'host h in the inventory',
        'host_vars/h beside the inventory',
        'host_vars/h beside the playbook',
      ],
    )
    const values = layers.map(({ variables }) => toValue(variables.get('v')!))
    assert.equal(values, [1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})

/** An inventory, and who wins for its host h. */
const WINNERS: [what: string, text: string, winner: string][] = [
  [
    'of two groups the later in the alphabet',
    'b: {vars: {v: b}, hosts: {h: }}\na: {vars: {v: a}, hosts: {h: }}',
    'b',
  ],
  [
    'capital letters before small ones',
    'b: {vars: {v: b}, hosts: {h: }}\nC: {vars: {v: C}, hosts: {h: }}',
    'b',
  ],
  ['a child over its parent', 'z: {vars: {v: z}, children: {a: {vars: {v: a}, hosts: {h: }}}}', 'a'],
  [
    'the deeper group, whoever its parents are',
    'x: {children: {a: {vars: {v: a}, hosts: {h: }}}}\nz: {vars: {v: z}, hosts: {h: }}',
    'a',
  ],
  [
    'the longest way down counts',
    'x: {children: {y: {children: {a: {hosts: {h: }}}}}}\na: {vars: {v: a}}\nq: {children: {b: {vars: {v: b}, hosts: {h: }}, a: }}',
    'a',
  ],
  [
    'a higher ansible_group_priority among groups of one depth',
    'a: {vars: {v: a, ansible_group_priority: 10}, hosts: {h: }}\nb: {vars: {v: b}, hosts: {h: }}',
    'a',
  ],
  [
    'depth over ansible_group_priority',
    'z: {vars: {v: z, ansible_group_priority: 99}, children: {a: {vars: {v: a}, hosts: {h: }}}}',
    'a',
  ],
  ['a group over ungrouped and all', 'all: {vars: {v: all}}\na: {vars: {v: a}, hosts: {h: }}', 'a'],
  ['the host over all of them', 'a: {vars: {v: a}, hosts: {h: {v: h}}}', 'h'],
  [
    'what comes later in the file',
    'a: {vars: {v: 1}, hosts: {h: }}\nb: {children: {a: {vars: {v: 2}}}}',
    '2',
  ],
]

for (const [what, text, winner] of WINNERS) {
  test(what, async () => {
    await loadText('hosts.yml', text, (loaded) => {
      assert.equal(loaded.problems, [])
      assert.is(String(variablesOf(loaded, 'h').v), winner)
      assert.not('ansible_group_priority' in variablesOf(loaded, 'h'))
    })
  })
}

test('a folder of variable files: recursively, by name, without what is none', async () => {
  const files = {
    'h.yml': 'g: {hosts: {h: }}',
    'group_vars/g/10.yml': 'a: 1\nb: 1\nc: 1',
    'group_vars/g/20/x.json': '{"b": 2, "c": 2}',
    'group_vars/g/30': 'c: 3',
    'group_vars/g/40.txt': 'a: never',
    'group_vars/g/.50.yml': 'a: never',
    'group_vars/g/60.yml~': 'a: never',
    'group_vars/g/70.d/x.yml': 'a: never',
    'group_vars/g/80.yml': '',
    'group_vars/g/90.yml': '---\n',
  }
  await load(files, ['h.yml'], (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.equal(variablesOf(loaded, 'h'), { a: 1, b: 2, c: 3 })
  })
})

test('files beside both inventory and playbook are read once', async () => {
  const files = { 'play/h.yml': 'g: {hosts: {h: }}', 'play/group_vars/g.yml': 'k: 1' }
  await load(files, ['play/h.yml'], ({ inventory, folder }) => {
    const layers = inventory.layersOf(inventory.host('h')!, join(folder, 'play'))
    assert.equal(
      layers.map(({ name }) => name),
      ['group_vars/g beside the inventory'],
    )
  })
})

test.run()
