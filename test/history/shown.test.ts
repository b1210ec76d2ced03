import { rmSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compared, failedHosts, listed } from '../../src/history/shown.ts'
import { ok, result } from '../report/events.ts'
import { asked, kept, mode, newFolder } from './kept.ts'

const test = suite<{ folder: string }>('runs that are listed')

test.before.each((context) => {
  context.folder = newFolder()
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

test('hosts that failed are those of the last run from the same folder', async ({ folder }) => {
  const failed = async (from: string) => (await asked(folder, (past) => failedHosts(past, from))).answer
  assert.is(await failed('/here'), undefined)
  await kept(folder, { z: result('failed'), 'b\0': result('unreachable'), c: ok() })
  await kept(folder, { c: result('failed') }, '/elsewhere')
  assert.equal(await failed('/here'), ['z', 'b\0'])
  assert.is(await failed('/nowhere'), undefined)
  await kept(folder, { z: ok() })
  assert.equal(await failed('/here'), [])
})

test('a list says what came of each, and a comparison what differs', async ({ folder }) => {
  await kept(folder, { a: mode, b: ok(), c: result('unreachable') })
  await kept(folder, { a: ok(), b: result('failed', { message: 'no' }), c: result('unreachable') })
  const { answer } = await asked(folder, listed)
  assert.equal(
    answer.map((line) => line.replace(/\d{4}-\S+ \S+/, 'DATE')),
    [
      '1  DATE        1.8 s  site.yml  3 hosts: 1 unreachable, 1 changed',
      '2  DATE        1.8 s  site.yml  3 hosts: 1 failed, 1 unreachable',
    ],
  )
  assert.equal((await asked(folder, (past) => compared(past, 1, 2))).answer, [
    '--- run 1: 2 findings',
    '+++ run 2: 2 findings',
    '- a: file /etc/motd',
    '+ b: failed: motd',
    '1 in both',
  ])
  const same = (await asked(folder, (past) => compared(past, 2, 2))).answer
  assert.equal(same, ['--- run 2: 2 findings', '+++ run 2: 2 findings', '2 in both'])
})

test('no escape sequence of a host reaches the terminal', async ({ folder }) => {
  await kept(folder, { '\x1b[2Ja': mode })
  await kept(folder, { b: mode })
  const { answer } = await asked(folder, (past) => compared(past, 1, 2))
  assert.equal(answer.slice(2, 4), ['- a: file /etc/motd', '+ b: file /etc/motd'])
})

test.run()
