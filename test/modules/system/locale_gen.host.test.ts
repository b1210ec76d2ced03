import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { locale_gen } from '../../../src/modules/system/locale_gen.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('locale_gen: on hosts')

// Making locales takes long: these programs say that what the list has is there.
const LOCALE = `#!/bin/sh
echo C; cat /etc/locales.made
`
const LOCALE_GEN = `#!/bin/sh
[ ! -e /etc/locale.fails ] || { echo "no space left"; exit 3; }
sed -n 's/^\\([a-z]*_[A-Z]*\\)[.]UTF-8 .*/\\1.utf8/p' /etc/locale.gen >/etc/locales.made
`
const LIST = '# de_DE.UTF-8 UTF-8\n# fr_FR.UTF-8 UTF-8\n'

test.before(async (context) => {
  context.hosts = await apartHosts(':')
  for (const { bin, run } of context.hosts) {
    run(`printf '%s' '${LIST}' >/etc/locale.gen; : >/etc/locales.made`)
    writeFileSync(join(bin, 'locale'), LOCALE, { mode: 0o755 })
    writeFileSync(join(bin, 'locale-gen'), LOCALE_GEN, { mode: 0o755 })
  }
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    for (const [raw, list] of [
      [{ name: 'de_DE.UTF-8' }, LIST.replace('# de', 'de')],
      [{ name: ['fr_FR.UTF-8'] }, LIST.replaceAll('# ', '')],
      [{ name: 'de_DE.UTF-8', state: 'absent' }, LIST.replace('# fr', 'fr')],
    ] as const) {
      const checked = await applyModule(session, locale_gen, raw, CHECK)
      const { plan, result } = await applyModule(session, locale_gen, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.is(run('cat /etc/locale.gen'), list)
      assert.equal((await applyModule(session, locale_gen, raw)).plan.changes, [])
    }
  }
})

test('what locale-gen says is the failure', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    run('touch /etc/locale.fails')
    const { result } = await applyModule(session, locale_gen, { name: 'de_DE.UTF-8' })
    assert.is(result.failed, 'locale-gen failed: no space left')
    run('rm /etc/locale.fails')
  }
})

test.run()
