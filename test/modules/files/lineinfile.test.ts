import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lineinfile } from '../../../src/modules/files/lineinfile.ts'
import { LocalTransport } from '../../../src/remote/local.ts'
import { Session } from '../../../src/remote/session.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, faultsOf, planOf, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('lineinfile')
const there = (content: string, ids = '') => `${filesText(statText(), FOLDER)}${ids}1${content}`

type Raw = Record<string, unknown>
const TABLE: [raw: Raw, before: string, changes: unknown[]][] = [
  [{ line: 'a' }, 'a\n', []],
  [{ line: 'a' }, '', [['line', null, 'a']]],
  [{ line: 'b' }, 'a', [['line', null, 'b']]],
  [{ line: '' }, 'a\n', [['line', null, '']]],
  [{ line: '' }, '\n', []],
  [{ line: 'a' }, 'a', [['line', 'a', 'a\n']]],
  [{ line: 'a' }, 'a\r\n', [['line', 'a\r\n', 'a\n']]],
  [{ line: '0', regexp: '^n' }, 'n=1\nn=2\n', [['line', 'n=2', '0']]],
  [{ line: '0', regexp: '^n', firstmatch: true }, 'n=1\nn=2\n', [['line', 'n=1', '0']]],
  [{ line: 'x', search_string: '.' }, 'a\nb.\n', [['line', 'b.', 'x']]],
  [{ line: '\\2\\g<k>', regexp: '^(?P<k>.)(.)', backrefs: true }, 'ab\n', [['line', 'ab', 'ba']]],
  [{ line: 'x', regexp: 'none', backrefs: true }, 'ab\n', []],
  [{ line: 'a', state: 'absent' }, 'a\nb\na\n', [['line', 'a\na', null]]],
  [{ regexp: 'b$', state: 'absent' }, 'ab\na\n', [['line', 'ab', null]]],
  [{ search_string: 'z', state: 'absent' }, 'a\n', []],
  [
    { line: 'a', mode: '0600', owner: '1', group: '2' },
    'a\n',
    [
      ['owner', '0', '1'],
      ['group', '0', '2'],
      ['mode', '0644', '0600'],
    ],
  ],
  [{ line: 'ü', regexp: 'ü' }, 'ü\n', []],
  [{ line: 'ü', regexp: 'ü' }, 'xü\n', [['line', 'xü', 'ü']]],
]

test('what was read where nothing had been seen is not written', () => {
  const swapped = `${filesText(undefined, FOLDER)}1SECRET\n`
  const { actions } = planOf(lineinfile, { path: '/f', line: 'a', create: true }, swapped)
  assert.equal(
    actions?.map((action) => 'content' in action && action.content.text()),
    ['a\n'],
  )
})

test('what differs', () => {
  for (const [raw, before, changes] of TABLE) {
    assert.equal(
      rows(planOf(lineinfile, { path: '/f', ...raw }, there(before))),
      changes,
      JSON.stringify(raw),
    )
  }
})

test('an expression that would take for ever is an error that names it and the file', () => {
  const before = there(`${'a'.repeat(50)}!\n`)
  const slow = /"\(a\+\)\+\$" takes more than \S+ s on \/f \(52 characters, "a{30}\.\.\."\)/
  for (const raw of [
    { line: 'x', regexp: '(a+)+$' },
    { regexp: '(a+)+$', state: 'absent' },
    { line: 'x', insertafter: '(a+)+$' },
    { line: 'x', insertbefore: '(a+)+$' },
  ]) {
    assert.throws(() => planOf(lineinfile, { path: '/f', ...raw }, before), slow)
  }
})

test('hundred thousand lines are removed at once', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `${index}\n`).join('')
  const started = performance.now()
  const { changes } = planOf(lineinfile, { path: '/f', regexp: '[05]$', state: 'absent' }, there(lines))
  assert.is(String(changes[0]!.before).split('\n').length, 20_000)
  assert.ok(performance.now() - started < 10_000)
})

