import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'
import { startServer } from '../support/server.ts'
import { startWeb } from '../support/web.ts'

const test = suite('large contents on their way')
const folder = mkdtempSync(join(tmpdir(), 'transfers-'))
test.after(() => rmSync(folder, { recursive: true }))

test('how far one is, is told, and of small ones nothing', async () => {
  const large = join(folder, 'large')
  writeFileSync(large, Buffer.alloc(8 * 1024 * 1024, 'x'))
  const ran = await runText(`- hosts: all
  tasks:
    - copy: {src: ${large}, dest: ${folder}/copy}
    - fetch: {src: ${folder}/copy, dest: ${folder}/fetched, flat: true}
    - copy: {content: ${'y'.repeat(100_000)}, dest: ${folder}/small}`)
  assert.is(ran.exitStatus, 0)
  assert.is(statSync(join(folder, 'fetched')).size, 8 * 1024 * 1024)
  const told = ran.events.flatMap((event) =>
    event.type === 'transferred'
      ? [[event.task.action, event.of, event.bytes > 0 && event.bytes <= event.of!]]
      : [],
  )
  assert.equal(
    [...new Set(told.map((one) => JSON.stringify(one)))],
    ['["copy",8388608,true]', '["fetch",8388608,true]'],
  )
})

test('a download is told that a host behind SSH makes, with no_log too', async () => {
  const server = await startServer()
  const web = await startWeb({
    '/slow': (_, response) => {
      response.write(Buffer.alloc(500_000))
      setTimeout(() => response.end(Buffer.alloc(500_000)), 1500)
    },
  })
  try {
    const { port, keyFile, knownHostsFile } = server
    const inventory = `far ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=${port} ansible_user=root ansible_ssh_private_key_file=${keyFile} ansible_ssh_common_args='-F none -o UserKnownHostsFile=${knownHostsFile}'`
    const ran = await runText(
      `- hosts: all
  tasks:
    - {name: it, get_url: {url: ${web.url}/slow, dest: ${folder}/slow}, no_log: true}`,
      { files: { inventory }, hosts: ['far'], args: ['-i', 'HERE/inventory'] },
    )
    assert.is(ran.result('it').status, 'changed')
    const told = ran.events.flatMap((event) => (event.type === 'transferred' ? [event] : []))
    assert.is(told.at(-1)?.bytes, 1_000_000)
    assert.ok(told.length >= 2)
    assert.equal(
      told.map(({ bytes, of }) => [bytes > 0 && bytes <= 1_000_000, of]),
      told.map(() => [true, undefined]),
    )
  } finally {
    await web.close()
    await server.stop()
  }
})

test.run()
