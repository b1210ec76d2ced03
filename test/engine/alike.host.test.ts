import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineModule } from '../../src/sdk/module.ts'
import { type Ran, type Running, runText } from '../support/playbook.ts'

const test = suite('what is made once for hosts that are alike')

const HOSTS = ['a', 'b', 'c']
const INVENTORY = 'all: {children: {g: {hosts: {a: , b: }}, h: {hosts: {c: }}}}'

interface Kind {
  readonly what: string
  /** The play's keywords besides `hosts` and `tasks`, and its tasks; `say` takes a text. */
  readonly play?: string
  readonly tasks: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** What each host has said, in order. */
  readonly said: Readonly<Record<string, readonly unknown[]>>
  /** How many texts were made for all of it. */
  readonly made: number
}

const same = (...said: unknown[]) => ({ a: said, b: said, c: said })

const kinds: readonly Kind[] = [
  {
    what: 'variables that are the same for all hosts',
    play: 'vars: {x: one, y: "{{x}} and {{z}}", z: other}',
    tasks: ['say: {text: "{{y}}"}'],
    said: same('one and other'),
    made: 1,
  },
  {
    what: 'variables of groups',
    files: { 'inv/group_vars/g.yml': 'x: of g', 'inv/group_vars/all.yml': 'x: of all' },
    tasks: ['say: {text: "{{x}}"}'],
    said: { a: ['of g'], b: ['of g'], c: ['of all'] },
    made: 2,
  },
  {
    what: 'variables of hosts under the same name, deep within others',
    play: 'vars: {outer: "{{inner}}!", inner: "<{{x}}>"}',
    files: { 'inv/group_vars/all.yml': 'x: of all', 'host_vars/b.yml': 'x: of b' },
    tasks: ['say: {text: "{{outer}}"}'],
    said: { a: ['<of all>!'], b: ['<of b>!'], c: ['<of all>!'] },
    made: 2,
  },
  {
    what: 'the same text written for each host',
    files: Object.fromEntries(HOSTS.map((host) => [`host_vars/${host}.yml`, 'x: alike'])),
    tasks: ['say: {text: "{{x}}"}'],
    said: same('alike'),
    made: 1,
  },
  {
    what: 'a variable that only one host has',
    files: { 'host_vars/c.yml': 'x: of c' },
    tasks: ['say: {text: "{{x | default(\'none\')}}"}', 'say: {text: "{{x is defined}}"}'],
    said: { a: ['none', false], b: ['none', false], c: ['of c', true] },
    made: 4,
  },
  {
    what: 'set_fact',
    play: 'vars: {x: before}',
    tasks: [
      'say: {text: "{{x}}"}',
      '{set_fact: {x: after}, when: inventory_hostname == "b"}',
      'say: {text: "{{x}}"}',
      '{set_fact: {x: "{{inventory_hostname}}"}}',
      'say: {text: "{{x}}"}',
    ],
    said: { a: ['before', 'before', 'a'], b: ['before', 'after', 'b'], c: ['before', 'before', 'c'] },
    made: 6,
  },
  {
    what: 'set_fact of the variable that the same task used',
    play: 'vars: {x: 0}',
    tasks: ['{include_tasks: again.yml, loop: [1, 2], loop_control: {loop_var: turn}}'],
    files: {
      'again.yml':
        '- say: {text: "{{x}}"}\n- set_fact: {x: "{{turn * 10 + (inventory_hostname == \'a\') | int}}"}\n',
    },
    said: { a: [0, 11], b: [0, 10], c: [0, 10] },
    made: 3,
  },
  {
    what: 'register',
    tasks: [
      '{command: "echo {{inventory_hostname}}", register: r}',
      'say: {text: "{{r.stdout}}"}',
      '{command: echo again, register: r}',
      'say: {text: "{{r.stdout}}"}',
    ],
    said: { a: ['a', 'again'], b: ['b', 'again'], c: ['c', 'again'] },
    made: 6,
  },
  {
    what: 'loops over what hosts have',
    files: {
      'host_vars/a.yml': 'list: [1, 2]',
      'host_vars/b.yml': 'list: [2]',
      'host_vars/c.yml': 'list: [3, 1]',
    },
    tasks: ['{say: {text: "{{item}}"}, loop: "{{list}}"}'],
    said: { a: [1, 2], b: [2], c: [3, 1] },
    made: 3,
  },
  {
    what: 'a loop whose variable hides one of hosts',
    files: { 'host_vars/a.yml': 'item: of a' },
    tasks: [
      'say: {text: "{{item | default(0)}}"}',
      '{say: {text: "{{item}} {{ansible_loop_var}}"}, loop: [x]}',
    ],
    said: { a: ['of a', 'x item'], b: [0, 'x item'], c: [0, 'x item'] },
    made: 3,
  },
  {
    what: 'include_vars',
    play: 'vars: {x: of the play}',
    files: { 'a.yml': 'x: of a', 'b.yml': 'x: of b' },
    tasks: [
      'say: {text: "{{x}}"}',
      '{include_vars: "{{inventory_hostname}}.yml", when: inventory_hostname != "c"}',
      'say: {text: "{{x}}"}',
    ],
    said: { a: ['of the play', 'of a'], b: ['of the play', 'of b'], c: ['of the play', 'of the play'] },
    made: 4,
  },
  {
    what: 'vars_files that a variable of hosts names',
    play: 'vars_files: ["{{file}}.yml"]',
    files: {
      'inv/group_vars/all.yml': 'file: one',
      'host_vars/c.yml': 'file: two',
      'one.yml': 'x: 1\ny: same',
      'two.yml': 'x: 2\ny: same',
    },
    tasks: ['say: {text: "{{x}}"}', 'say: {text: "{{y}}"}'],
    said: { a: [1, 'same'], b: [1, 'same'], c: [2, 'same'] },
    made: 3,
  },
  {
    what: 'add_host with variables',
    tasks: [
      'say: {text: "{{x | default(0)}}"}',
      'add_host: {name: b, x: given}',
      'say: {text: "{{x | default(0)}}"}',
    ],
    said: { a: [0, 0], b: [0, 'given'], c: [0, 0] },
    made: 3,
  },
  {
    what: 'group_by and group_names',
    tasks: [
      'say: {text: "{{group_names | join}}"}',
      '{group_by: {key: new}, when: inventory_hostname == "a"}',
      'say: {text: "{{group_names | join}}"}',
    ],
    said: { a: ['g', 'gnew'], b: ['g', 'g'], c: ['h', 'h'] },
    made: 5,
  },
  {
    what: "a delegated task, which has its own host's variables",
    files: { 'host_vars/b.yml': 'x: of b', 'inv/group_vars/all.yml': 'x: of all' },
    tasks: [
      '{say: {text: "{{x}} {{inventory_hostname}}"}, delegate_to: b}',
      '{say: {text: "{{ansible_delegated_vars[to].x}}"}, delegate_to: "{{to}}", vars: {to: "{{\'b\' if inventory_hostname == \'a\' else \'c\'}}"}}',
    ],
    said: { a: ['of all a', 'of b'], b: ['of b b', 'of all'], c: ['of all c', 'of all'] },
    made: 6,
  },
  {
    what: 'a role twice, with its defaults and with parameters',
    play: 'roles: [{role: r}, {role: r, x: "given to {{inventory_hostname}}"}, {role: r, x: plain}]',
    files: {
      'roles/r/tasks/main.yml': '- say: {text: "{{x}}"}\n',
      'roles/r/defaults/main.yml': 'x: default',
    },
    tasks: [],
    said: {
      a: ['default', 'given to a', 'plain'],
      b: ['default', 'given to b', 'plain'],
      c: ['default', 'given to c', 'plain'],
    },
    made: 5,
  },
  {
    what: 'maps that are merged',
    files: {
      'inv/group_vars/all.yml': 'm: {x: 1, y: 1}',
      'host_vars/b.yml': 'm: {y: 2}',
    },
    environment: { ANSIBLE_HASH_BEHAVIOUR: 'merge' },
    tasks: ['say: {text: "{{m.x}}{{m.y}}"}'],
    said: { a: ['11'], b: ['12'], c: ['11'] },
    made: 3,
  },
  {
    what: 'extra variables, which hide those of hosts',
    files: { 'host_vars/b.yml': 'x: of b' },
    args: ['-e', 'x=given'],
    tasks: ['say: {text: "{{x}}"}'],
    said: same('given'),
    made: 1,
  },
  {
    what: 'omit',
    files: { 'host_vars/b.yml': 'x: there' },
    tasks: ['say: {text: "{{x | default(omit)}}"}'],
    said: { a: [undefined], b: ['there'], c: [undefined] },
    made: 2,
  },
  {
    what: 'names of hosts and what the run knows of them',
    tasks: ['say: {text: "{{inventory_hostname}} {{ansible_host}} {{ansible_play_batch | join}}"}'],
    said: { a: ['a a abc'], b: ['b b abc'], c: ['c c abc'] },
    made: 3,
  },
  {
    what: 'which hosts are left',
    tasks: [
      'say: {text: "{{ansible_play_hosts | join}}"}',
      '{fail: {msg: on purpose}, when: inventory_hostname == "c"}',
      'say: {text: "{{ansible_play_hosts | join}}"}',
    ],
    said: { a: ['abc', 'ab'], b: ['abc', 'ab'], c: ['abc'] },
    made: 2,
  },
  {
    what: "another host's variables, which change",
    tasks: [
      'say: {text: "{{hostvars.a.x | default(0)}}"}',
      '{set_fact: {x: 1}, when: inventory_hostname == "a"}',
      'say: {text: "{{hostvars.a.x | default(0)}}"}',
    ],
    said: same(0, 1),
    made: 6,
  },
  {
    what: 'all variables by their names',
    files: { 'host_vars/b.yml': 'x: of b' },
    tasks: ['say: {text: "{{vars.x | default(0)}}"}'],
    said: { a: [0], b: ['of b'], c: [0] },
    made: 3,
  },
  {
    what: 'facts',
    tasks: [
      'command: {cmd: "true"}',
      '{set_fact: {f: "{{inventory_hostname}}", cacheable: true}}',
      'say: {text: "{{ansible_facts.f}}"}',
      'meta: clear_facts',
      'say: {text: "{{ansible_facts.f | default(0)}}"}',
    ],
    said: { a: ['a', 0], b: ['b', 0], c: ['c', 0] },
    made: 6,
  },
  {
    what: 'lookups',
    files: { 'count.sh': 'echo x >>"$0.n"; wc -l <"$0.n"' },
    tasks: [`say: {text: "{{lookup('pipe', 'sh ' + playbook_dir + '/count.sh')}}"}`],
    args: ['--forks', '1', '--no-prefetch'],
    said: { a: ['1'], b: ['2'], c: ['3'] },
    made: 3,
  },
  {
    what: 'arguments that a template makes',
    files: { 'host_vars/b.yml': 'given: {text: of b}', 'inv/group_vars/all.yml': 'given: {text: of all}' },
    tasks: ['{say: "{{given}}"}'],
    said: { a: ['of all'], b: ['of b'], c: ['of all'] },
    made: 2,
  },
  {
    what: 'environment and check_mode by host',
    files: { 'host_vars/b.yml': 'x: of b\nonly: true' },
    tasks: [
      '{say: {text: plain}, environment: {X: "{{x | default(1)}}"}}',
      '{say: {check: true}, check_mode: "{{only | default(false)}}"}',
    ],
    said: { a: ['plain 1', 'done'], b: ['plain of b', 'checked'], c: ['plain 1', 'done'] },
    made: 4,
  },
]

