import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xml } from '../../../src/modules/files/xml/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('xml: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'xml '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

test('check says what the run then does, a second run finds nothing, and the file keeps its owner', async () => {
  for (const { session } of all) {
    for (const name of ['plain', '-odd \'\n" $x~']) {
      const path = join(folder, name)
      writeFileSync(path, '<a>\n  <b/>\n</a>\n', { mode: 0o640 })
      for (const step of [
        { xpath: '/a/b', attribute: 'c', value: '$(id) "x" \\n ü' },
        { xpath: '/a/d', value: "it's", backup: true },
        { xpath: '/a/b', set_children: [{ e: 'f' }] },
        { xpath: '/a/d', state: 'absent' },
        { pretty_print: true },
      ]) {
        const raw = { path, ...step }
        const checked = await applyModule(session, xml, raw, CHECK)
        const { plan, result } = await applyModule(session, xml, raw)
        assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
        assert.ok(plan.changes.length > 0)
        assert.equal((await applyModule(session, xml, raw)).plan.changes, [])
        if ('backup' in step) {
          const backup = String(result.result?.backup_file)
          assert.is(readFileSync(backup, 'utf8').includes('<d>'), false)
          rmSync(backup)
        }
      }
      const text = readFileSync(path, 'utf8')
      assert.is(text, '<a>\n  <b c="$(id) &quot;x&quot; \\n ü">\n    <e>f</e>\n  </b>\n</a>\n')
      assert.is(statSync(path).mode & 0o7777, 0o640)
      rmSync(path)
    }
  }
})

test('what is no XML stays as it is', async () => {
  for (const { session } of all) {
    const path = join(folder, 'broken')
    writeFileSync(path, '<a><b></a>')
    const { plan } = await applyModule(session, xml, { path, xpath: '/a/c' })
    assert.match(plan.failed!, /^Error while parsing document: /)
    assert.is(readFileSync(path, 'utf8'), '<a><b></a>')
    assert.equal(readdirSync(folder), ['broken'])
    rmSync(path)
  }
})

test.run()
