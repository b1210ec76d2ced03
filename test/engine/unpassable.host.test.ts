import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../src/modules/index.ts'
import { quote } from '../../src/shell/quote.ts'
import { runText } from '../support/playbook.ts'

const test = suite<{ folder: string }>('texts that no program can be told')

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'unpassable-'))
})

test.after(({ folder }) => rmSync(folder, { recursive: true }))

const FAULTS: [what: string, text: string, told: RegExp][] = [
  ['NUL', 'a\u0000b', /it holds a NUL character \(the 2\.\)/],
  ['half a character', 'a\ud83d b', /it holds half of a character \(\\ud83d\)/],
]

/** Tasks with VALUE where the text goes. */
const TASKS: [module: string, task: string][] = [
  ['command', '{command: {cmd: VALUE}}'],
  ['command', '{command: {argv: [echo, VALUE]}}'],
  ['command', '{command: {cmd: "true", chdir: VALUE}}'],
  ['command', '{command: {cmd: "true", creates: VALUE}}'],
  ['shell', '{shell: {cmd: VALUE}}'],
  ['raw', '{raw: {cmd: VALUE}}'],
  ['copy', '{copy: {content: x, dest: VALUE}}'],
  ['copy', '{copy: {content: x, dest: /nowhere/x, owner: VALUE}}'],
  ['copy', '{copy: {src: VALUE, remote_src: true, dest: /nowhere/x}}'],
  ['file', '{file: {path: VALUE, state: directory}}'],
  ['stat', '{stat: {path: VALUE}}'],
  ['lineinfile', '{lineinfile: {path: VALUE, line: x}}'],
  ['fetch', '{fetch: {src: VALUE, dest: /nowhere}}'],
  ['slurp', '{slurp: {src: VALUE}}'],
  ['user', '{user: {name: VALUE}}'],
  ['group', '{group: {name: VALUE}}'],
  ['apt', '{apt: {name: [VALUE]}}'],
  ['service', '{service: {name: VALUE, state: started}}'],
  ['sysctl', '{sysctl: {name: VALUE, value: 1}}'],
  ['authorized_key', '{authorized_key: {user: root, key: VALUE, path: /nowhere/x, manage_dir: false}}'],
  ['wait_for', '{wait_for: {host: VALUE, port: 1, timeout: 1}}'],
  ['route', '{route: {to: VALUE, dev: lo}}'],
]

for (const [what, text, told] of FAULTS) {
  test(`${what} in an argument is told before connecting, with its place`, async () => {
    for (const [module, task] of TASKS) {
      const playbook = `- {hosts: all, tasks: [${task.replace('VALUE', JSON.stringify(text))}]}`
      const { exitStatus, problems } = await runText(playbook)
      assert.is(exitStatus, 1, task)
      assert.match(problems, told, task)
      assert.match(problems, /^play\.yml:1:\d+: /, module)
    }
  })

  test(`${what} that comes with a variable fails the task, and the host goes on`, async () => {
    for (const [module, task] of TASKS) {
      const playbook = `- hosts: all
  vars: {value: ${JSON.stringify(text)}}
  tasks:
    - ${task.replace('VALUE', '"{{value}}"').replace(/}$/, ', ignore_errors: true}')}
    - {name: after, ping: }`
      const ran = await runText(playbook)
      assert.is(ran.exitStatus, 0, `${task} ${ran.problems}`)
      assert.match(ran.result(module).message ?? '', told, task)
      assert.match(ran.result(module).message ?? '', /play\.yml:4:\d+\)/, task)
      assert.is(ran.result('after').status, 'ok')
    }
  })

  test(`${what} in the environment fails the task, and the host goes on`, async () => {
    const ran = await runText(`- hosts: all
  vars: {value: ${JSON.stringify(text)}}
  tasks:
    - {command: "true", environment: {A: "{{value}}"}, ignore_errors: true}
    - {name: after, ping: }`)
    assert.is(ran.exitStatus, 0)
    assert.match(ran.result('command').message ?? '', told)
    assert.match(ran.result('command').message ?? '', /A: .*play\.yml:4:\d+\)/)
  })

  test(`${what} in how a host is reached, or in whom to become, is told with the variable's name`, async () => {
    const variables = [
      ...[
        'ansible_host',
        'ansible_user',
        'ansible_password',
        'ansible_ssh_private_key_file',
        'ansible_connection',
      ],
      ...[
        'ansible_ssh_common_args',
        'ansible_become_user',
        'ansible_become_password',
        'ansible_become_flags',
      ],
    ]
    for (const name of variables) {
      const ran = await runText(`- hosts: all
  become: ${name.includes('become')}
  vars: {${name}: ${JSON.stringify(text)}}
  tasks: [{ping: }]`)
      assert.is(ran.exitStatus, 2, name)
      const { message = '' } = ran.result('ping')
      assert.match(message, new RegExp(`^${name} of host one cannot be used: it holds`))
      assert.not.match(message, /a\0b|\ud83d b/)
    }
  })

  test(`${what} in a host's name is told`, async () => {
    const hosts = `all: {hosts: {${JSON.stringify(text)}: {ansible_connection: local}}}`
    const running = { files: { 'hosts.yml': hosts }, args: ['-i', 'HERE/hosts.yml'] }
    const { exitStatus, problems } = await runText('- {hosts: all, tasks: [{ping: }]}', running)
    assert.is(exitStatus, 1)
    assert.match(problems, /is not a name of a host/)
  })
}

