import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fetch } from '../../../src/modules/files/fetch.ts'
import type { ModuleContext } from '../../../src/sdk/module.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { viewIn } from './view.ts'

const test = suite('fetch: on hosts')

let all: Host[] = []
let folder = ''
const here = (...names: string[]) => join(folder, ...names)
const view = (more: Partial<ModuleContext> = {}) => viewIn(folder, more)

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
