import {
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { setting } from '../../src/modules/_template/index.ts'
import type { Plan } from '../../src/sdk/module.ts'
import { applyModule, type Host, hosts } from '../support/host.ts'
import { CHECK, planOf, problemsOf, rows } from '../support/plan.ts'
import { FOLDER, filesText, statText } from '../support/stat.ts'

const test = suite('_template')

type Raw = Readonly<Record<string, unknown>>
const A = { path: '/d/f', name: 'a', value: '1' }
const GONE = { path: '/d/f', name: 'a', state: 'absent' }

// What the probe prints of a file with this content, and of its folder.
const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`
const MISSING = `${filesText(undefined, FOLDER)}0`

const TABLE: [title: string, raw: Raw, before: string, changes: unknown[], after: string][] = [
  ['a setting that is right is left alone', A, 'a=1\n', [], 'a=1\n'],
  ['one in a last line without end is right too', A, 'a=1', [], 'a=1'],
  ['a new setting goes to the end', A, 'b=2\n', [['setting a', null, '1']], 'b=2\na=1\n'],
  ['a last line without end is ended first', A, 'b=2', [['setting a', null, '1']], 'b=2\na=1\n'],
  ['another value is replaced in its place', A, 'a=0\nb=2\n', [['setting a', '0', '1']], 'a=1\nb=2\n'],
  ['of several lines one is left', A, 'a=1\nb=2\na=3\n', [['setting a', '1\n3', '1']], 'a=1\nb=2\n'],
  ['comments and longer names are none', A, '#a=0\naa=0\n', [['setting a', null, '1']], '#a=0\naa=0\na=1\n'],
  ['an empty value is a value', { ...A, value: '' }, 'a=1\n', [['setting a', '1', '']], 'a=\n'],
  [
    'a value is text and nothing more',
    { ...A, value: '$& $(id) ü' },
    '',
    [['setting a', null, '$& $(id) ü']],
    'a=$& $(id) ü\n',
  ],
  ['one that shall not be there is removed', GONE, 'a=1\nb=2\na=3', [['setting a', '1\n3', null]], 'b=2\n'],
  ['one that is not there is not removed', GONE, 'b=2', [], 'b=2'],
  ['an alias is the same argument', { dest: '/d/f', key: 'a', value: 1 }, 'a=1\n', [], 'a=1\n'],
]

for (const [title, raw, before, changes, after] of TABLE) {
  test(title, () => {
    const plan = planOf(setting, raw, there(before))
    assert.equal(rows(plan), changes)
    assert.is(written(plan) ?? before, after)
    assert.equal(planOf(setting, raw, there(after)).changes, [], 'a second run finds nothing')
  })
}

/** The content that a plan writes. */
function written({ actions: [action] = [] }: Plan): string | undefined {
  return action?.do === 'send' ? action.content.text() : undefined
}

test('a file that is not there is made, and one that has nothing to lose is not', () => {
  const plan = planOf(setting, A, MISSING)
  assert.equal(rows(plan), [
    ['state', 'absent', 'file'],
    ['setting a', null, '1'],
  ])
  assert.is(written(plan), 'a=1\n')
  assert.equal(planOf(setting, GONE, MISSING).changes, [])
})

test('what is read where no file was is not written back: it may be what a link leads to', () => {
  const plan = planOf(setting, A, `${filesText(undefined, FOLDER)}1SECRET\n`)
  assert.is(written(plan), 'a=1\n')
})

test('the result tells the path and what was set before', () => {
  assert.equal(planOf(setting, A, there('a=0\n')).result, { path: '/d/f', previous: '0' })
  assert.equal(planOf(setting, A, MISSING).result, { path: '/d/f', previous: null })
})

test('a diff has both sides as text, unless they are none', () => {
  const diff = { check: true, diff: true }
  const text = (before: string, view = diff) => planOf(setting, A, there(before), view).changes[0]!.text
  assert.equal(text('a=0\n'), { before: 'a=0\n', after: 'a=1\n' })
  assert.is(text('\0\n'), undefined)
  assert.is(text('a=0\n', CHECK), undefined)
})

test('a folder in place of the file is a failure', () => {
  const printed = `${filesText(FOLDER, FOLDER)}0`
  assert.is(planOf(setting, A, printed).failed, '/d/f is a directory, and a file is to be there')
})

test('a folder that is missing is a failure, and under check one that an earlier task may make', () => {
  const nowhere = `${filesText(undefined, undefined)}0`
  assert.match(planOf(setting, A, nowhere).failed ?? '', /there is no folder \/d; make it in an earlier task/)
  assert.is(planOf(setting, A, nowhere, CHECK).changes.length, 2)
  const noFolder = `${filesText(undefined, statText())}0`
  assert.is(planOf(setting, A, noFolder, CHECK).failed, '/d is a file, and a folder is to be there')
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ name: 'a', value: '1' }, /missing required arguments: path/],
  [{ path: '/f', name: 'a' }, /needs "value", unless/],
  [{ ...A, path: '/d/' }, /"\/d\/" is not a path of a file/],
  [{ ...A, path: '' }, /"" is not a path of a file/],
  [{ ...A, name: 'a=b' }, /"a=b" is not a name of a setting/],
  [{ ...A, value: '1\nb=2' }, /line break/],
  [{ ...A, state: 'abs' }, /none of present, absent/],
  [{ ...A, key: 'b' }, /"key" is another name of "name"/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(setting, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

// A table says what is planned. That the looks print what it was fed, and that the actions work, only hosts say.
let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'setting '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

test('on hosts a setting is planned, made, found, and removed, whatever the file is called', async () => {
  for (const { session } of all) {
    for (const name of ['plain', '-odd \'\n" $x~']) {
      const path = join(folder, name)
      const raw = { path, name: 'a', value: "it's $(id)" }
      const run = async (more: Raw = {}, view = { check: false, diff: false }) =>
        rows((await applyModule(session, setting, { ...raw, ...more }, view)).plan)
      const planned = await run({}, CHECK)
      assert.equal(readdirSync(folder), [], 'check writes nothing')
      assert.equal(await run(), planned)
      assert.is(readFileSync(path, 'utf8'), "a=it's $(id)\n")
      assert.equal(await run(), [])
      assert.equal(await run({ state: 'absent' }), [['setting a', "it's $(id)", null]])
      assert.is(readFileSync(path, 'utf8'), '')
      assert.equal(await run({ state: 'absent' }), [])
      rmSync(path)
    }
  }
})

test('on hosts a file keeps its bytes, owner and permissions', async () => {
  for (const { session } of all) {
    const path = join(folder, 'kept')
    const bytes = Buffer.from([0xff, 0, 0x0a])
    writeFileSync(path, bytes, { mode: 0o640 })
    lchownSync(path, 1, 2)
    await applyModule(session, setting, { ...A, path })
    assert.equal(readFileSync(path), Buffer.concat([bytes, Buffer.from('a=1\n')]))
    const { uid, gid, mode } = statSync(path)
    assert.equal([uid, gid, mode & 0o7777], [1, 2, 0o640])
    rmSync(path)
  }
})

test('on hosts our own link is followed, and one of another user to what is not theirs is not', async () => {
  for (const { session } of all) {
    const target = join(folder, 'target')
    const path = join(folder, 'link')
    writeFileSync(target, 'a=0\n')
    symlinkSync('target', path)
    await applyModule(session, setting, { ...A, path })
    assert.is(readFileSync(target, 'utf8'), 'a=1\n')
    lchownSync(path, 65534, 65534)
    let said = ''
    await applyModule(session, setting, { ...A, path, value: '2' }).catch((error: Error) => {
      said = error.message
    })
    assert.match(said, /which is not theirs; it is not followed/)
    assert.is(readFileSync(target, 'utf8'), 'a=1\n')
    rmSync(path)
  }
})

test('on hosts what fails says why, and leaves nothing behind', async () => {
  for (const { session } of all) {
    mkdirSync(join(folder, 'd'))
    const failed = async (path: string) => (await applyModule(session, setting, { ...A, path })).plan.failed
    assert.match((await failed(join(folder, 'd'))) ?? '', /is a directory/)
    assert.match((await failed(join(folder, 'none/f'))) ?? '', /there is no folder .*\/none/)
    assert.equal(readdirSync(folder), ['d'])
    rmSync(join(folder, 'd'), { recursive: true })
  }
})

test.run()
