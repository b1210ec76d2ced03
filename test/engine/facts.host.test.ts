import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isConnectionVariable } from '../../src/inventory/connection/variables.ts'
import { factNames } from '../../src/modules/system/setup/names.ts'
import { defineModule } from '../../src/sdk/module.ts'
import { runText } from '../support/playbook.ts'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
const test = suite('facts and how a host is reached')

/** Names that a host may give its interfaces, and that would be connection variables behind "ansible_". */
const NAMES = [
  'host',
  'port',
  'user',
  'connection',
  'become',
  'become_user',
  'password',
  'ssh_host',
  'timeout',
]

test('interfaces with the names of connection variables change nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'))
  try {
    const play = `
- hosts: all
  tasks:
    - {command: "echo still here", register: r}
    - {assert: {that: ['eq r.stdout "still here"', 'contains ansible_interfaces "become_user"']}}
`
    writeFileSync(join(folder, 'play.yml'), play)
    const links = NAMES.map((name) => `ip link add ${name} type veth peer name ${name}2; `).join('')
    const script = `mount -t sysfs sysfs /sys; ${links} exec ${launcher} -c local -i one, play.yml`
    const { status, stdout } = spawnSync('unshare', ['--net', '--mount', '/bin/sh', '-ec', script], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.is(status, 0, stdout)
    for (const name of NAMES) assert.match(stdout, new RegExp(`one: its fact ansible_${name} is left out`))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

const HOSTILE = {
  ansible_connection: 'ssh',
  ansible_host: '203.0.113.1',
  ansible_become: true,
  ansible_become_flags: '; touch /tmp/owned',
  ansible_ssh_common_args: '-o ProxyCommand=false',
  ansible_shell_executable: '/bin/false',
  ansible_python_interpreter: '/bin/false',
  ansible_su_user: 'nobody',
  ansible_ssh_host_key_ed25519_public: 'kept',
  ansible_other: 'kept',
}

/** A module `ping` that tells hostile facts. */
const hostilePing = defineModule({
  name: 'ping',
  summary: 'Tells facts.',
  options: {},
  plan: () => ({ changes: [], result: { ansible_facts: HOSTILE } }),
})

test('facts of any module set no connection variable, of another host neither', async () => {
  const ran = await runText(
    `
- hosts: one
  tasks:
    - ping:
    - {ping: , delegate_to: two, delegate_facts: true}
- hosts: all
  tasks:
    - {command: id -un, register: r}
    - assert: {that: ['eq r.stdout "${execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()}"', 'eq ansible_other "kept"']}
    - assert: {that: ['eq ansible_ssh_host_key_ed25519_public "kept"', 'eq ansible_host inventory_hostname', 'undefined ansible_become']}
`,
    { hosts: ['one', 'two'], modules: { ping: hostilePing } },
  )
  assert.is(ran.exitStatus, 0, JSON.stringify(ran.stats))
})

test('the playbook may set them with set_fact', async () => {
  const ran = await runText(`
- hosts: all
  tasks:
    - set_fact: {ansible_connection: nothing, host: a, port: b, user: c, connection: d, become: e}
    - ping:
`)
  assert.is(ran.exitStatus, 2)
  assert.match(ran.result('ping').message ?? '', /ansible_connection of host one is "nothing"/)
})

test('variables without ansible_ in front are nothing but variables', async () => {
  const ran = await runText(`
- hosts: all
  tasks:
    - set_fact: {host: a, port: b, user: c, connection: d, become: "yes", become_user: nobody}
    - {command: id -un, register: remote_user}
    - {command: id -un, register: become_user}
    - {ping: }
`)
  assert.is(ran.exitStatus, 0, JSON.stringify(ran.stats))
})

test('no fact that every host has is taken for a connection variable', () => {
  assert.equal(factNames.filter(isConnectionVariable), [])
})

test.run()
