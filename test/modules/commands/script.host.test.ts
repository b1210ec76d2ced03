import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { script } from '../../../src/modules/commands/script.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { cmd, MARK } from './job.ts'

const test = suite('script: on hosts')
let all: Host[] = []
let folder = ''

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'script '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

function leftovers(): string[] {
  const scripts = readdirSync('/tmp').filter((name) => name.startsWith('playssh.'))
  return scripts.filter((name) => {
    try {
      return readFileSync(join('/tmp', name), 'latin1').includes(MARK)
    } catch {
      return false
    }
  })
}

test('run with its words, where it is to run; nothing of it stays', async () => {
  const text = '#!/bin/sh\npwd\nprintf "%s|" "$@"\ncat\necho oops >&2\nexit 3\n'
  for (const { session } of all) {
    const { result: conclusion } = await applyModule(session, script, {
      cmd: cmd(text, '"a  b" $((1+1)) ü'),
      chdir: folder,
    })
    const { rc, stdout, stderr } = conclusion.result ?? {}
    assert.equal([rc, stdout, stderr], [3, `${folder}\na  b|2|ü|`, 'oops\n'])
    assert.is(conclusion.failed, 'non-zero return code')
    assert.equal(leftovers(), [])
  }
})

test('bytes that are no text, another program, and no first line', async () => {
  for (const { session } of all) {
    const binary = {
      ...cmd(''),
      file: { path: '/b', mode: 0, content: contentOf(Buffer.from(`cat <<X\n\0\xff\nX\n${MARK}`, 'latin1')) },
    }
    const plain = await applyModule(session, script, { cmd: cmd('echo "plain $1"', '1') })
    assert.is(plain.result.result?.stdout, 'plain 1\n')
    const other = await applyModule(session, script, { cmd: binary, executable: '/usr/bin/wc' })
    assert.match(String(other.result.result?.stdout), /^ *4 +5 +28 /)
    const missing = await applyModule(session, script, { cmd: cmd('true'), chdir: '/none' })
    assert.match(String(missing.result.result?.stderr), /Unable to change directory before execution: \/none/)
    assert.equal(leftovers(), [])
  }
})

test('killed in the middle, it is gone as well', async () => {
  for (const { session } of all) {
    const mark = join(folder, 'started')
    const running = applyModule(session, script, { cmd: cmd(`: >'${mark}'; sleep 60`) })
    while (!readdirSync(folder).includes('started')) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.is(leftovers().length, 1)
    session.kill()
    await running.catch((error: Error) => assert.is(error.name, 'Unreachable'))
    for (let tries = 0; tries < 100 && leftovers().length > 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(leftovers(), [])
    rmSync(mark)
  }
})

test.run()