test('files that are not there, and folders', () => {
  const missing = `${filesText(undefined, FOLDER)}0`
  assert.equal(
    planOf(lineinfile, { path: '/d/f', line: 'a' }, missing).failed,
    '/d/f does not exist; "create: true" makes it',
  )
  assert.equal(rows(planOf(lineinfile, { path: '/d/f', line: 'a', create: true, mode: '0600' }, missing)), [
    ['state', 'absent', 'file'],
    ['line', null, 'a'],
    ['mode', null, '0600'],
  ])
  assert.equal(
    rows(
      planOf(lineinfile, { path: '/d/f', line: 'a', create: true }, `${filesText(undefined, undefined)}0`),
    )[0],
    ['folder /d', null, 'directory'],
  )
  const gone = planOf(lineinfile, { path: '/d/f', line: 'a', state: 'absent' }, missing)
  assert.equal([gone.changes, gone.result?.msg], [[], 'file not present'])
  assert.is(
    planOf(lineinfile, { path: '/d', line: 'a' }, `${filesText(FOLDER, FOLDER)}0`).failed,
    '/d is a directory; give the path of a file',
  )
})

test('an unknown user is a failure, under check a difference', () => {
  const raw = { path: '/f', line: 'a', owner: 'ann' }
  assert.match(planOf(lineinfile, raw, there('a\n', '\n')).failed ?? '', /there is no user "ann"/)
  assert.equal(rows(planOf(lineinfile, raw, there('a\n', '\n'), CHECK)), [['owner', 'root', 'ann']])
  assert.equal(rows(planOf(lineinfile, raw, there('a\n', '7\n'))), [['owner', 'root', 'ann']])
})

test('a diff has both sides as text, unless they are none', () => {
  const diff = { check: true, diff: true }
  const plan = planOf(lineinfile, { path: '/f', line: 'b' }, there('a\n'), diff)
  assert.equal(plan.changes[0]?.text, { before: 'a\n', after: 'a\nb\n' })
  assert.is(planOf(lineinfile, { path: '/f', line: 'b' }, there('a\0\n'), diff).changes[0]?.text, undefined)
  assert.is(
    planOf(lineinfile, { path: '/f', line: 'b' }, there('x'.repeat(2e6)), diff).changes[0]?.text,
    undefined,
  )
  assert.is(planOf(lineinfile, { path: '/f', line: 'b' }, there('a\n')).changes[0]?.text, undefined)
})

const FAULTS: [raw: Raw, fault: RegExp][] = [
  [{}, /needs "line"/],
  [{ state: 'absent' }, /needs "line", "regexp" or "search_string"/],
  [{ line: 'a\nb' }, /blockinfile/],
  [{ line: 'a', regexp: '(' }, /^regexp: "\(" is no regular expression/],
  [{ line: 'a', insertafter: 'EOF', insertbefore: 'BOF' }, /not both/],
  [{ line: 'a', regexp: 'a', search_string: 'a' }, /not both/],
  [{ line: 'a', backrefs: true }, /backrefs needs "regexp"/],
  [{ line: 'a', validate: 'visudo -cf' }, /must hold %s/],
  [{ line: 'a', lines: 'b' }, /no argument "lines"/],
]

