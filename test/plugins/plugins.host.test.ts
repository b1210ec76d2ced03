import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('plugins of one’s own')

/** What a play of one task tells with these files. */
async function msgOf(msg: string, files: Record<string, string>, tasks = ''): Promise<unknown> {
  const ran = await runText(
    `- hosts: one\n  tasks:\n${tasks}    - {name: tell, debug: {msg: ${JSON.stringify(msg)}}}\n`,
    { files },
  )
  assert.is(ran.problems, '')
  const { status, values } = ran.result('tell')
  return status === 'failed' ? `failed: ${values.msg}` : values.msg
}

/** What is found wrong with a play of one task, before anything is connected to. */
async function problemsOf(task: string, files: Record<string, string>): Promise<string> {
  return (await runText(`- hosts: one\n  tasks:\n    - ${task}\n`, { files })).problems
}

for (const [kind, text] of [
  [
    'ES modules in TypeScript',
    'import { twice } from "./lib/twice"\nexport const double = (value: string): string => twice(value)\n',
  ],
  ['CommonJS', 'const { twice } = require("./lib/twice.ts")\nexports.double = (value) => twice(value)\n'],
])
  test(`files are written as ${kind}`, async () => {
    const files = {
      'filter_plugins/words.ts': text!,
      'filter_plugins/lib/twice.ts': 'export function twice(text: string) { return text + text }\n',
    }
    assert.is(await msgOf("{{ 'ab' | double }}", files), 'abab')
  })

test('filters take arguments by place and by name, and give all that JSON has', async () => {
  const files = {
    'filter_plugins/f.js': 'export const told = (...all) => ({ all, none: undefined, set: new Set([1]) })',
  }
  assert.equal(await msgOf("{{ {'a': 2.0} | told(1, x=[none]) }}", files), {
    all: [{ a: 2 }, 1, { x: [null] }],
    none: null,
    set: [1],
  })
})

test('a filter is a helper of Handlebars as well, and stands over one of the same name', async () => {
  const files = { 'filter_plugins/f.js': 'export const upper = (value) => "up " + value' }
  assert.is(await msgOf("{{upper 'x'}}", files), 'up x')
  assert.is(await msgOf("{{ 'y' | upper }}", files), 'up y')
})

test('filters of a role are there for its templates, of an included one too', async () => {
  const role = {
    'roles/r/filter_plugins/f.js': 'export const starred = (value) => "*" + value + "*"',
    'roles/r/tasks/main.yml': `- {name: tell, debug: {msg: "{{ 'a' | starred }}"}}\n`,
  }
  for (const tasks of ['roles: [r]', 'tasks: [{include_role: {name: "{{ which }}"}, vars: {which: r}}]']) {
    const ran = await runText(`- hosts: one\n  ${tasks}\n`, { files: role })
    assert.is(ran.problems, '')
    assert.is(ran.result('r : tell').values.msg, '*a*')
  }
})

