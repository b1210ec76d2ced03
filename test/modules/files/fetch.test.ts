import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fetch } from '../../../src/modules/files/fetch.ts'
import type { ModuleContext } from '../../../src/sdk/module.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { faultsOf, planOf, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('fetch')

let all: Host[] = []
let folder = ''
const here = (...names: string[]) => join(folder, ...names)
const view = (more: Partial<ModuleContext> = {}): ModuleContext => ({
  check: false,
  diff: false,
  host: 'h1',
  folder,
  ...more,
})

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "fetch '"))
  chmodSync(folder, 0o755)
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
      `${JSON.stringify(host)} is no name of a folder in ${here('got')}; "flat" needs none`,
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

test('where it goes', () => {
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

test('what cannot be fetched', () => {
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
  assert.match(faultsOf(fetch, { src: '/x' })[0] ?? '', /fetch needs "dest"/)
  assert.match(faultsOf(fetch, { dest: '/x' })[0] ?? '', /fetch needs "src"/)
})

const CONTENTS: [name: string, content: Buffer][] = [
  ['plain', Buffer.from('text\n')],
  ['empty', Buffer.alloc(0)],
  ['-odd \'\n" $x~', Buffer.from([0, 255, 13, 10, 0xc3, 10, 10, 0x80, 0])],
]

test('every byte comes, and then nothing is left to do', async () => {
  for (const { session, name: host } of all) {
    for (const [name, content] of CONTENTS) {
      const src = here(name)
      writeFileSync(src, content)
      const raw = { src, dest: 'got' }
      const dest = join(here('got', host), src)
      const check = await applyModule(session, fetch, raw, view({ check: true, diff: true, host }))
      assert.is(check.plan.changes.length, 2)
      assert.not(existsSync(dest))
      const { result: conclusion } = await applyModule(session, fetch, raw, view({ host }))
      assert.ok(readFileSync(dest).equals(content))
      const { sha1 } = contentOf(content)
      assert.equal([conclusion.failed, conclusion.result?.checksum], [undefined, sha1])
      assert.equal((await applyModule(session, fetch, raw, view({ host, diff: true }))).plan.changes, [])
      writeFileSync(dest, 'drifted')
      assert.is((await applyModule(session, fetch, raw, view({ host }))).plan.changes.length, 1)
      assert.ok(readFileSync(dest).equals(content))
    }
  }
})

test('a large file, a link, a file of /proc', async () => {
  for (const { session } of all) {
    writeFileSync(here('large'), 'start')
    truncateSync(here('large'), 100 * 1024 * 1024)
    symlinkSync('large', here('link'))
    const raw = { src: here('link'), dest: 'got/', flat: true }
    const { result: conclusion } = await applyModule(session, fetch, raw, view())
    assert.is(conclusion.failed, undefined)
    assert.equal(readdirSync(here('got')), ['link'])
    assert.ok(readFileSync(here('got', 'link')).equals(readFileSync(here('large'))))
    assert.equal((await applyModule(session, fetch, raw, view())).plan.changes, [])
    rmSync(here('link'))
    rmSync(here('got'), { recursive: true })
    await applyModule(session, fetch, { src: '/proc/sys/kernel/ostype', dest: 'os', flat: true }, view())
    assert.is(readFileSync(here('os'), 'utf8'), 'Linux\n')
    rmSync(here('os'))
  }
})

test('a file that changes while it comes', async () => {
  const [{ session }] = all as [Host]
  // Every look at it gives something else.
  const raw = { src: '/proc/sys/kernel/random/uuid', dest: 'uuid', flat: true }
  const { result: conclusion } = await applyModule(session, fetch, raw, view())
  assert.match(conclusion.failed ?? '', /^checksum mismatch: .*uuid has changed on the host/)
  const loose = await applyModule(session, fetch, { ...raw, validate_checksum: false }, view())
  assert.is(loose.result.failed, undefined)
  assert.is(readFileSync(here('uuid'), 'utf8').length, 37)
})

test('a place here that cannot be written', async () => {
  const [{ session }] = all as [Host]
  writeFileSync(here('file'), '')
  const failed = await applyModule(
    session,
    fetch,
    { src: '/etc/hostname', dest: 'file/below', flat: true },
    view(),
  ).then(
    () => '',
    (error: Error) => error.message,
  )
  assert.match(failed, /ENOTDIR/)
})

test.run()