test('wrong arguments', () => {
  for (const [raw, fault] of FAULTS) {
    const [first = ''] = faultsOf(lineinfile, { path: '/f', ...raw })
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
  folder = mkdtempSync(join(tmpdir(), 'lines '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

const PLACES: [raw: Raw, before: string, after: string][] = [
  [{ line: 'x' }, 'a', 'a\nx\n'],
  [{ line: 'x' }, '', 'x\n'],
  [{ line: 'x', insertafter: 'BOF' }, 'a\n', 'x\na\n'],
  [{ line: 'x', insertbefore: 'BOF' }, 'a', 'x\na'],
  [{ line: 'x', insertafter: '^a' }, 'a\na2\nb\n', 'a\na2\nx\nb\n'],
  [{ line: 'x', insertafter: '^a', firstmatch: true }, 'a\na2\nb\n', 'a\nx\na2\nb\n'],
  [{ line: 'x', insertafter: '^b' }, 'a\nb', 'a\nb\nx\n'],
  [{ line: 'x', insertbefore: '^a' }, 'a\nb\na2\n', 'a\nb\nx\na2\n'],
  [{ line: 'x', insertbefore: '^a', firstmatch: true }, 'b\na\na2\n', 'b\nx\na\na2\n'],
  [{ line: 'x', insertbefore: 'none' }, 'a\n', 'a\nx\n'],
  [{ line: "it's $(id)" }, '-n\n', "-n\nit's $(id)\n"],
]

test('where lines go, and then nothing is left to do', async () => {
  for (const { session } of all) {
    for (const [raw, before, after] of PLACES) {
      for (const name of ['plain', '-odd \'\n" $x~']) {
        const path = join(folder, name)
        writeFileSync(path, before)
        const { plan } = await applyModule(session, lineinfile, { path, ...raw })
        assert.is(plan.changes.length, 1)
        assert.is(readFileSync(path, 'utf8'), after)
        assert.equal((await applyModule(session, lineinfile, { path, ...raw })).plan.changes, [])
        rmSync(path)
      }
    }
  }
})

test('two that edit one file lose no line', async () => {
  for (const host of all) {
    const path = join(folder, 'shared')
    writeFileSync(path, '')
    const other = new Session(new LocalTransport())
    const failed: string[] = []
    const edit = async (session: Session, who: string) => {
      for (let number = 0; number < 15; number += 1) {
        const { result: conclusion } = await applyModule(session, lineinfile, {
          path,
          line: `${who} ${number}`,
        })
        if (conclusion.failed !== undefined) failed.push(`${who} ${number}`)
      }
    }
    await Promise.all([edit(host.session, 'one'), edit(other, 'other')])
    await other.close()
    const wanted = ['one', 'other'].flatMap((who) => Array.from({ length: 15 }, (_, at) => `${who} ${at}`))
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    assert.equal([...lines, ...failed].sort(), wanted.sort(), host.name)
    assert.ok(failed.length < 5, failed.join(', '))
    rmSync(path)
  }
})

test('a file that others change all the time is left as it is', async () => {
  const [host] = all as [Host]
  const path = join(folder, 'restless')
  writeFileSync(path, '')
  // The look is taken of what is there no more.
  const restless = Object.assign(Object.create(host.session) as Session, {
    sh: async (script: string) => {
      const output = await host.session.sh(script)
      writeFileSync(path, 'x\n', { flag: 'a' })
      return output
    },
    shInTurn: (scripts: readonly string[]) => host.session.shInTurn(scripts),
  })
  const { result: conclusion } = await applyModule(restless, lineinfile, { path, line: 'mine' })
  assert.match(
    conclusion.failed ?? '',
    /restless was changed by somebody else meanwhile; it was left as it is/,
  )
  assert.not.match(readFileSync(path, 'utf8'), /mine/)
  rmSync(path)
})

test('every other byte stays, and so do owner and permissions', async () => {
  for (const { session } of all) {
    const path = join(folder, 'bytes')
    const odd = Buffer.from([0, 255, 13, 10, 0xc3, 10, 10, 0x80])
    writeFileSync(path, Buffer.concat([odd, Buffer.from('\nkey=1\n'), odd]), { mode: 0o640 })
    const raw = { path, regexp: '^key=', line: 'key=2', backup: true }
    const { result: conclusion } = await applyModule(session, lineinfile, raw)
    assert.equal(readFileSync(path), Buffer.concat([odd, Buffer.from('\nkey=2\n'), odd]))
    assert.is(statSync(path).mode & 0o7777, 0o640)
    assert.equal(
      readFileSync(String(conclusion.result?.backup)),
      Buffer.concat([odd, Buffer.from('\nkey=1\n'), odd]),
    )
    assert.equal((await applyModule(session, lineinfile, raw)).plan.changes, [])
  }
})

test('through a link, into a new folder, and with a validation that refuses', async () => {
  for (const { session, name } of all) {
    const path = join(folder, name, 'deep', 'file')
    const raw = { path, line: 'x', create: true, mode: '0600', owner: 'daemon' }
    assert.is((await applyModule(session, lineinfile, raw)).plan.changes.length, 5)
    assert.equal((await applyModule(session, lineinfile, raw)).plan.changes, [])
    const link = join(folder, `link-${name}`)
    symlinkSync(path, link)
    await applyModule(session, lineinfile, { path: link, line: 'y' })
    assert.is(readFileSync(path, 'utf8'), 'x\ny\n')
    assert.is(statSync(path).uid, 1)
    const { result: conclusion } = await applyModule(session, lineinfile, {
      path,
      line: 'z',
      validate: 'false %s',
    })
    assert.match(conclusion.failed ?? '', /not valid/)
    assert.is(readFileSync(path, 'utf8'), 'x\ny\n')
  }
})

test.run()