/** What each host has said, in order. */
function saidIn({ events, problems }: Ran): Record<string, unknown[]> {
  assert.is(problems, '')
  const said: Record<string, unknown[]> = {}
  for (const event of events) {
    if (event.type !== 'host-finished' || !/^(say|show)$/.test(event.task.action)) continue
    const own = said[event.host] ?? []
    said[event.host] = own
    const results = event.result.items ?? [event.result]
    own.push(...results.map(({ values }) => values.said))
  }
  return said
}

/** Runs a playbook with a module `say`; gives what each host has said, and how many arguments were made for it. */
async function sayings(text: string, running: Running) {
  const made = new Set<object>()
  const say = defineModule({
    name: 'say',
    summary: 'Says a text, with X of its environment.',
    options: {
      text: { type: 'any', help: 'The text.' },
      check: { type: 'bool', default: false, help: 'Whether it is only checked instead.' },
    },
    probe: () => 'printf %s "$X"',
    parse: (output): string => output.text,
    plan: (args, x: string, { check }) => {
      made.add(args)
      const told = args.check ? (check ? 'checked' : 'done') : args.text
      return { changes: [], result: { said: x === '' ? told! : `${told} ${x}` } }
    },
  })
  const ran = await runText(text, { ...running, modules: { say } })
  return { said: saidIn(ran), made: made.size }
}

