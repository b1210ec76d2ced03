import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'
import { startServer } from '../support/server.ts'
import { TestUser } from '../support/user.ts'

test('a login that waits is unreachable after ansible_timeout, with what it said', async () => {
  const home = mkdtempSync(join(tmpdir(), 'playssh-home-'))
  chmodSync(home, 0o755)
  writeFileSync(join(home, '.bashrc'), 'echo wait a moment; sleep 100\n')
  const user = new TestUser({ shell: '/bin/bash', home })
  const server = await startServer()
  chmodSync(server.folder, 0o755)
  try {
    const { port, keyFile } = server
    const options = '-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
    const inventory = `all: {hosts: {slow: {ansible_host: 127.0.0.1, ansible_connection: ssh, ansible_port: ${port}, ansible_user: ${user.name}, ansible_ssh_private_key_file: ${keyFile}, ansible_ssh_common_args: "${options}", ansible_timeout: 2}}}\n`
    const play = '- hosts: all\n  gather_facts: false\n  tasks: [{name: asked, command: id}]\n'
    const files = { 'hosts.yml': inventory }
    const ran = await runText(play, { files, args: ['-i', 'HERE/hosts.yml'] })
    assert.is(ran.result('asked', 'slow').status, 'unreachable')
    assert.match(ran.result('asked', 'slow').message!, /within 2 s; the host said: wait a moment/)
  } finally {
    await server.stop()
    user.remove()
    rmSync(home, { recursive: true, force: true })
  }
})
