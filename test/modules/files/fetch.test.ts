import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fetch } from '../../../src/modules/files/fetch.ts'
import type { ModuleContext } from '../../../src/sdk/module.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'
import { viewIn } from './view.ts'

const test = suite('fetch')

let folder = ''
const here = (...names: string[]) => join(folder, ...names)
const view = (more: Partial<ModuleContext> = {}) => viewIn(folder, more)

test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "fetch '"))
})
test.after.each(() => rmSync(folder, { recursive: true }))

/** What the probe prints of a file with this content. */
function found(content: string, src = '/etc/x', shown = ''): string {
  const stat = filesText(statText({ size: content.length }))
  return `${src}\0${stat}${contentOf(content).sha256}  -\n${shown}`
}
const sum = (text: string) => `${text.length} bytes, ${contentOf(text).sha256.slice(0, 12)}`

test('names here come from the arguments, not from what a host says', () => {
  const dests: [raw: object, told: string, host: string, dest: string][] = [
    [{ src: '/etc/x', dest: 'got/', flat: true }, '/root/.bashrc', 'h1', 'got/x'],
    [{ src: '/etc/x', dest: 'got' }, '/../../.bashrc', 'h1', 'got/h1/etc/x'],
    [{ src: '~/x', dest: 'got' }, '/home/joe/x', 'h1', 'got/h1/home/joe/x'],
    [{ src: '~joe/x', dest: 'got/', flat: true }, '/home/joe/.bashrc', 'h1', 'got/x'],
    [{ src: '~/x', dest: 'got' }, '/home/../../../x', 'h1', 'got/h1/~/x'],
    [{ src: '~/x', dest: 'got' }, '/home/joe/y', 'h1', 'got/h1/~/x'],
    [{ src: '~/x', dest: 'got' }, '/home/\x1b[2J/x', 'h1', 'got/h1/~/x'],
  ]
  for (const [raw, told, host, dest] of dests) {
    const { result } = planOf(fetch, { ...raw }, found('new', told), view({ host }))
    assert.is(result?.dest, here(dest), told)
  }
})

test('a host whose name is a path writes nowhere else', () => {
  for (const host of ['../../x', '..', '.', 'a/b', '']) {
    const plan = planOf(fetch, { src: '/etc/x', dest: 'got' }, found('new'), view({ host }))
    assert.is(
      plan.failed,
      `${JSON.stringify(host)} is not a name of a folder in ${here('got')}; "flat" needs none`,
    )
    assert.equal(plan.changes, [])
  }
})

test('what differs from the file here', () => {
  const raw = { src: '/etc/x', dest: 'got' }
  assert.equal(rows(planOf(fetch, raw, found('new'), view())), [
    ['state', 'absent', 'file'],
    ['content', null, sum('new')],
  ])
  mkdirSync(here('got', 'h1', 'etc'), { recursive: true })
  writeFileSync(here('got', 'h1', 'etc', 'x'), 'old\n')
  assert.equal(rows(planOf(fetch, raw, found('new'), view())), [['content', sum('old\n'), sum('new')]])
  assert.equal(rows(planOf(fetch, raw, found(''), view())), [['content', sum('old\n'), sum('')]])
  assert.equal(planOf(fetch, raw, found('old\n'), view()), {
    changes: [],
    result: {
      file: '/etc/x',
      dest: here('got', 'h1', 'etc', 'x'),
      checksum: contentOf('old\n').sha1,
      md5sum: createHash('md5').update('old\n').digest('hex'),
    },
  })
})

test('text for the diff, when both sides are some', () => {
  const raw = { src: '/etc/x', dest: 'x', flat: true }
  const shown = (content: string) =>
    planOf(fetch, raw, found(content, '/etc/x', content), view({ check: true, diff: true })).changes.at(-1)
      ?.text
  assert.equal(shown('new'), { before: '', after: 'new' })
  writeFileSync(here('x'), 'old')
  assert.equal(shown('new'), { before: 'old', after: 'new' })
  assert.is(shown('new\0'), undefined)
  writeFileSync(here('x'), 'old\0')
  assert.is(shown('new'), undefined)
})

test('a fetched file goes where dest says', () => {
  mkdirSync(here('there'))
  for (const [raw, src, dest] of [
    [{ dest: 'got' }, '/etc/x', here('got/h1/etc/x')],
    [{ dest: 'got/' }, '/etc/../var//x', here('got/h1/var/x')],
    [{ dest: '/got' }, 'rel/x', '/got/h1/rel/x'],
    [{ dest: '~/got' }, '/x', join(homedir(), 'got/h1/x')],
    [{ dest: 'y', flat: true }, '/etc/x', here('y')],
    [{ dest: 'there/', flat: true }, '/etc/x', here('there/x')],
    [{ dest: 'new/', flat: true }, "/etc/-o 'd\n", here("new/-o 'd\n")],
  ] as const) {
    const plan = planOf(fetch, { src, ...raw }, found('', src), view())
    assert.equal([plan.failed, plan.result?.dest], [undefined, dest])
  }
  for (const [raw, src, failed] of [
    [{ dest: 'there', flat: true }, '/etc/x', /there is a folder; with a "\/" at its end/],
    [{ dest: 'there' }, '/../../x', /leads out of .*there\/h1/],
    [{ dest: '', flat: false }, '/..', /leads out of/],
  ] as const) {
    assert.match(planOf(fetch, { src, ...raw }, found('', src), view()).failed ?? '', failed)
  }
})

test('what cannot be fetched is a failure, unless fail_on_missing is unset', () => {
  const raw = { src: '/x', dest: 'got' }
  for (const [output, message] of [
    [`/x\0${filesText(undefined)}\n`, 'the remote file does not exist'],
    [`/x\0${filesText(FOLDER)}\n`, 'remote file is a directory, fetch cannot work on directories'],
    [`/x\0${filesText(statText({ type: 'fifo' }))}\n`, 'remote file is a fifo, fetch works on files only'],
    [`/x\0${filesText(statText())}\n`, 'the remote file is not readable'],
  ] as const) {
    assert.is(planOf(fetch, raw, output, view()).failed, message)
    assert.equal(planOf(fetch, { ...raw, fail_on_missing: false }, output, view()), {
      changes: [],
      result: { file: '/x', msg: `${message}, not transferring, ignored` },
    })
  }
  assert.match(problemsOf(fetch, { src: '/x' })[0] ?? '', /missing required arguments: dest/)
  assert.match(problemsOf(fetch, { dest: '/x' })[0] ?? '', /missing required arguments: src/)
})

test.run()
