import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogFile } from '../../src/report/log-file.ts'
import { ProblemError } from '../../src/values/problem.ts'

const test = suite('logs')

test('what is told is added to the file, each line with its time, for nobody else to read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'))
  try {
    const path = join(folder, 'run.log')
    for (const text of ['\nPLAY [a]\nTASK [b]\n', 'ok: [one]\n']) {
      const log = new LogFile(path)
      log.write(text)
      await log.end()
    }
    const lines = readFileSync(path, 'utf8').split('\n')
    assert.equal(
      lines.map((line) => line.replace(/^[\d-]+T[\d:.]+Z \| /, '+ ')),
      ['+ PLAY [a]', '+ TASK [b]', '+ ok: [one]', ''],
    )
    assert.is(statSync(path).mode & 0o777, 0o600)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('one that cannot be written is a problem at the end', async () => {
  const log = new LogFile('/no/such/folder/run.log')
  log.write('x\n')
  try {
    await log.end()
    assert.unreachable()
  } catch (error) {
    assert.ok(error instanceof ProblemError)
    assert.is(error.message, 'the log /no/such/folder/run.log could not be written (ENOENT)')
  }
})

test.run()
