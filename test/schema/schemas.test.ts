import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseDocument } from 'yaml'
import { describedSettings } from '../../src/cli/settings/described.ts'
import { modules } from '../../src/modules/index.ts'
import { SCHEMAS } from '../../src/schema/index.ts'

const test = suite('schemas')

// What editors know besides JSON Schema does not matter here.
const ajv = new Ajv({ allErrors: true, strict: false })
const validators = Object.fromEntries(
  Object.entries(SCHEMAS).map(([kind, { make }]) => [
    kind,
    ajv.compile(make({ modules, settings: describedSettings() })),
  ]),
)

/** What is wrong with a text in YAML 1.2, as editors read it: paths and what stands there, each once. */
function wrongIn(kind: string, text: string): string[] {
  const document = parseDocument(text, { logLevel: 'silent', merge: true })
  assert.equal(document.errors, [])
  const validate = validators[kind]!
  if (validate(document.toJS())) return []
  const told = validate.errors!.filter(({ keyword }) => !['if', 'anyOf', 'type'].includes(keyword))
  const errors = told.length > 0 ? told : validate.errors!
  return [
    ...new Set(
      errors.map(({ instancePath, params }) => `${instancePath} ${params.additionalProperty ?? ''}`.trim()),
    ),
  ]
}

/** Files of the project that a pattern fits. */
function files(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => pattern.test(path))
}

const right: [kind: string, paths: string[]][] = [
  ['playbook', [...files('playbooks', /^playbooks\/[\w-]+\.yml$/), 'docs/commands/example/motd.yml']],
  ['tasks', [...files('roles', /\/(tasks|handlers)\/[\w-]+\.yml$/), ...files('docs/examples', /\.yml$/)]],
  ['inventory', files('inventory', /^inventory\/[\w-]+\.yml$/)],
  ['settings', ['playssh.yml']],
]
for (const [kind, paths] of right)
  test(`nothing is wrong with the project's own files, by the schema ${kind}`, () => {
    assert.ok(paths.length > 0)
    for (const path of paths) assert.equal(wrongIn(kind, readFileSync(path, 'utf8')), [], path)
  })

const mistakes: [kind: string, what: string, text: string, wrong: string[]][] = [
  ['playbook', 'a keyword of a play', '- {hosts: all, becom: true}', ['/0 becom']],
  ['playbook', 'a play without hosts', '- {name: x}', ['/0']],
  ['playbook', 'an import with hosts', '- {import_playbook: x.yml, hosts: all}', ['/0 hosts']],
  ['playbook', 'a truth', '- {hosts: all, become: maybe}', ['/0/become']],
  ['playbook', 'a choice', '- {hosts: all, strategy: fast}', ['/0/strategy']],
  ['playbook', 'a prompt', '- {hosts: all, vars_prompt: [{name: x, promt: y}]}', ['/0/vars_prompt/0 promt']],
  ['tasks', 'a keyword of a task', '- {ping: , whn: x}', ['/0 whn']],
  ['tasks', 'the same behind a full name', '- {ansible.builtin.ping: , whn: x}', ['/0 whn']],
  ['tasks', 'the same behind a module of a collection', '- {a.b.c: {x: 1}, whn: x}', ['/0 whn']],
  ['tasks', 'the same behind an action', '- {action: ping, whn: x}', ['/0 whn']],
  ['tasks', 'a keyword of a block', '- {block: [{ping: }], resuce: []}', ['/0 resuce']],
  ['tasks', 'a task in a block', '- {block: [{block: [{ping: , whn: x}]}]}', ['/0/block/0/block/0 whn']],
  ['tasks', 'an argument', '- {copy: {sorce: x, dest: /y}}', ['/0/copy sorce']],
  [
    'tasks',
    'the same behind a full name',
    '- {ansible.builtin.copy: {sorce: x}}',
    ['/0/ansible.builtin.copy sorce'],
  ],
  ['tasks', 'a choice of an argument', '- {apt: {state: presnt}}', ['/0/apt/state']],
  ['tasks', 'a number', '- {user: {name: x, uid: abc}}', ['/0/user/uid']],
  ['tasks', 'what meta does', '- {meta: flush}', ['/0/meta']],
  ['tasks', 'an argument of an include', '- {include_role: {nme: x}}', ['/0/include_role nme']],
  [
    'tasks',
    'a keyword of apply',
    '- {include_tasks: {file: x, apply: {tag: y}}}',
    ['/0/include_tasks/apply tag'],
  ],
  ['tasks', 'loop_control', '- {ping: , loop: [1], loop_control: {lable: x}}', ['/0/loop_control lable']],
  [
    'tasks',
    'defaults of a module',
    '- {block: [], module_defaults: {apt: {nme: x}}}',
    ['/0/module_defaults/apt nme'],
  ],
  ['inventory', 'a part of a group', 'all: {hsts: {a: }}', ['/all hsts']],
  ['inventory', 'the same further in', 'all: {children: {web: {varz: {}}}}', ['/all/children/web varz']],
  ['inventory', 'hosts without a group', 'hosts: {a: }', ['/hosts']],
  [
    'argument_specs',
    'a part of an entry',
    'argument_specs: {main: {optoins: {}}}',
    ['/argument_specs/main optoins'],
  ],
  [
    'argument_specs',
    'a type, and a part of an option',
    'argument_specs: {main: {options: {a: {type: integer, requird: true}}}}',
    ['/argument_specs/main/options/a requird', '/argument_specs/main/options/a/type'],
  ],
  ['settings', 'a setting', 'timeut: 3', ['timeut']],
  ['settings', 'a choice', 'gathering: never', ['/gathering']],
  ['settings', 'a number', 'forks: 0', ['/forks']],
]
for (const [kind, what, text, wrong] of mistakes)
  test(`${kind}: ${what} that is wrong is found: ${text}`, () => {
    assert.equal(wrongIn(kind, text).sort(), wrong.sort())
  })

