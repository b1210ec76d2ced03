import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { template } from '../../../src/modules/files/template.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { rendered } from './rendered.ts'

const test = suite('template: on hosts')
let all: Host[] = []

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('a template is put in place, and then in sync', async () => {
  for (const { session } of all) {
    const folder = mkdtempSync(join(tmpdir(), 'template '))
    const raw = {
      src: rendered('key = "value"\n'),
      dest: `${folder}/`,
      mode: '0640',
      validate: 'grep -q key %s',
    }
    const { plan, result: conclusion } = await applyModule(session, template, raw)
    assert.is(conclusion.failed, undefined)
    const path = join(folder, 'x.conf.hbs')
    assert.equal(
      [plan.result?.dest, readFileSync(path, 'utf8'), statSync(path).mode & 0o777],
      [path, 'key = "value"\n', 0o640],
    )
    assert.equal((await applyModule(session, template, raw)).plan.changes, [])
    rmSync(folder, { recursive: true })
  }
})

test.run()
