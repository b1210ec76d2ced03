import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('argument specs of roles')

const spec = `
argument_specs:
  main:
    short_description: the main part
    options:
      a: {type: int, required: true}
      b: {type: str, choices: [x, y], default: x}
      c: {type: list, elements: int}
      d:
        type: dict
        options: {e: {type: bool, required: true}, f: {type: str}}
  other:
    options: {z: {required: true}}
`
const files = {
  'roles/r/meta/argument_specs.yml': spec,
  'roles/r/tasks/main.yml': '- {debug: {msg: "{{ a }} {{ b | default(0) }}"}, name: said}',
  'roles/r/tasks/other.yml': '- debug: {msg: "{{ z }}"}',
  'roles/m/meta/main.yml': `dependencies: []${spec}`,
}
const CHECK = "r : Validating arguments against arg spec 'main' - the main part"

/** What a role is given, and what Ansible says of it. */
const table: [vars: string, errors: string[]][] = [
  ['{a: 1}', []],
  ['{a: "12", c: [1, "2"], d: {e: "yes"}}', []],
  ['{}', ['missing required arguments: a']],
  ['{a: 1, b: z}', ['value of b must be one of: x, y, got: z']],
  [
    '{a: [1]}',
    [
      "argument 'a' is of type <class 'list'> and we were unable to convert to int: <class 'list'> cannot be converted to an int",
    ],
  ],
  [
    '{a: 1, c: [1, [2]]}',
    [
      "Elements value for option 'c' is of type <class 'list'> and we were unable to convert to int: <class 'list'> cannot be converted to an int",
    ],
  ],
  ['{a: 1, d: {f: g}}', ['missing required arguments: e found in d']],
  ['{a: 1, d: {e: true, g: 1}}', ['d.g. Supported parameters include: e, f.']],
  [
    '{a: 1, b: z, d: {}}',
    ['value of b must be one of: x, y, got: z', 'missing required arguments: e found in d'],
  ],
]

for (const [vars, errors] of table) {
  test(`${vars} is ${errors.length === 0 ? 'right' : `wrong: ${errors.join('; ')}`}`, async () => {
    const ran = await runText(`- {hosts: all, vars: ${vars}, roles: [r]}`, { files })
    assert.is(ran.problems, '')
    const { status, values } = ran.result(CHECK)
    assert.equal(values.argument_errors ?? [], errors)
    assert.is(status, errors.length === 0 ? 'ok' : 'failed')
    assert.equal(values.validate_args_context instanceof Object, true)
    if (errors.length > 0) assert.is(values.msg, `Validation of arguments failed:\n${errors.join('\n')}`)
    else assert.is(values.msg, 'The arg spec validation passed')
  })
}

test('defaults of a spec are not set', async () => {
  const ran = await runText('- {hosts: all, roles: [{role: r, a: 1}]}', { files })
  assert.is(ran.result('r : said').values.msg, '1 0', ran.problems)
})

test('arguments of an entry that the spec does not have are told', async () => {
  const ran = await runText('- {hosts: all, roles: [{role: r, a: 1, q: 2}]}', { files })
  assert.equal(ran.result(CHECK).values.argument_errors, ['q. Supported parameters include: a, b, c, d.'])
})

test('the spec of the task file that is used is checked, and none if that is not wanted', async () => {
  const ran = await runText(
    `- hosts: all
  tasks:
  - {include_role: {name: r, tasks_from: other}, vars: {z: 1}}
  - {include_role: {name: r, rolespec_validate: false}, vars: {a: no-number}}
  - {include_role: {name: m}, vars: {a: 3}}`,
    { files },
  )
  assert.is(ran.problems, '')
  const names = ran.steps.filter((step) => step.includes('Validating'))
  assert.equal(names, [
    "r : Validating arguments against arg spec 'other' one ok",
    "m : Validating arguments against arg spec 'main' - the main part one ok",
  ])
})

test('the check is done whatever the tags are', async () => {
  const ran = await runText(
    `- {hosts: all, roles: [{role: r, a: 1}], tasks: [{command: "true", tags: [t]}]}`,
    {
      files,
      args: ['--tags', 't'],
    },
  )
  assert.equal(ran.steps, [`${CHECK} one ok`, 'command one changed'])
})

test('validate_argument_spec checks what any task gives it', async () => {
  const ran = await runText(
    `- hosts: all
  vars: {name: 1, n: x}
  tasks:
  - validate_argument_spec: {argument_spec: {n: {type: int}}, provided_arguments: {n: 3}}
  - validate_argument_spec: {argument_spec: {n: {type: int}}}
    name: wrong
    ignore_errors: true`,
  )
  assert.is(ran.problems, '')
  assert.equal(ran.result('wrong').values.argument_errors, [
    "argument 'n' is of type <class 'str'> and we were unable to convert to int: <class 'str'> cannot be converted to an int",
  ])
})

test.run()