for (const { what, play = '', tasks, files, args = [], environment = {}, said, made } of kinds) {
  for (const ahead of [[], ['--no-prefetch']]) {
    test(`${what}${ahead.length > 0 ? ', with nothing asked ahead' : ''}`, async () => {
      const text = `- hosts: all\n  ${play}\n  tasks:\n${tasks.map((task) => `  - ${task}\n`).join('')}`
      Object.assign(process.env, environment)
      try {
        const told = await sayings(text, {
          files: { 'inv/hosts.yml': INVENTORY, ...files },
          hosts: HOSTS,
          args: ['-i', 'HERE/inv', ...args, ...ahead],
        })
        assert.equal(told.said, said)
        assert.is(told.made, made)
      } finally {
        for (const name of Object.keys(environment)) delete process.env[name]
      }
    })
  }
}

/** Runs tasks with a module `show`; gives what each host has shown of a template, and how many contents were made. */
async function shown(tasks: readonly string[]) {
  const made = new Set<object>()
  const show = defineModule({
    name: 'show',
    summary: 'Shows a template.',
    options: { src: { type: 'template', required: true, help: 'The template.' } },
    probe: () => ':',
    plan: ({ src }) => {
      made.add(src)
      return { changes: [], result: { said: src.content.text()! } }
    },
  })
  const text = `- hosts: all\n  tasks:\n${tasks.map((task) => `  - ${task}\n`).join('')}`
  // What has been written within a second may be written again unseen.
  const ran = await runText(text.replace('tasks:', 'tasks:\n  - {command: sleep 1.2, run_once: true}'), {
    files: { 't.j2': 'old {{x | default(0)}}', 'host_vars/b.yml': 'x: of b' },
    hosts: HOSTS,
    modules: { show },
  })
  return { said: saidIn(ran), made: made.size }
}

