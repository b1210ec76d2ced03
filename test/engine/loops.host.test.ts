import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('loops over what is looked up')

/** A loop, and the items that it has under Ansible, as JSON. */
const table: [loop: string, items: unknown[]][] = [
  ['with_items: [1, [2, [3]], "a b"]', [1, 2, [3], 'a b']],
  ['with_items: "{{list}}"', ['x', 'y', ['z']]],
  ['with_items: {b: 1, a: 2}', ['b', 'a']],
  ['with_items: one', ['one']],
  ['with_list: [1, [2]]', [1, [2]]],
  [
    'with_dict: {b: 1, a: {c: 2}}',
    [
      { key: 'b', value: 1 },
      { key: 'a', value: { c: 2 } },
    ],
  ],
  ['with_dict: "{{map}}"', [{ key: 'k', value: 'v' }]],
  [
    'with_indexed_items: [a, [b, c]]',
    [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ],
  ],
  [
    'with_together: [[1, 2], [a, b, c]]',
    [
      [1, 'a'],
      [2, 'b'],
      [null, 'c'],
    ],
  ],
  [
    'with_nested: [[1, 2], [a, b]]',
    [
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'with_subelements: ["{{users}}", keys]',
    [
      [{ name: 'u' }, 'k1'],
      [{ name: 'u' }, 'k2'],
    ],
  ],
  ['with_subelements: ["{{some}}", keys, {skip_missing: true}]', [[{ name: 'v' }, 'k']]],
  ['with_sequence: start=1 end=5 stride=2 format=x%02d', ['x01', 'x03', 'x05']],
  ['with_sequence: "2-6/2:h%x"', ['h2', 'h4', 'h6']],
  ['with_sequence: count=3', ['1', '2', '3']],
  ['with_sequence: start=0x0f00 count=4 format=%04x', ['0f00', '0f01', '0f02', '0f03']],
  ['with_inventory_hostnames: "all:!two"', ['one']],
  ['with_flattened: [a, [b, [c]]]', ['a', 'b', 'c']],
  ['with_file: [a.txt]', ['text of a']],
  ['with_first_found: [missing.txt, "{{nothing}}.txt", a.txt]', ['HERE/files/a.txt']],
  ['with_first_found: [{files: [no, a.txt], paths: [x, files]}]', ['HERE/files/a.txt']],
  ['with_first_found: [{files: [no], skip: true}]', []],
  ['with_fileglob: "*.txt"', ['HERE/files/a.txt', 'HERE/files/b.txt']],
  ['with_lines: "printf \'a\\\\nb\\\\n\'"', ['a', 'b']],
]

for (const [loop, items] of table) {
  test(`${loop} has the items that it has under Ansible`, async () => {
    const ran = await runText(
      `- hosts: one
  vars:
    list: [x, [y, [z]]]
    map: {k: v}
    users: [{name: u, keys: [k1, k2]}]
    some: [{name: u}, {name: v, keys: [k]}]
  tasks:
  - debug: {msg: "{{item}}"}
    ${loop}
    register: it
  - {debug: {msg: "{{playbook_dir}}"}, name: folder}`,
      { hosts: ['one', 'two'], files: { 'files/a.txt': 'text of a\n', 'files/b.txt': 'b' } },
    )
    assert.is(ran.exitStatus, 0, ran.problems + JSON.stringify(ran.events.at(-2)))
    const folder = String(ran.result('folder').values.msg)
    const found = (ran.result('debug').values.results as { item: unknown }[]).map(({ item }) => item)
    assert.equal(JSON.parse(JSON.stringify(found).replaceAll(folder, 'HERE')), items)
  })
}

test('a loop over what is not there is skipped with its task', async () => {
  const ran = await runText(
    '- {hosts: all, vars: {no: false}, tasks: [{debug: {msg: x}, with_items: "{{nothing}}", when: no}]}',
  )
  assert.equal(ran.steps, ['debug one skipped'], ran.problems)
})

test('with_items works for includes, beside loop_control', async () => {
  const ran = await runText(
    '- {hosts: all, tasks: [{include_tasks: a.yml, with_items: [1, [2]], loop_control: {loop_var: n}}]}',
    { files: { 'a.yml': '- {debug: {msg: "{{n}}"}}' } },
  )
  assert.equal(ran.steps.filter((step) => step.startsWith('debug')).length, 2, ran.problems)
})

test('a loop of a name that no lookup has is found before connecting', async () => {
  const ran = await runText('- {hosts: all, tasks: [{ping: , with_item: [1]}]}')
  assert.match(ran.problems, /unknown lookup "item"[\s\S]*did you mean "items"/)
})

test('lookups are found by templates too', async () => {
  const ran = await runText(
    `- hosts: all
  vars: {a: x}
  tasks:
  - {debug: {msg: '{{lookup "file" "a.txt"}}'}, name: file}
  - {debug: {msg: '{{query "dict" (dict k="v")}}'}, name: query}
  - {debug: {msg: '{{lookup "vars" "a"}}'}, name: vars}
  - {debug: {msg: '{{lookup "vars" "b" default="z"}}'}, name: other}
  - {debug: {msg: '{{lookup "pipe" "echo hi"}}'}, name: pipe}
  - {debug: {msg: '{{lookup "file" "none" errors="ignore"}}x'}, name: none}
  - {debug: {msg: '{{lookup "csvfile" "b" file="t.csv" delimiter=","}}'}, name: csv}
  - {debug: {msg: '{{lookup "ini" "port" section="main" file="t.ini"}}'}, name: ini}
  - {debug: {msg: '{{lookup "password" "secret length=7 chars=digits"}}'}, name: password}
  - {debug: {msg: '{{lookup "file" "secret"}}'}, name: again}`,
    { files: { 'a.txt': 'A\n', 't.csv': 'a,1\nb,"2,3"\n', 't.ini': '[main]\nport = 80\n' } },
  )
  assert.is(ran.exitStatus, 0, ran.problems + JSON.stringify(ran.events))
  const said = (name: string) => ran.result(name).values.msg
  const plain = (names: string[]) => JSON.parse(JSON.stringify(names.map(said)))
  assert.equal(plain(['file', 'query', 'vars', 'other', 'pipe', 'none', 'csv', 'ini']), [
    ...['A', [{ key: 'k', value: 'v' }], 'x', 'z', 'hi', 'x', '2,3', '80'],
  ])
  assert.match(String(said('password')), /^\d{7}$/)
  assert.is(said('again'), said('password'))
})

test.run()
