import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite<{ folder: string }>('environment')

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'environment-'))
})

test.after(({ folder }) => rmSync(folder, { recursive: true }))

const names = (mark: string) => [
  `A; touch ${mark}; B`,
  `A$(touch ${mark})`,
  `A=1 touch ${mark};B`,
  `A\n touch ${mark}\nB`,
  `-p; touch ${mark}`,
  '1A',
  'A-B',
  'A B',
  'Ä',
  '',
  'A\u0000',
]

test('a name that is none is told before connecting, and never run', async ({ folder }) => {
  const mark = join(folder, 'mark')
  for (const name of names(mark)) {
    const playbook = `- {hosts: all, tasks: [{command: env, environment: {${JSON.stringify(name)}: x}}]}`
    const { exitStatus, problems } = await runText(playbook)
    assert.is(exitStatus, 1, name)
    assert.match(problems, /play\.yml:1:53: ".*" cannot be the name of an environment variable/)
    assert.not(existsSync(mark), name)
  }
})

test('it is told once, and for plays, blocks, roles and lists too', async () => {
  const { problems } = await runText(
    `
- hosts: all
  environment: {A-1: x}
  roles: [{role: r, environment: {A-2: x}}]
  tasks:
    - ping:
    - block: [{ping: }, {ping: }]
      environment: [{A: x}, {A-3: x}]
`,
    { files: { 'roles/r/tasks/main.yml': '- ping:\n- {ping: , environment: {A-4: x}}' } },
  )
  for (const at of [1, 2, 3, 4]) assert.is(problems.split(`"A-${at}" cannot be`).length, 2, String(at))
})

test('a name from a template is told when it is rendered, with its place', async ({ folder }) => {
  const mark = join(folder, 'mark')
  for (const name of names(mark)) {
    for (const environment of ['"{{env}}"', '["{{env}}"]', '"{{list}}"', '{"{{name}}": x}']) {
      const vars = JSON.stringify({ name, env: { [name]: 'x' }, list: [{ A: 'x' }, { [name]: 'x' }] })
      const playbook = `- {hosts: all, vars: ${vars.replace(/\n/g, ' ')}, tasks: [
 {stat: {path: /}, environment: ${environment}}]}`
      const ran = await runText(playbook)
      assert.is(ran.exitStatus, 2, name)
      assert.match(
        ran.result('stat').message ?? '',
        /cannot be the name of an environment variable \(\S*play\.yml:2:\d+\)/,
      )
      assert.not(existsSync(mark), name)
    }
  }
})

test('what is not a map is told', async () => {
  for (const value of ['text', '[text]', '5']) {
    const { problems } = await runText(`- {hosts: all, tasks: [{ping: , environment: ${value}}]}`)
    assert.match(problems, /environment takes a map of names to values, this is/)
  }
  const ran = await runText('- {hosts: all, vars: {e: text}, tasks: [{ping: , environment: "{{e}}"}]}')
  assert.match(ran.result('ping').message ?? '', /environment takes a map of names to values, this is "text"/)
})

test('values are texts, whatever they hold; nothing sets nothing', async () => {
  const value = `'"$(id)\`\\ \n*;'`
  const ran = await runText(`
- hosts: all
  vars: {value: ${JSON.stringify(value)}, none: }
  environment: [{_a1: "{{value}}", B: 5, L: [1, a]}, "{{none}}", ]
  tasks: [{shell: 'printf "%s|%s|%s" "$_a1" "$B" "$L"', register: r}]
`)
  assert.is(ran.exitStatus, 0)
  assert.is(ran.result('shell').values.stdout, `${value}|5|[1,"a"]`)
})

test.run()
