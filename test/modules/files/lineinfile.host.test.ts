import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lineinfile } from '../../../src/modules/files/lineinfile.ts'
import { LocalTransport } from '../../../src/remote/local.ts'
import { Session } from '../../../src/remote/session.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import type { Raw } from '../../support/plan.ts'

const test = suite('lineinfile: on hosts')

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
