import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { blockinfile } from '../../../src/modules/files/blockinfile.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import type { Raw } from '../../support/plan.ts'
import { BEGIN, END } from './markers.ts'

const test = suite('blockinfile: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'block '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

const PLACES: [raw: Raw, before: string, after: string][] = [
  [{ block: 'a' }, 'x', `x\n${BEGIN}a\n${END}`],
  [{ block: 'a', insertbefore: 'BOF' }, 'x', `${BEGIN}a\n${END}x`],
  [{ block: 'a', insertafter: '^x' }, 'x\nx\ny\n', `x\nx\n${BEGIN}a\n${END}y\n`],
  [{ block: 'a', insertbefore: '^x' }, 'x\nx\ny\n', `x\n${BEGIN}a\n${END}x\ny\n`],
  [{ block: 'a', insertafter: '(?m)^x\ny$' }, 'x\ny\nz\n', `x\ny\n${BEGIN}a\n${END}z\n`],
  [{ block: 'a', insertbefore: '(?m)^y\nz$' }, 'x\ny\nz\n', `x\n${BEGIN}a\n${END}y\nz\n`],
  [{ block: 'b' }, `x\n${BEGIN}a\n${END}y`, `x\n${BEGIN}b\n${END}y`],
  [{ block: 'b' }, `x\n${END}a\n${BEGIN}y`, `x\n${BEGIN}b\n${END}y`],
  [{ state: 'absent' }, `x\n${BEGIN}a\n${END}y`, 'x\ny'],
  [{ state: 'absent' }, `x\n${BEGIN}a\n${END.trim()}`, 'x\n'],
  [
    { block: 'a', insertafter: '^x', prepend_newline: true, append_newline: true },
    'x\ny\n',
    `x\n\n${BEGIN}a\n${END}\ny\n`,
  ],
  [{ block: 'a', prepend_newline: true, append_newline: true }, '', `${BEGIN}a\n${END}`],
]

test('where blocks go, and then nothing is left to do', async () => {
  for (const { session } of all) {
    for (const [raw, before, after] of PLACES) {
      const path = join(folder, '-odd \'\n" name')
      writeFileSync(path, before)
      await applyModule(session, blockinfile, { path, ...raw })
      assert.is(readFileSync(path, 'utf8'), after)
      assert.equal((await applyModule(session, blockinfile, { path, ...raw })).plan.changes, [])
    }
  }
})

test('every other byte stays', async () => {
  for (const { session } of all) {
    const path = join(folder, 'bytes')
    const odd = Buffer.from([0, 255, 13, 10, 0xc3, 10, 10, 0x80])
    writeFileSync(path, Buffer.concat([odd, Buffer.from(`\n${BEGIN}a\n${END}`), odd]))
    await applyModule(session, blockinfile, { path, block: 'b' })
    assert.equal(readFileSync(path), Buffer.concat([odd, Buffer.from(`\n${BEGIN}b\n${END}`), odd]))
    await applyModule(session, blockinfile, { path, state: 'absent' })
    assert.equal(readFileSync(path), Buffer.concat([odd, Buffer.from('\n'), odd]))
  }
})

test('a backup, and a file that is made', async () => {
  for (const { session, name } of all) {
    const path = join(folder, name)
    const raw = { path, block: 'a', create: true, backup: true, mode: 'u=rw,go=' }
    assert.equal((await applyModule(session, blockinfile, raw)).result.result, {})
    assert.equal((await applyModule(session, blockinfile, raw)).plan.changes, [])
    const { result: conclusion } = await applyModule(session, blockinfile, { ...raw, block: 'b' })
    assert.is(readFileSync(String(conclusion.result?.backup_file), 'utf8'), `${BEGIN}a\n${END}`)
  }
})

test.run()
