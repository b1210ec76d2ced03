import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

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
      ? [[event.task.action, event.of, event.bytes > 0 && event.bytes <= event.of]]
      : [],
  )
  assert.equal(
    [...new Set(told.map((one) => JSON.stringify(one)))],
    ['["copy",8388608,true]', '["fetch",8388608,true]'],
  )
})

test.run()