const possible: [kind: string, text: string][] = [
  ['playbook', '- {hosts: all, become: "{{ x }}", gather_facts: no, serial: [1, "30%"], tasks: }'],
  ['playbook', '- {hosts: [a, b], roles: [x, {role: y, tags: z, port: 80}], vars_files: [[a.yml, b.yml]]}'],
  ['playbook', '- {ansible.builtin.import_playbook: x.yml, when: y}'],
  ['tasks', '- {shell: "echo {{ x }} > /tmp/y", args: {chdir: /}, with_items: [1], retries: "{{ n }}"}'],
  ['tasks', '- {copy: src=a dest=/b mode=0644}'],
  ['tasks', '- {file: {path: /x, state: "{{ s }}", mode: 0644, recurse: YES}}'],
  ['tasks', '- {file: "{{ arguments }}"}'],
  ['tasks', '- {my_own_module: {anything: 1}, when: x}'],
  ['tasks', '- {a.b.c: {anything: 1}, loop: "{{ list }}"}'],
  ['tasks', '- {ping: , listen: a topic, notify: b, environment: {A: b}, vars: }'],
  ['tasks', '- {apt: {name: "a,b", state: installed, cache_valid_time: "3600"}}'],
  ['tasks', '- {set_fact: {anything: [1, 2], cacheable: true}}'],
  ['tasks', '- {include: x.yml, port: 3}'],
  ['inventory', '{plugin: constructed, strict: false, keyed_groups: [{key: x}], mine: 1}'],
  ['inventory', 'all: {hosts: {a: {ansible_host: 10.0.0.1}}, children: {web: }, vars: {x: [1]}}'],
  ['settings', '{forks: 10, become: yes, roles_path: [a, b], library: "a:b", timeout: }'],
]
for (const [kind, text] of possible)
  test(`${kind}: nothing is wrong with ${text}`, () => assert.equal(wrongIn(kind, text), []))

test('every module has its arguments in the schema, and what they are', () => {
  const { definitions } = SCHEMAS.tasks!.make({ modules, settings: describedSettings() })
  for (const [name, module] of Object.entries(modules)) {
    const schema = definitions?.[`module.${name}`]
    assert.ok(typeof schema === 'object' && schema.description === module.summary, name)
    for (const [option, { help }] of Object.entries(module.options)) {
      const own = schema.properties?.[option]
      assert.ok(typeof own === 'object' && own.description === help, `${name} ${option}`)
    }
  }
})

test.run()
