import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { synchronize } from '../../../src/modules/files/synchronize/index.ts'
import type { Ends, ModuleContext } from '../../../src/sdk/module.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type Raw, rows } from '../../support/plan.ts'

const test = suite('synchronize on hosts')

let all: Host[] = []
let top = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), 'sync '))
})
test.after.each(() => {
  rmSync(top, { recursive: true })
})

const paths = (name: string) => [name.startsWith('/') ? name : join(top, name)]
const ENDS: Record<'push' | 'pull' | 'there', Ends> = {
  push: { are: 'here and there', paths },
  pull: { are: 'here and there', paths },
  there: { are: 'there', paths },
}
const ODD = `-odd '" $x~*é`

function source(): string {
  const src = join(top, `src ${ODD}`)
  mkdirSync(join(src, 'sub'), { recursive: true })
  writeFileSync(join(src, ODD), Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251)))
  writeFileSync(join(src, 'sub', 'file'), 'text\n', { mode: 0o640 })
  symlinkSync('file', join(src, 'sub', 'link'))
  return src
}

const view = (ends: Ends, check = false): ModuleContext => ({ check, diff: false, folder: top, ends })

async function run({ session }: Host, raw: Raw, ends: Ends, check = false) {
  const ran = await applyModule(session, synchronize, raw, view(ends, check))
  const { plan, result } = ran
  return {
    rows: rows(plan),
    failed: result.failed ?? plan.failed,
    result: { ...plan.result, ...result.result },
  }
}

for (const way of ['push', 'pull', 'there'] as const) {
  test(`${way}: what is planned is done, and a second run finds nothing`, async () => {
    for (const host of all) {
      const src = source()
      const dest = join(top, `dest ${ODD}${host.name}`)
      const raw = { src: `${src}/`, dest, delete: true, ...(way !== 'there' && { mode: way }) }
      const planned = await run(host, raw, ENDS[way], true)
      assert.is(planned.failed, undefined)
      assert.not(existsSync(dest))
      const done = await run(host, raw, ENDS[way])
      assert.is(done.failed, undefined)
      assert.equal(done.rows, planned.rows)
      assert.equal(done.rows.at(-1), ['sub/link -> file', null, 'link'])
      assert.is(done.result.rc, 0)
      assert.ok((done.result.stdout_lines as string[]).some((line) => line.endsWith(' sub/file')))
      assert.equal(readFileSync(join(dest, ODD)), readFileSync(join(src, ODD)))
      assert.is(statSync(join(dest, 'sub/file')).mode & 0o777, 0o640)
      assert.is(readlinkSync(join(dest, 'sub/link')), 'file')
      assert.equal((await run(host, raw, ENDS[way])).rows, [])
      writeFileSync(join(src, 'sub', 'file'), 'more text\n')
      utimesSync(join(src, 'sub', 'file'), 1e9, 1e9)
      chmodSync(join(src, ODD), 0o600)
      writeFileSync(join(dest, 'stray'), '')
      utimesSync(dest, statSync(src).atime, statSync(src).mtime)
      const changes = [
        ['stray', 'there', null],
        [ODD, 'file with other permissions', 'file'],
        ['sub/file', 'file with other size, time', 'file'],
      ]
      assert.equal((await run(host, raw, ENDS[way], true)).rows.sort(), changes.sort())
      assert.equal((await run(host, raw, ENDS[way])).rows.sort(), changes)
      assert.equal((await run(host, raw, ENDS[way])).rows, [])
      assert.equal(readdirSync(dest).sort(), [ODD, 'sub'].sort())
      rmSync(src, { recursive: true })
    }
  })
}

test('a path of the controller is searched for, and what is excluded or kept out by an option stays', async () => {
  for (const host of all) {
    const src = source()
    mkdirSync(join(top, host.name))
    const raw = { src: src.slice(top.length + 1), dest: join(top, host.name), rsync_opts: ['--exclude=sub'] }
    assert.equal((await run(host, raw, ENDS.push)).rows.length, 2)
    assert.equal(readdirSync(join(top, host.name, `src ${ODD}`)), [ODD])
    rmSync(src, { recursive: true })
  }
})

test('a file that is the same beside dest becomes a link to it, once', async () => {
  for (const host of all) {
    const src = source()
    const [old, dest] = [join(top, `old ${host.name}`), join(top, `new ${host.name}`)]
    await run(host, { src: `${src}/`, dest: old }, ENDS.push)
    const raw = { src: `${src}/`, dest, link_dest: [old] }
    const planned = await run(host, raw, ENDS.push, true)
    const done = await run(host, raw, ENDS.push)
    assert.equal(done.rows, planned.rows)
    assert.ok(done.rows.length > 0)
    assert.is(statSync(join(dest, ODD)).ino, statSync(join(old, ODD)).ino)
    assert.equal((await run(host, raw, ENDS.push)).rows, [])
    const inside = await run(host, { ...raw, dest: join(old, 'a') }, ENDS.push)
    assert.match(inside.failed ?? '', /would cause recursion/)
    rmSync(src, { recursive: true })
  }
})

test('what cannot be is a failure with a sentence, and changes nothing', async () => {
  for (const host of all) {
    const src = `${source()}/`
    const dest = join(top, 'none/of/it')
    const said = async (raw: Raw, ends: Ends) => (await run(host, { src, dest, ...raw }, ends)).failed ?? ''
    for (const way of ['push', 'there'] as const) {
      assert.match(await said({}, ENDS[way]), /there is no folder .*none\/of/)
      assert.match(await said({ src: '/no/such', dest: top }, ENDS[way]), /No such file or directory/)
      assert.match(await said({ dest: join(top, 'x'), rsync_opts: ['--wrong'] }, ENDS[way]), /unknown option/)
    }
    assert.match(await said({ mode: 'pull' }, ENDS.pull), /there is no folder .*none\/of/)
    assert.match(
      await said({ dest: join(top, 'x'), rsync_path: 'no-such-rsync' }, ENDS.push),
      /no-such-rsync/,
    )
    assert.equal((await run(host, { src, dest }, ENDS.push, true)).rows, [[dest, null, `as ${src}`]])
    assert.not(existsSync(join(top, 'x')))
    rmSync(src, { recursive: true })
  }
})

test.run()