test('what a filter throws, and what it gives that is no value, fails the task with its line', async () => {
  const files = {
    'filter_plugins/f.js': `export const sinks = (value) => value.x.y
export const refuses = () => { throw new Error('no such rack') }
export const waits = async () => 1
export const endless = () => Number.POSITIVE_INFINITY`,
  }
  const failing = async (filter: string) =>
    String(await msgOf(`{{ {} | ${filter} }}`, files)).replace(/\/\S*\//, '')
  assert.match(await failing('sinks'), /^failed: the filter "sinks": Cannot read .* \(f\.js:1:\d+\)/)
  assert.match(await failing('refuses'), /^failed: the filter "refuses": no such rack \(f\.js:2:\d+\)/)
  assert.match(
    await failing('waits'),
    /the filter "waits" gives a promise, and a template cannot wait for it/,
  )
  assert.match(
    await failing('endless'),
    /the filter "endless" gives Infinity, which is no value of a template/,
  )
})

test('what is undefined is not handed to a filter', async () => {
  const files = { 'filter_plugins/f.js': 'export const told = String' }
  assert.match(
    String(await msgOf('{{ nothing.at.all | told }}', files, '    - set_fact: {nothing: {}}\n')),
    /has no attribute 'at'/,
  )
})

test('lookups see their terms, named arguments and variables, in loops too', async () => {
  const files = {
    'lookup_plugins/told.ts':
      'export default (terms: string[], named: object, { variable }: { variable(name: string): unknown }) => [...terms, named, variable("inventory_hostname"), variable("nothing") ?? "-"]',
  }
  assert.equal(await msgOf("{{ query('told', 'a', x=1) }}", files), ['a', { x: 1 }, 'one', '-'])
  const ran = await runText(
    '- hosts: one\n  tasks: [{name: tell, debug: {msg: "{{ item }}"}, with_told: [b]}]\n',
    { files },
  )
  assert.is(ran.problems, '')
  assert.is((ran.result('tell').items ?? []).length, 4)
})

test('a file that does not parse is shown with its line, and nothing is run', async () => {
  for (const folder of ['filter_plugins', 'lookup_plugins', 'library']) {
    const files = { [`${folder}/f.ts`]: 'export const a = 1\nexport const b = = 2\n' }
    const problems = await problemsOf('f: {}', files)
    assert.match(problems, `${folder}/f.ts:2:18: Unexpected token`)
    assert.match(problems, '2 | export const b = = 2')
  }
})

test('a file that fails when it is loaded is shown with its line, and what it imports must be there', async () => {
  const thrown = await problemsOf('ping: {}', { 'filter_plugins/f.js': '\nconst a = undefined\na.b()\n' })
  assert.match(thrown, /filter_plugins\/f\.js:3:3: Cannot read properties of undefined/)
  const absent = await problemsOf('ping: {}', {
    'filter_plugins/f.js': 'import x from "no-such-package"\nx()\n',
  })
  assert.match(absent, /filter_plugins\/f\.js:1:\d+: Cannot find module 'no-such-package'/)
  assert.match(
    await problemsOf('ping: {}', { 'filter_plugins/f.js': '1' }),
    'filter_plugins/f.js exports no function',
  )
  assert.match(
    await problemsOf('ping: {}', { 'lookup_plugins/f.js': '1' }),
    'lookup_plugins/f.js exports no function',
  )
})

const MODULE = `import { defineModule } from 'playssh/sdk'
export default defineModule({
  name: 'told', summary: 'Tells.', options: { word: { type: 'str', required: true, help: 'What.' } },
  plan: ({ word }) => ({ changes: [], result: { word } }),
})`

test('a module is found in a role’s library, beside the playbook, under -M, and stands over one that is here', async () => {
  for (const [folder, name, args] of [
    ['library', 'told', []],
    ['library', 'ping', []],
    ['more', 'told', ['-M', 'HERE/more']],
  ] as const) {
    const files = { [`${folder}/${name}.ts`]: MODULE }
    const ran = await runText(`- hosts: one\n  tasks: [{name: tell, ${name}: {word: a}}]\n`, { files, args })
    assert.is(ran.problems, '')
    assert.is(ran.result('tell').values.word, 'a')
  }
  const role = {
    'roles/r/library/told.js': MODULE,
    'roles/r/tasks/main.yml': '- {name: tell, told: {word: b}}\n',
  }
  assert.is(
    (await runText('- hosts: one\n  roles: [r]\n', { files: role })).result('r : tell').values.word,
    'b',
  )
})

test('arguments of a module are checked as those of all others', async () => {
  const problems = await problemsOf('told: {wrod: a}', { 'library/told.ts': MODULE })
  assert.match(problems, 'told has no argument "wrod"')
  assert.match(problems, 'did you mean "word"?')
})

test('what is exported must be a module', async () => {
  const wrong = (text: string) => problemsOf('told: {}', { 'library/told.js': text })
  assert.match(await wrong('1'), 'library/told.js exports no module')
  assert.match(await wrong('export default { options: {} }'), 'has no function "plan"')
  assert.match(await wrong('export default { plan() {} }'), 'has no "options"')
  assert.match(await wrong('export default { options: {}, plan() {}, probe: () => "" }'), 'no "parse"')
  const typed = await wrong('export default { options: { a: { type: "string", help: "" } }, plan() {} }')
  assert.match(typed, 'the option "a" of')
  assert.match(typed, 'did you mean "strings"?')
})

test('a slip in a function of a module fails the task with its line', async () => {
  const files = { 'library/told.js': 'export default {\n  options: {},\n  plan: () => nothing.at.all,\n}' }
  const ran = await runText('- hosts: one\n  tasks: [{name: tell, told: {}}]\n', { files })
  assert.match(String(ran.result('tell').values.msg), /^nothing is not defined \(\S*told\.js:3:\d+\)/)
})

test('a program in library/ that begins with #! is run on the host', async () => {
  const program = '#!/bin/sh\n# WANT_JSON\necho \'{"changed": false, "word": "from the host"}\'\n'
  const ran = await runText('- hosts: one\n  tasks: [{name: tell, told: {}}]\n', {
    files: { 'library/told.js': program },
  })
  assert.is(ran.problems, '')
  assert.is(ran.result('tell').values.word, 'from the host')
})

test.run()
