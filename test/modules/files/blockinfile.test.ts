import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { blockinfile } from '../../../src/modules/files/blockinfile.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { faultsOf, planOf, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('blockinfile')
const BEGIN = '# BEGIN ANSIBLE MANAGED BLOCK\n'
const END = '# END ANSIBLE MANAGED BLOCK\n'
const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`

type Raw = Record<string, unknown>
const TABLE: [raw: Raw, before: string, changes: unknown[]][] = [
  [{ block: 'a' }, '', [['block', null, `${BEGIN}a\n${END}`]]],
  [{ block: 'a' }, `x\n${BEGIN}a\n${END}y`, []],
  [{ block: 'a\n' }, `${BEGIN}a\n${END}`, []],
  [{ block: '0' }, `${BEGIN}a\n${END}`, [['block', `${BEGIN}a\n${END}`, `${BEGIN}0\n${END}`]]],
  [{ block: '' }, `${BEGIN}a\n${END}`, [['block', `${BEGIN}a\n${END}`, null]]],
  [{ state: 'absent', block: 'b' }, `${BEGIN}a\n${END}`, [['block', `${BEGIN}a\n${END}`, null]]],
  [{ state: 'absent' }, 'x', []],
  [{ block: 'a', mode: '0600' }, `${BEGIN}a\n${END}`, [['mode', '0644', '0600']]],
  [{ block: 'a', marker: '; {mark} $& x' }, '; BEGIN $& x\na\n; END $& x\n', []],
  [
    { block: 'a', marker_begin: '<', marker_end: '>' },
    '# < ANSIBLE MANAGED BLOCK\na\n# > ANSIBLE MANAGED BLOCK\n',
    [],
  ],
]

test('an expression that would take for ever is an error that names it and the file', () => {
  for (const insertafter of ['(b+)+$', '(?m)(b+)+$']) {
    assert.throws(
      () => planOf(blockinfile, { path: '/f', block: 'a', insertafter }, there(`${'b'.repeat(50)}!\n`)),
      (error: Error) => error.message.startsWith(`the regular expression "${insertafter}" takes more than`),
    )
  }
})

test('what differs', () => {
  for (const [raw, before, changes] of TABLE) {
    assert.equal(
      rows(planOf(blockinfile, { path: '/f', ...raw }, there(before))),
      changes,
      JSON.stringify(raw),
    )
  }
})

test('a file that is not there', () => {
  const missing = `${filesText(undefined, FOLDER)}0`
  assert.match(planOf(blockinfile, { path: '/d/f', block: 'a' }, missing).failed ?? '', /does not exist/)
  assert.equal(planOf(blockinfile, { path: '/d/f', state: 'absent' }, missing).changes, [])
  assert.equal(rows(planOf(blockinfile, { path: '/d/f', create: true }, missing)), [
    ['state', 'absent', 'file'],
    ['block', null, null],
  ])
})

const FAULTS: [raw: Raw, fault: RegExp][] = [
  [{ marker: 'same' }, /must hold \{mark\}/],
  [{ marker: '# {mark}\n#' }, /one line/],
  [{ marker_begin: 'x', marker_end: 'x' }, /must differ/],
  [{ insertafter: '(' }, /^insertafter: /],
  [{ insertafter: 'a', insertbefore: 'b' }, /not both/],
]

test('wrong arguments', () => {
  for (const [raw, fault] of FAULTS) {
    const [first = ''] = faultsOf(blockinfile, { path: '/f', ...raw })
    assert.match(first, fault)
  }
})

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