test('a template is rendered once for hosts that are alike', async () => {
  const { said, made } = await shown(['show: {src: t.j2}'])
  assert.equal(said, { a: ['old 0'], b: ['old of b'], c: ['old 0'] })
  assert.is(made, 2)
})

test('a template that was changed since, or that another one is before now, is read again', async () => {
  const { said } = await shown([
    'show: {src: t.j2}',
    '{copy: {content: new, dest: "{{playbook_dir}}/t.j2"}, run_once: true}',
    'show: {src: t.j2}',
    '{file: {path: "{{playbook_dir}}/templates", state: directory}, run_once: true}',
    '{copy: {content: nearer, dest: "{{playbook_dir}}/templates/t.j2"}, run_once: true}',
    'show: {src: t.j2}',
  ])
  const later = ['new', 'nearer']
  assert.equal(said, { a: ['old 0', ...later], b: ['old of b', ...later], c: ['old 0', ...later] })
})

test('what is secret on one host is hidden there, and nowhere else', async () => {
  const ran = await runText(
    '- hosts: all\n  tasks:\n  - {name: said, debug: {msg: shared}, no_log: "{{hides | default(false)}}"}\n',
    { files: { 'host_vars/b.yml': 'hides: true' }, hosts: HOSTS },
  )
  assert.equal(
    HOSTS.map((host) => ran.result('said', host).values.msg),
    ['shared', undefined, 'shared'],
  )
})

test.run()