test('a NUL in what a file is to hold, or in what a command reads, is a byte as any other', async ({
  folder,
}) => {
  const ran = await runText(`- hosts: all
  vars: {value: "a\\0b"}
  tasks:
    - {copy: {content: "{{value}}", dest: ${folder}/a}}
    - {lineinfile: {path: ${folder}/b, line: "{{value}}", create: true}}
    - {blockinfile: {path: ${folder}/c, block: "{{value}}", create: true}}
    - {command: {cmd: od -c, stdin: "{{value}}"}, register: r}
    - {debug: {msg: "{{value}}"}}
    - {set_fact: {x: "{{value}}"}}`)
  assert.is(ran.exitStatus, 0, JSON.stringify(ran.steps))
  assert.is(readFileSync(join(folder, 'a'), 'latin1'), 'a\0b')
  assert.is(readFileSync(join(folder, 'b'), 'latin1'), 'a\0b\n')
  assert.match(readFileSync(join(folder, 'c'), 'latin1'), /\na\0b\n/)
  assert.match(String(ran.result('command').values.stdout), /a {2}\\0 {3}b/)
})

test('half a character is written into no file', async ({ folder }) => {
  const ran = await runText(`- hosts: all
  vars: {value: "\\ud83d"}
  tasks: [{copy: {content: "{{value}}", dest: ${folder}/half}}]`)
  assert.is(ran.exitStatus, 2)
  assert.match(ran.result('copy').message ?? '', /content: it holds half of a character.*play\.yml:3:\d+\)/)
})

test('a password or address of more lines than one is told, and not shown; a line break at its end is none', async () => {
  for (const [name, become] of [
    ['ansible_become_password', true],
    ['ansible_host', false],
  ] as const) {
    const ran = await runText(`- hosts: all
  become: ${become}
  vars: {${name}: "first\\nsecond"}
  tasks: [{ping: }]`)
    assert.match(ran.result('ping').message ?? '', /cannot be used: it holds a control character \(\\n\)/)
    assert.not.match(ran.result('ping').message ?? '', /second/)
  }
  const ended = await runText(`- hosts: all
  vars: {ansible_host: "localhost\\n"}
  tasks: [{ping: }]`)
  assert.is(ended.exitStatus, 0)
})

test('every option of every module that asks hosts is checked', () => {
  const mayBeAnyBytes = Object.values(modules).flatMap(({ name, options }) =>
    Object.entries(options).flatMap(([option, { bytes }]) => (bytes ? [`${name}.${option}`] : [])),
  )
  assert.equal(mayBeAnyBytes.sort(), [
    'apt_key.data',
    'blockinfile.block',
    'command.stdin',
    'copy.content',
    'htpasswd.password',
    'ini_file.option',
    'ini_file.section',
    'ini_file.value',
    'ini_file.values',
    'lineinfile.line',
    'pam_limits.comment',
    'redis_data.key',
    'redis_data.value',
    'redis_data_incr.key',
    'redis_data_info.key',
    'replace.replace',
    'shell.stdin',
    'uri.body',
    'xml.xmlstring',
  ])
})

test('nothing is quoted for a host that cannot reach it', () => {
  for (const [, text, told] of FAULTS) assert.throws(() => quote(text), told)
})

test.run()
