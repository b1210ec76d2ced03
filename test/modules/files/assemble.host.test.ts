import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble } from '../../../src/modules/files/assemble.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('assemble: on hosts')
const ODD = '-odd \'\n" $x~'

let all: Host[] = []
let top = ''
let src = ''
test.before(async () => {
  all = await hosts()
  top = mkdtempSync(join(tmpdir(), 'assemble '))
  chmodSync(top, 0o755)
  src = join(top, ODD)
  mkdirSync(join(src, 'folder'), { recursive: true })
  writeFileSync(join(src, ODD), Buffer.from([0xff, 0, 0x41]))
  writeFileSync(join(src, 'z'), 'last\n')
  writeFileSync(join(src, 'empty'), '')
  writeFileSync(join(src, '.h'), 'hidden\n')
  symlinkSync('z', join(src, 'link'))
  symlinkSync('nowhere', join(src, 'dead'))
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(top, { recursive: true })
})

const WHOLE = Buffer.concat([
  Buffer.from([0xff, 0, 0x41]),
  Buffer.from('\nhidden\n'),
  Buffer.from('\nlast\nlast\n'),
])

test('on hosts the files of a folder become one, as check says, and are then in sync', async () => {
  for (const { session, name } of all) {
    const dest = join(top, `made by ${name}`)
    writeFileSync(dest, 'old')
    const raw = { src, dest, mode: '0640', backup: true }
    const checked = await applyModule(session, assemble, raw, CHECK)
    assert.is(readFileSync(dest, 'utf8'), 'old')
    const { plan, result: conclusion } = await applyModule(session, assemble, raw)
    assert.is(conclusion.failed, undefined)
    assert.equal(checked.plan.changes, plan.changes)
    assert.equal(readFileSync(dest), WHOLE)
    assert.is(readFileSync(String(conclusion.result!.backup_file), 'utf8'), 'old')
    assert.equal((await applyModule(session, assemble, raw)).plan.changes, [])
  }
})

test('on hosts a command that does not take the new file leaves the old one', async () => {
  for (const { session } of all) {
    const dest = join(top, 'valid')
    writeFileSync(dest, 'old')
    const { result } = await applyModule(session, assemble, { src, dest, validate: 'grep -q nothing %s' })
    assert.match(String(result.failed), /not valid/)
    assert.is(readFileSync(dest, 'utf8'), 'old')
  }
})

test("on hosts a link in a folder of another user is not followed, and neither is their link to a folder of root's", async () => {
  const folder = join(top, 'theirs')
  const fragments = join(folder, 'fragments')
  mkdirSync(fragments, { recursive: true })
  writeFileSync(join(fragments, 'a'), 'own\n')
  symlinkSync(src, join(folder, 'vault'))
  for (const path of [folder, fragments, join(fragments, 'a'), join(folder, 'vault')])
    lchownSync(path, NOBODY, NOBODY)
  const dest = join(top, 'kept')
  const assembled = (path: string, { session }: Host) =>
    applyModule(session, assemble, { src: path, dest }).then(
      ({ plan }) => plan.failed,
      (error: Error) => error.message,
    )
  for (const host of all) {
    assert.is(await assembled(fragments, host), undefined)
    assert.match(String(await assembled(join(folder, 'vault'), host)), /not followed/)
    symlinkSync(join(src, 'z'), join(fragments, 'b'))
    assert.match(String(await assembled(fragments, host)), /not followed/)
    rmSync(join(fragments, 'b'))
    assert.is(readFileSync(dest, 'utf8'), 'own\n')
  }
})

const NOBODY = 65534

test.run()
