import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event } from '../../src/protocol/event.ts'
import { type Ran, runText } from '../support/playbook.ts'
import { generateKey, type Server, startServer } from '../support/server.ts'
import { TestUser } from '../support/user.ts'

/** Runs a play of these tasks on host one, which is the server; `variables` take the place of its own. */
type Play = (tasks: string, variables?: Readonly<Record<string, string | undefined>>) => Promise<Ran>

async function withServer(
  config: readonly string[],
  use: (server: Server, play: Play) => Promise<void>,
): Promise<void> {
  const server = await startServer(config)
  // sshd reads the list of keys as the user who logs in.
  chmodSync(server.folder, 0o755)
  try {
    await use(server, (tasks, variables) => play(`one ${lineOf(server, variables)}`, tasks))
  } finally {
    await server.stop()
  }
}

function play(inventory: string, tasks: string, hosts = 'all'): Promise<Ran> {
  const indented = tasks.trim().replaceAll(/^/gm, '    ')
  const running = { files: { hosts: inventory }, args: ['-i', 'HERE/hosts'], hosts: ['one', 'two'] }
  return runText(`- hosts: ${hosts}\n  tasks:\n${indented}\n`, running)
}

function lineOf(server: Server, variables: Readonly<Record<string, string | undefined>> = {}): string {
  const all = {
    ansible_connection: 'ssh',
    ansible_host: '127.0.0.1',
    ansible_port: String(server.port),
    ansible_ssh_private_key_file: server.keyFile,
    ansible_ssh_common_args: argsOf(server),
    ...variables,
  }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  return given.map(([name, value]) => `${name}='${value}'`).join(' ')
}

function argsOf(server: Server): string {
  return `-F none -o IdentityAgent=none -o IdentityFile=none -o UserKnownHostsFile=${server.knownHostsFile}`
}

/** A key that the server takes, with options in front of its line in authorized_keys. */
function anotherKey(server: Server, options: string): string {
  const path = join(server.folder, 'another')
  generateKey(path)
  appendFileSync(join(server.folder, 'authorized_keys'), `${options} ${readFileSync(`${path}.pub`, 'utf8')}`)
  return path
}

function logins(server: Server): number {
  return server.log().match(/Accepted (publickey|password)/g)?.length ?? 0
}

/** What was told of connections, and of hosts that were through with a task, in its order. */
function told({ events }: Ran): string[] {
  const about = (event: Event) => {
    if (event.type === 'connecting' || event.type === 'connected') return [`${event.type} ${event.host}`]
    return event.type === 'host-finished' ? [`${event.task.name} ${event.host}`] : []
  }
  return events.flatMap(about)
}

test('tasks with the same login share it', async () => {
  await withServer([], async (server, play) => {
    const ran = await play(`
- {name: a, command: echo a}
- {name: b, command: echo b, vars: {ansible_ssh_private_key_file: ${server.keyFile}, ansible_timeout: 7}}
- {name: c, stat: {path: /}, become: true, become_method: su}
`)
    assert.equal(ran.steps, ['a one changed', 'b one changed', 'c one ok'])
    assert.is(logins(server), 1)
    assert.equal(told(ran), ['connecting one', 'connected one', 'a one', 'b one', 'c one'])
  })
})

test('two names of one login share it, and each is told of', async () => {
  await withServer([], async (server) => {
    const ran = await play(
      `one ${lineOf(server)}\ntwo ${lineOf(server)}`,
      '- {name: a, command: echo a, throttle: 1}\n- {name: b, command: echo b}',
    )
    assert.is(ran.exitStatus, 0)
    assert.is(logins(server), 1)
    assert.equal(
      told(ran)
        .filter((line) => line.startsWith('connect'))
        .sort(),
      ['connected one', 'connected two', 'connecting one', 'connecting two'],
    )
  })
})

test('a task that names another key logs in with that', async () => {
  await withServer(['PermitUserEnvironment yes'], async (server, play) => {
    const key = anotherKey(server, 'environment="KEY=another"')
    const ran = await play(`
- {name: a, shell: 'echo "\${KEY-first}"'}
- {name: b, shell: 'echo "\${KEY-first}"', vars: {ansible_ssh_private_key_file: ${key}}}
- {name: c, shell: 'echo "\${KEY-first}"'}
- {name: d, shell: 'echo "\${KEY-first}"', vars: {ansible_ssh_private_key_file: ${key}}}
`)
    const said = ['a', 'b', 'c', 'd'].map((task) => ran.result(task).values.stdout)
    assert.equal(said, ['first', 'another', 'first', 'another'])
    assert.is(logins(server), 2)
    assert.equal(told(ran), [
      ...['connecting one', 'connected one', 'a one'],
      ...['connecting one', 'connected one', 'b one'],
      ...['c one', 'd one'],
    ])
  })
})

