import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { expectedIn } from '../../../src/cli/completion/expected.ts'
import { namedIn } from '../../../src/cli/completion/named.ts'

const test = suite('what can be typed next')

function command(): Command {
  const whole = new Command('run')
    .argument('<playbook...>')
    .option('-i, --inventory <source>', 'repeatable')
    .option('-v, --verbose', 'more')
    .addOption(new Option('-t, --type <type>', 'one').choices(['a', 'b']))
  whole.command('show').argument('[number]').argument('[other]')
  return whole
}

const cases: [words: string[], expected: object][] = [
  [[''], { value: { kind: 'playbook', choices: undefined }, flags: true, commands: true, typed: '' }],
  [['x.yml', 'y'], { value: { kind: 'playbook', choices: undefined }, args: ['x.yml'], commands: false }],
  [['-i', 'ho'], { value: { kind: 'source', choices: undefined }, flags: false, typed: 'ho' }],
  [['-vi', 'ho'], { value: { kind: 'source', choices: undefined }, typed: 'ho' }],
  [['-ihosts', ''], { value: { kind: 'playbook', choices: undefined }, inventory: ['hosts'] }],
  [['--inventory=a', '-i', 'b', ''], { inventory: ['a', 'b'] }],
  [['--type='], { value: { kind: 'type', choices: ['a', 'b'] }, before: '--type=', typed: '' }],
  [['--type=a', '-'], { flags: true, typed: '-' }],
  [['--', '-'], { flags: false, value: { kind: 'playbook', choices: undefined } }],
  [['--unknown', ''], { value: { kind: 'playbook', choices: undefined } }],
  [['--unknown='], { value: undefined }],
  [['show', ''], { value: { kind: 'number', choices: undefined } }],
  [['show', '1', '2', ''], { value: undefined }],
]
for (const [words, expected] of cases)
  test(`after ${JSON.stringify(words)}`, () => {
    const found = expectedIn(command(), words)
    const told = { ...found, inventory: found.given.get('--inventory') }
    for (const [name, value] of Object.entries(expected))
      assert.equal(told[name as keyof typeof told], value, name)
  })

test('tags and tasks are found in all that playbooks import, half written files and circles too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'named-'))
  const files = {
    'site.yml': `- import_playbook: more.yml
- hosts: all
  tags: [play]
  roles: [web, {role: web, tags: "a, b"}, missing]
  tasks:
    - name: outer
      block: [{name: inner, ping: , tags: deep}]
      rescue: [{ansible.builtin.include_tasks: part.yml}]
    - import_role: {name: web, tasks_from: other}
    - tags: "{{ later }}"
    - nothing
`,
    'more.yml': '- import_playbook: site.yml\n- hosts: [\n',
    'part.yml': '- include_tasks: part.yml\n- {name: in a part, ping: , tags: part}\n',
    'roles/web/tasks/main.yml': '- {import_tasks: beside.yml, tags: role}\n',
    'roles/web/tasks/beside.yml': '- {name: beside, ping: }\n',
    'roles/web/tasks/other.yml': '- {name: other, ping: }\n',
    'roles/web/handlers/main.yml': '- {name: handler, ping: }\n',
    'roles/web/meta/main.yml': 'dependencies: [{role: base, tags: needed}]\n',
    'roles/base/tasks/main.yml': '- {name: base, ping: }\n',
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const { tags, tasks } = namedIn([join(folder, 'site.yml'), 'missing.yml'], [])
  rmSync(folder, { recursive: true })
  assert.equal([...tags].sort(), ['a', 'b', 'deep', 'needed', 'part', 'play', 'role'])
  assert.equal([...tasks].sort(), ['base', 'beside', 'handler', 'in a part', 'inner', 'other', 'outer'])
})

test.run()
