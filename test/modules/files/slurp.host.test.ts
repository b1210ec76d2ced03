import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slurp } from '../../../src/modules/files/slurp.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('slurp: on hosts')

let all: Host[] = []
let folder = ''

test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'slurp '))
  chmodSync(folder, 0o755)
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

const CONTENTS: [name: string, content: Buffer][] = [
  ['plain', Buffer.from('text\n')],
  ['empty', Buffer.alloc(0)],
  ['-odd \'\n" $x~', Buffer.from([0, 255, 13, 10, 0xc3, 10, 10, 0x80, 0])],
  ['large', Buffer.alloc(3_000_000, 'ü\0\n')],
]

test('every byte comes', async () => {
  for (const [name, content] of CONTENTS) {
    const src = join(folder, name)
    writeFileSync(src, content)
    for (const { session } of all) {
      const { plan } = await applyModule(session, slurp, { src }, CHECK)
      assert.ok(Buffer.from(String(plan.result?.content), 'base64').equals(content), name)
      assert.is(plan.result?.source, src)
    }
  }
})

test('through links, from /proc, and not from what is not a file', async () => {
  writeFileSync(join(folder, 'file'), 'x')
  symlinkSync('file', join(folder, 'link'))
  symlinkSync('nowhere', join(folder, 'dead'))
  mkdirSync(join(folder, 'folder'))
  for (const { session } of all) {
    const read = async (src: string) => (await applyModule(session, slurp, { src })).plan
    assert.is((await read(join(folder, 'link'))).result?.content, 'eA==')
    assert.is((await read('/proc/sys/kernel/ostype')).result?.content, 'TGludXgK')
    for (const name of ['none', 'dead'])
      assert.match((await read(join(folder, name))).failed ?? '', /file not found/)
    assert.match((await read(join(folder, 'folder'))).failed ?? '', /is a directory/)
    assert.match((await read('/dev/null')).failed ?? '', /is a char/)
    assert.match((await read(join(folder, 'file', 'x'))).failed ?? '', /unable to slurp file/)
    assert.match((await read('not here')).failed ?? '', /file not found/)
  }
})

test.run()
