import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, runText } from '../support/playbook.ts'
import { startServer } from '../support/server.ts'
import { TestUser } from '../support/user.ts'

const flood = (bytes: number) => `- hosts: all
  gather_facts: false
  tasks:
    - {name: flood, shell: "head -c ${bytes} /dev/zero | tr '\\\\0' x", register: said, ignore_errors: true}
`

/** Runs it in a folder with these settings. */
async function runWith(settings: string, playbook: string): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-settings-'))
  const before = process.cwd()
  writeFileSync(join(folder, 'playssh.yml'), settings)
  process.chdir(folder)
  try {
    return await runText(playbook)
  } finally {
    process.chdir(before)
    rmSync(folder, { recursive: true })
  }
}

test('an output longer than max_output fails its task and says so', async () => {
  const within = await runWith('max_output: 1\n', flood(1024 * 1024))
  assert.is(within.result('flood').status, 'changed')
  const beyond = await runWith('max_output: 1\n', flood(1024 * 1024 + 1))
  assert.is(beyond.result('flood').status, 'failed')
  assert.match(
    beyond.result('flood').message!,
    /printed more than 1 MiB.*max_output in playssh\.yml.*status 0/,
  )
  assert.is((await runText(flood(1024 * 1024 + 1))).result('flood').status, 'changed')
})

test('max_output is a number that a text can be as long as', async () => {
  for (const wrong of ['0', '-1', '257', 'much', '[1]']) {
    const { problems } = await runWith(`max_output: ${wrong}\n`, flood(1))
    assert.match(problems, /playssh\.yml:1:13: /, wrong)
  }
})

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

test.run()
