import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'
import { startServer } from '../support/server.ts'

/** A folder whose programs `names`, put first in PATH, stop as on a file system that does not answer. */
function stuck(...names: string[]): { folder: string; bin: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'stuck-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const name of names) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho $$ >>${folder}/pids\nkill -STOP $$\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return { folder, bin, remove: () => rmSync(folder, { recursive: true }) }
}

/** The programs that had stopped have ended: a signal takes its time. */
async function haveEnded(folder: string): Promise<void> {
  const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n')
  await nothingOf(() => pids.filter((pid) => existsSync(`/proc/${pid}/exe`)))
}

/** Waits, half a minute at most, until there is nothing left. */
async function nothingOf(left: () => string[]): Promise<void> {
  for (let looks = 0; left().length > 0 && looks < 600; looks += 1) await sleep(50)
  assert.equal(left(), [])
}

const connections: [string, () => Promise<{ variables: string; stop(): Promise<void> }>][] = [
  ['local', async () => ({ variables: 'ansible_connection=local', stop: async () => {} })],
  [
    'ssh',
    async () => {
      const server = await startServer()
      const { port, keyFile, stop } = server
      const options = '-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
      const variables = `ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=${port} ansible_ssh_private_key_file=${keyFile} ansible_ssh_common_args='${options}'`
      return { variables, stop }
    },
  ],
]

for (const [name, start] of connections) {
  test(`a small file that is written too slowly is given up: ${name}`, async () => {
    const { variables, stop } = await start()
    const { folder, bin, remove } = stuck('cat')
    try {
      const ran = await runText(
        `
- hosts: all
  tasks:
    - {name: login, stat: {path: /}}
    - {name: a, copy: {content: new, dest: ${folder}/a}, environment: {PATH: "${bin}:/usr/bin:/bin"}, timeout: 3, ignore_errors: true}
    - {name: b, copy: {content: new, dest: ${folder}/b}}
    - {name: c, command: ls -A ${folder}}
`,
        { files: { hosts: `one ${variables}` }, args: ['-i', 'HERE/hosts'] },
      )
      assert.equal(ran.steps, ['login one ok', 'a one failed', 'b one changed', 'c one changed'])
      assert.is(ran.result('a').message, 'timed out: the task took longer than 3 s')
      assert.is(readFileSync(join(folder, 'b'), 'utf8'), 'new')
      await haveEnded(folder)
      // The shell that is told to end takes away what it had half written, while the others go on.
      await nothingOf(() => readdirSync(folder).filter((file) => !['b', 'bin', 'pids'].includes(file)))
    } finally {
      await stop()
      remove()
    }
  })

  test(`a probe that takes too long is given up: ${name}`, async () => {
    const { variables, stop } = await start()
    const { folder, bin, remove } = stuck('stat')
    try {
      const ran = await runText(
        `
- hosts: all
  tasks:
    - {name: login, stat: {path: /}}
    - {name: a, stat: {path: ${folder}}, environment: {PATH: "${bin}:/usr/bin:/bin"}, timeout: 3, ignore_errors: true}
    - {name: b, stat: {path: ${folder}}}
    - {name: c, copy: {content: new, dest: ${folder}/c}}
`,
        { files: { hosts: `one ${variables}` }, args: ['-i', 'HERE/hosts'] },
      )
      assert.equal(ran.steps, ['login one ok', 'a one failed', 'b one ok', 'c one changed'])
      assert.is(ran.result('a').message, 'timed out: the task took longer than 3 s')
      await haveEnded(folder)
    } finally {
      await stop()
      remove()
    }
  })
}

test('a second interrupt cuts what the resident shell does', async () => {
  const { folder, bin, remove } = stuck('cat')
  try {
    const ran = await runText(
      `- {hosts: all, tasks: [{name: a, copy: {content: new, dest: ${folder}/a}, environment: {PATH: "${bin}:/usr/bin:/bin"}}]}`,
      {
        onEvent: (event, interrupt) => {
          if (event.type !== 'connected') return
          setTimeout(() => interrupt.request(), 500)
          setTimeout(() => interrupt.request(), 600)
        },
      },
    )
    assert.is(ran.exitStatus, 99)
    await haveEnded(folder)
  } finally {
    remove()
  }
})

test.run()
