import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lvol } from '../../../src/modules/system/lvol/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('lvol: on hosts')

// Machines for tests have no devices: these programs keep a table of volumes, MiB and attributes.
const FAKES: Record<string, string> = {
  vgs: 'for g; do :; done; [ "$g" = v ] || exit 5; echo "  1048576000;629145600;4194304"',
  lvs: 'while read -r n s a; do echo "  $n;$((s * 1048576));-wi-$a-----"; done </etc/lv.table',
  lvcreate: `echo "$3 \${5%m} a" >>/etc/lv.table`,
  lvextend: `sed -i "s/^\${3#v/} [0-9]*/\${3#v/} \${2%m}/" /etc/lv.table`,
  lvchange: `sed -i "s/^\\\\(\${2#v/} .* \\\\)./\\\\1$([ "$1" = -ay ] && echo a || echo -)/" /etc/lv.table`,
  lvremove: `sed -i "/^\${2#v/} /d" /etc/lv.table`,
}

test.before(async (context) => {
  context.hosts = await apartHosts(': >/etc/lv.table')
  for (const { bin } of context.hosts)
    for (const [name, text] of Object.entries(FAKES))
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    for (const [step, table] of [
      [{ size: '100' }, 'a 100 a\n'],
      [{ size: '200' }, 'a 200 a\n'],
      [{ active: false }, 'a 200 -\n'],
      [{ active: true }, 'a 200 a\n'],
      [{ state: 'absent', force: true }, ''],
    ] as [Raw, string][]) {
      const raw = { vg: 'v', lv: 'a', ...step }
      const checked = await applyModule(session, lvol, raw, CHECK)
      const { plan, result } = await applyModule(session, lvol, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.is(plan.changes.length, 1)
      assert.is(run('cat /etc/lv.table'), table)
      assert.equal((await applyModule(session, lvol, raw)).plan.changes, [], JSON.stringify(raw))
    }
    const other = await applyModule(session, lvol, { vg: 'w', lv: 'a', size: '1' })
    assert.is(other.plan.failed, 'Volume group w does not exist.')
  }
})

test.run()
