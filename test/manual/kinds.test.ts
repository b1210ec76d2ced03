import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { describedSettings } from '../../src/cli/settings/described.ts'
import { KIND_NAMES } from '../../src/manual/entry.ts'
import { entriesDocument } from '../../src/manual/json.ts'
import { entriesNamed, type Kinds, kindsOf, meantEntries } from '../../src/manual/kinds.ts'
import { snippet } from '../../src/manual/snippet.ts'
import { formatEntry, formatList } from '../../src/manual/text.ts'
import { modules } from '../../src/modules/index.ts'
import { createTheme } from '../../src/report/paint.ts'

const test = suite<{ folder: string }>('documentation of everything')

const look = { columns: 60, theme: createTheme({ color: false, unicode: false }) }

const FILES: Readonly<Record<string, string>> = {
  'library/own_py.py': `#!/usr/bin/python
DOCUMENTATION = r'''
short_description: Says C(hello) in Python
description: [One., 'Two, see L(here,https://example.org).']
options:
  to: {type: list, elements: str, required: yes, description: Whom., aliases: [whom]}
  how: {description: How., choices: {loud: Cries., low: Whispers.}, default: low}
author: somebody
'''
EXAMPLES = '''
- own_py: {to: you}
'''
`,
  'library/own_sh': '#!/bin/sh\n',
  'library/own_ts.ts': `import { defineModule, options } from 'playssh/sdk'
export default defineModule({
  name: 'own_ts', summary: 'Says hello.', plan: () => ({ changes: [] }),
  options: options({ to: { type: 'str', required: true, help: 'Whom.' } }),
})`,
  'filter_plugins/texts.ts': `/**
 * Cries it
 * out.
 * @param value what
 */
export function shout(value: string) { return value.toUpperCase() }
export function plain(value: string) { return value }`,
  'lookup_plugins/dice.ts': '/** Throws dice. */\nexport default function () { return [4] }',
  'inventory_plugins/cloud.ts': '/** Asks a cloud. */\nexport default function () { return {} }',
  'roles/web/meta/argument_specs.yml': `argument_specs:
  main:
    short_description: A web server
    options:
      port: {type: int, required: true, description: The port.}
      sites: {type: list, elements: dict, options: {name: {description: Its name., required: true}}}
  other: {short_description: Another way in}
`,
  'roles/old/meta/main.yml': 'argument_specs: {main: {short_description: In the old place}}\n',
  'roles/bare/tasks/main.yml': '[]\n',
}

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'manual-'))
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(context.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
})

test.after(({ folder }) => rmSync(folder, { recursive: true }))

function kinds(folder: string, entryPoint?: string): Kinds {
  return kindsOf({ modules, settings: describedSettings(), folder, rolesPath: [], entryPoint })
}

test('every name of every kind is told of, in sentences', ({ folder }) => {
  const all = kinds(folder)
  for (const kind of KIND_NAMES) {
    const names = all[kind].names()
    assert.ok(names.length > 0, kind)
    for (const name of names) {
      const entries = all[kind].find(name)
      assert.ok(entries.length > 0, `${kind} ${name}`)
      for (const entry of entries) {
        if (entry.file === undefined) assert.match(entry.summary, /^\S[\s\S]*[.)]$/, `${kind} ${name}`)
        for (const [option, { help }] of Object.entries(entry.options))
          if (entry.file === undefined) assert.ok(help[0], `${kind} ${name} ${option}`)
        assert.match(formatEntry(entry, look), name.toUpperCase().slice(0, 20))
      }
    }
  }
})

test('what can be put into a playbook is YAML, for all modules', ({ folder }) => {
  const { module, inventory } = kinds(folder)
  for (const name of module.names()) {
    const [task] = parse(snippet(module.find(name)[0]!))
    assert.equal(Object.keys(task).length, 2, name)
  }
  for (const name of inventory.names()) assert.is(parse(snippet(inventory.find(name)[0]!)).plugin, name)
})

const names: [name: string, kind: string, found: string][] = [
  ['copy', 'module', 'ansible.builtin.copy'],
  ['ansible.builtin.copy', 'module', 'ansible.builtin.copy'],
  ['ansible.posix.sysctl', 'module', 'ansible.posix.sysctl'],
  ['include_role', 'module', 'ansible.builtin.include_role'],
  ['ansible.builtin.to_json', 'filter', 'ansible.builtin.to_json'],
  ['community.general.dict_kv', 'filter', 'community.general.dict_kv'],
  ['ansible.builtin.file', 'module', 'ansible.builtin.file'],
  ['become', 'keyword', 'become'],
  ['loop_control', 'keyword', 'loop_control'],
  ['forks', 'setting', 'forks'],
]
for (const [name, kind, found] of names)
  test(`${name} is a ${kind}`, ({ folder }) => {
    const [entry] = entriesNamed(name, kinds(folder), undefined).entries
    assert.equal([entry?.kind, entry?.fullName ?? entry?.name], [kind, found])
  })