test('a task whose key is refused is unreachable, when its turn comes', async () => {
  await withServer([], async (server, play) => {
    const key = join(server.folder, 'refused')
    generateKey(key)
    const ran = await play(`
- {name: a, stat: {path: /}}
- {name: b, stat: {path: /tmp}, vars: {ansible_ssh_private_key_file: ${key}}, ignore_unreachable: true}
- {name: c, stat: {path: /etc}}
`)
    assert.equal(ran.steps, ['a one ok', 'b one unreachable', 'c one ok'])
    assert.match(ran.result('b').message ?? '', /does not let \S+ in: tried key .*\/refused/)
    assert.equal(told(ran), ['connecting one', 'connected one', 'a one', 'connecting one', 'b one', 'c one'])
    assert.is(server.log().match(/Connection from/g)?.length, 2)
  })
})

test('a task with another ProxyCommand, or another jump host, goes that way', async () => {
  const near = await startServer()
  try {
    await withServer([], async (server) => {
      const script = join(server.folder, 'relay')
      const mark = join(server.folder, 'relayed')
      writeFileSync(script, `#!/bin/sh\n: >${mark}\nexec busybox nc "$1" "$2"\n`, { mode: 0o755 })
      const ran = await play(
        `one ${lineOf(server)}\nnear ${lineOf(near)}`,
        `
- {name: a, command: echo a}
- name: b
  command: echo b
  vars: {ansible_ssh_common_args: '${argsOf(server)} -o "ProxyCommand=${script} %h %p"'}
- name: c
  command: echo c
  vars: {ansible_ssh_extra_args: '-J near'}
- name: d
  command: echo d
  vars: {ansible_ssh_args: '-o "ProxyCommand=echo no way >&2; false"', ansible_timeout: 1}
`,
        'one',
      )
      assert.is(ran.problems, '')
      assert.equal(ran.steps, ['a one changed', 'b one changed', 'c one changed', 'd one unreachable'])
      assert.ok(existsSync(mark))
      assert.is(logins(near), 1)
      assert.is(logins(server), 3)
      assert.match(ran.result('d').message ?? '', /no way/)
    })
  } finally {
    await near.stop()
  }
})

test('a task of another user, or with another password, logs in as it says', async () => {
  const user = new TestUser()
  try {
    await withServer(['PasswordAuthentication yes'], async (server, play) => {
      const ran = await play(
        `
- {name: a, command: id -un}
- {name: b, command: id -un, vars: {ansible_password: wrong}, ignore_unreachable: true}
- {name: c, command: id -un, vars: {ansible_user: root, ansible_ssh_private_key_file: ${server.keyFile}}}
- {name: d, command: id -un}
`,
        { ansible_user: user.name, ansible_password: user.password, ansible_ssh_private_key_file: undefined },
      )
      assert.equal(ran.steps, ['a one changed', 'b one unreachable', 'c one changed', 'd one changed'])
      assert.match(ran.result('b').message ?? '', /tried password/)
      const names = ['a', 'c', 'd'].map((task) => ran.result(task).values.stdout)
      assert.equal(names, [user.name, 'root', user.name])
      assert.is(logins(server), 2)
      assert.not.match(JSON.stringify(ran.events), /horse/)
    })
  } finally {
    user.remove()
  }
})

test('a task that has the host key checked does not go over a login that did not', async () => {
  await withServer([], async (_, play) => {
    const ran = await play(
      `
- {name: a, command: echo a}
- {name: b, command: echo b, vars: {ansible_host_key_checking: true}}
`,
      {
        ansible_host_key_checking: 'false',
        ansible_ssh_common_args: '-F none -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null',
      },
    )
    assert.equal(ran.steps, ['a one changed', 'b one unreachable'])
    assert.match(ran.result('b').message ?? '', /its host key is unknown/)
  })
})

test('reset_connection drops the login of its step, and no other', async () => {
  await withServer(['PermitUserEnvironment yes'], async (server, play) => {
    const key = anotherKey(server, 'environment="KEY=another"')
    const ran = await play(`
- {name: a, shell: echo a}
- {name: b, shell: echo b, vars: {ansible_ssh_private_key_file: ${key}}}
- meta: reset_connection
  vars: {ansible_ssh_private_key_file: ${key}}
- {name: c, shell: echo c}
- {name: d, shell: echo d, vars: {ansible_ssh_private_key_file: ${key}}}
- meta: reset_connection
- {name: e, shell: echo e}
- {name: f, shell: echo f, vars: {ansible_ssh_private_key_file: ${key}}}
`)
    assert.is(ran.exitStatus, 0)
    const connecting = ['connecting one', 'connected one']
    assert.equal(told(ran), [
      ...[...connecting, 'a one', ...connecting, 'b one'],
      ...['c one', ...connecting, 'd one'],
      ...[...connecting, 'e one', 'f one'],
    ])
    assert.is(logins(server), 4)
  })
})

test('wait_for_connection waits for the login that it would use', async () => {
  await withServer([], async (server, play) => {
    const key = join(server.folder, 'refused')
    generateKey(key)
    const ran = await play(`
- {name: a, command: echo a}
- {name: b, wait_for_connection: {timeout: 1}, vars: {ansible_ssh_private_key_file: ${key}}, ignore_errors: true}
- {name: c, command: echo c}
`)
    assert.equal(ran.steps, ['a one changed', 'b one failed', 'c one changed'])
    assert.match(ran.result('b').message ?? '', /timed out after 1 s: .* does not let/)
    assert.is(logins(server), 1)
  })
})

test.run()
