import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { generateKey, type Server, startServer } from '../support/server.ts'
import { buildStubHosts, type StubHosts, startStubHosts } from './stub-hosts.ts'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
/** As many as the stub hosts are. */
const MANY = 20

interface Context {
  folder: string
  program: string
  server: Server
  stubs: StubHosts
}

const test = suite<Context>('stub hosts')

test.before((context) => {
  context.program = buildStubHosts(mkdtempSync(join(tmpdir(), 'stub-hosts-')))
})

test.after(({ program }) => rmSync(join(program, '..'), { recursive: true }))

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'stubs-'))
  context.server = await startServer()
  const { hostKeyFile, keyFile } = context.server
  const keys = { hostKey: hostKeyFile, authorizedKey: `${keyFile}.pub` }
  context.stubs = await startStubHosts({ argv: [context.program], port: 0, ...keys })
})

test.after.each(async ({ folder, server, stubs }) => {
  await server.stop()
  await stubs.stop()
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly status: number | null
  readonly said: string
  /** The counts of each host, as the recap has them. */
  readonly recap: Readonly<Record<string, string>>
}

/** Runs a playbook on `count` addresses of a server; the names of its hosts begin with `name`. */
function run(context: Context, tasks: string, name: string, port: number, count: number): Ended {
  const { folder, server } = context
  const hosts = Array.from(
    { length: count },
    (_, index) => `    ${name}${index}: {ansible_host: 127.0.0.${index + 1}}\n`,
  )
  const vars = `{ansible_port: ${port}, ansible_user: root, folder: ${folder}/made}`
  writeFileSync(join(folder, 'hosts.yml'), `all:\n  vars: ${vars}\n  hosts:\n${hosts.join('')}`)
  const [, key] = readFileSync(server.knownHostsFile, 'utf8').split(/ (.*)/s)
  writeFileSync(join(folder, 'known_hosts'), `[127.*]:${port} ${key}`)
  writeFileSync(join(folder, 'site.yml'), `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`)
  const args = ['--ssh-common-args', `-F none -o UserKnownHostsFile=${join(folder, 'known_hosts')}`]
  const { status, stdout, stderr } = spawnSync(
    launcher,
    ['-i', 'hosts.yml', '--private-key', server.keyFile, ...args, 'site.yml'],
    { cwd: folder, encoding: 'utf8' },
  )
  const lines = stdout.matchAll(/^(\S+) +: (ok=.*)$/gm)
  return {
    status,
    said: stdout + stderr,
    recap: Object.fromEntries([...lines].map(([, who, how]) => [who!, how!])),
  }
}

/** Runs it on a real server's host, then on stub hosts, which must end alike. */
function alike(context: Context, tasks: string): { real: Ended; stub: Ended } {
  const real = run(context, tasks, 'real', context.server.port, 1)
  const stub = run(context, tasks, 'stub', context.stubs.port, MANY)
  assert.is(stub.status, real.status, stub.said)
  const counts = Object.values(stub.recap)
  assert.equal(counts, Array(MANY).fill(real.recap.real0), stub.said)
  return { real, stub }
}

test('hosts in sync end as on a real server, and few shells answer for all', async (context) => {
  mkdirSync(join(context.folder, 'made'))
  const tasks = `
    - file: {path: "{{ folder }}", state: directory, mode: "0755"}
    - copy: {content: "in sync\\n", dest: "{{ folder }}/file", mode: "0644"}
    - lineinfile: {path: "{{ folder }}/file", line: in sync}
    - user: {name: root}
    - apt: {name: bash}
    - stat: {path: /etc/passwd}
      register: passwd
    - assert: {that: passwd.stat.exists}
    - slurp: {src: "{{ folder }}/file"}
      register: file
    - assert: {that: file.content == "aW4gc3luYwo="}
`
  writeFileSync(join(context.folder, 'made/file'), 'in sync\n', { mode: 0o644 })
  chmodSync(join(context.folder, 'made/file'), 0o644)
  const { real } = alike(context, tasks)
  assert.match(real.recap.real0!, /^ok=9 +changed=0 +unreachable=0 +failed=0 /)
  const done = await context.stubs.done()
  assert.is(done.logins, MANY)
  // What is asked for together depends on what has been answered when, so a few may hear what the first did not.
  assert.ok(done.shells < MANY / 2, `${done.shells} shells`)
  assert.is(done.replayed, MANY - done.shells)
})

test('what changes a host is done for each, and a host asked for something else answers for itself', async (context) => {
  const tasks = `
    - file: {path: "{{ folder }}/{{ inventory_hostname }}", state: touch}
    - stat: {path: "{{ folder }}/{{ inventory_hostname }}"}
      register: own
    - assert: {that: own.stat.path.endswith(inventory_hostname)}
    - command: echo {{ inventory_hostname }}
      register: echo
    - assert: {that: echo.stdout == inventory_hostname}
    - shell: cat; echo lost >&2; exit 3
      args: {stdin: "{{ inventory_hostname }}"}
      register: cat
      failed_when: cat.rc != 3 or cat.stdout != inventory_hostname or cat.stderr != 'lost'
`
  mkdirSync(join(context.folder, 'made'))
  const { stub } = alike(context, tasks)
  assert.match(stub.recap.stub7!, /changed=3 +unreachable=0 +failed=0 /)
  const names = Array.from({ length: MANY }, (_, index) => `stub${index}`)
  assert.equal(readdirSync(join(context.folder, 'made')).sort(), ['real0', ...names].sort())
})

test('what a program has changed is known in the next run', (context) => {
  mkdirSync(join(context.folder, 'made'))
  const tasks = '    - copy: {content: "new\\n", dest: "{{ folder }}/file"}\n'
  const changes = () => run(context, tasks, 'stub', context.stubs.port, 1).recap.stub0
  assert.match(changes()!, /^ok=1 +changed=1 /)
  assert.match(changes()!, /^ok=1 +changed=0 /)
})

test('what is put into a folder of a host is put into one of its own', (context) => {
  mkdirSync(join(context.folder, 'library'))
  const module = `#!/bin/sh\nprintf '{"changed": false, "msg": "%s"}' "$(dirname "$0")"\n`
  writeFileSync(join(context.folder, 'library/whereabouts'), module, { mode: 0o755 })
  const tasks = `
    - whereabouts:
      register: at
    - assert: {that: "ansible_play_hosts | map('extract', hostvars, ['at', 'msg']) | unique | length == ansible_play_hosts | length"}
`
  const { stub } = alike(context, tasks)
  assert.match(stub.recap.stub7!, /^ok=2 /)
})

test('failures and programs that are killed are told as they are', (context) => {
  const tasks = `
    - command: "false"
      ignore_errors: true
    - shell: kill -9 $$
      ignore_errors: true
      register: killed
    - debug: {var: killed.rc}
    - file: {path: /proc/none/such, state: directory}
`
  const { real, stub } = alike(context, tasks)
  assert.is(stub.status, 2)
  const codes = (said: string) => [...new Set(said.match(/killed\.rc: -?\d+/g))]
  assert.equal(codes(stub.said), codes(real.said))
})

test('nobody else is let in', (context) => {
  rmSync(context.server.keyFile)
  generateKey(context.server.keyFile)
  const { recap, said } = run(context, '    - ping:\n', 'stub', context.stubs.port, 1)
  assert.match(recap.stub0!, /unreachable=1/, said)
})

test.run()