const meant: [name: string, what: string[]][] = [
  ['cpy', ['module copy']],
  ['ansible.builtin.cpoy', ['module copy']],
  ['wait', ['module wait_for', 'module wait_for_connection']],
  ['becom', ['keyword become', 'keyword become_exe']],
  ['nothing of the kind', []],
]
for (const [name, what] of meant)
  test(`${name} may be meant as ${what.join(', ')}`, ({ folder }) => {
    const found = meantEntries(name, kinds(folder), undefined).map((one) => `${one.kind} ${one.name}`)
    assert.equal(found.slice(0, what.length || 1), what)
  })

const told: [kind: keyof Kinds, name: string, says: RegExp[]][] = [
  ['module', 'own_ts', [/Says hello\./, /= to\n {8}Whom\.\n {8}type: str/, /own_ts\.ts/]],
  [
    'module',
    'own_py',
    [
      /Says hello in Python/,
      /Two, see here <https:\/\/example\.org>\./,
      /= to\n {8}Whom\.\n {8}aliases: \[whom\]\n {8}elements: str\n {8}type: list/,
      /choices: \[loud, low\]\n {8}default: low/,
      /EXAMPLES:\n\n- own_py: \{to: you\}/,
      /AUTHOR: somebody/,
    ],
  ],
  ['module', 'own_sh', [/A module of Ansible or of a library, run as it is\./]],
  ['filter', 'shout', [/Cries it out\.\n/, /value \| shout/, /texts\.ts/]],
  ['filter', 'plain', [/The filter of /]],
  ['lookup', 'dice', [/Throws dice\./]],
  ['inventory', 'cloud', [/Asks a cloud\./]],
  ['role', 'web', [/A web server/, /entry point: main/, /OPTIONS:\n\n {8}= name\n {12}Its name\./]],
  ['role', 'old', [/In the old place/]],
  ['role', 'bare', [/It describes no arguments/]],
  ['keyword', 'when', [/applies to: import, role, block, task/]],
  ['setting', 'forks', [/ansible\.cfg: defaults\.forks\n/, /environment: ANSIBLE_FORKS/]],
]
for (const [kind, name, says] of told)
  test(`${kind} ${name} is told of with its file, its sentences and its options`, ({ folder }) => {
    const [entry] = kinds(folder)[kind].find(name)
    assert.ok(entry)
    for (const one of says) assert.match(formatEntry(entry, { ...look, columns: 200 }), one)
  })

test('one way into a role can be asked for, and one that is not there is none', ({ folder }) => {
  assert.equal(
    kinds(folder)
      .role.find('web')
      .map(({ summary }) => summary),
    ['A web server', 'Another way in'],
  )
  assert.equal(kinds(folder, 'other').role.find('web').length, 1)
  assert.equal(kinds(folder, 'third').role.find('web'), [])
  assert.equal(kinds(folder).role.names(), ['old', 'web'])
})

test('a module is told of without plugins being run, and names alone are too', ({ folder }) => {
  const quiet = kindsOf({
    modules,
    settings: {},
    folder: join(folder, '.'),
    rolesPath: [],
    runsNothing: true,
  })
  writeFileSync(join(folder, 'filter_plugins/broken.ts'), 'throw new Error("run")')
  assert.ok(quiet.filter.names().includes('default'))
  const apart = join(folder, 'apart')
  mkdirSync(join(apart, 'filter_plugins'), { recursive: true })
  writeFileSync(join(apart, 'filter_plugins/broken.ts'), 'throw new Error("run")')
  assert.equal(entriesNamed('copy', kinds(apart), undefined).entries.length, 1)
  rmSync(join(folder, 'filter_plugins/broken.ts'))
})

/** As programs see it: undefined is not there. */
function asJson(kind: keyof Kinds, name: string, folder: string) {
  return JSON.parse(JSON.stringify(entriesDocument(kinds(folder)[kind].find(name))))[name]
}

test('JSON has the shape of ansible-doc --json', ({ folder }) => {
  const copy = asJson('module', 'copy', folder)
  assert.equal(Object.keys(copy), ['doc', 'examples', 'metadata', 'return'])
  assert.is(copy.doc.collection, 'ansible.builtin')
  assert.is(copy.doc.options.dest.required, true)
  const web = asJson('role', 'web', folder)
  assert.equal(Object.keys(web.entry_points), ['main', 'other'])
  assert.is(web.entry_points.main.options.port.type, 'int')
  assert.equal(asJson('keyword', 'become', folder).applies_to, ['play', 'role', 'block', 'task'])
})

test('lines are as wide as the terminal, and no escape sequence reaches it', ({ folder }) => {
  const [entry] = kinds(folder).module.find('apt')
  for (const columns of [60, 100])
    for (const line of formatEntry({ ...entry!, examples: '' }, { ...look, columns }).split('\n'))
      assert.ok(line.length <= columns, line)
  const odd = { ...entry!, summary: 'a \x1b[31mred\x1b[0m one', file: '/tmp/\x1b]0;x\x07' }
  assert.not.match(formatEntry(odd, look), '\x1b')
  assert.not.match(formatList([[odd.file, odd.summary]], look), '\x1b')
})

test.run()
