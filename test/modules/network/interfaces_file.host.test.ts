import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { interfaces_file } from '../../../src/modules/network/interfaces_file/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('interfaces_file: on hosts')

let all: Host[] = []
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('check says what the run then does, a second run finds nothing, and a backup is kept', async () => {
  for (const { session } of all) {
    const folder = mkdtempSync(join(tmpdir(), 'interfaces '))
    const dest = join(folder, "-odd '")
    const before = Buffer.concat([Buffer.from([0x23, 0xff, 10]), Buffer.from('iface eth0 inet static\n')])
    writeFileSync(dest, before)
    const raw = { dest, iface: 'eth0', option: 'up', value: 'a $(id) "b"', backup: true, mode: '0600' }
    const checked = await applyModule(session, interfaces_file, raw, CHECK)
    const { plan, result } = await applyModule(session, interfaces_file, raw)
    assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
    assert.is(plan.changes.length, 2)
    assert.equal(readFileSync(dest), Buffer.concat([before, Buffer.from('    up a $(id) "b"\n')]))
    assert.equal(readFileSync(String(result.result?.backup_file)), before)
    assert.equal((await applyModule(session, interfaces_file, raw)).plan.changes, [])
    rmSync(folder, { recursive: true })
  }
})

test.run()
