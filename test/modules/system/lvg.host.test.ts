import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lvg } from '../../../src/modules/system/lvg.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('lvg: on hosts')

// Machines for tests have no devices: these programs keep a table of devices and their groups.
const FAKES: Record<string, string> = {
  vgs: 'cut -d" " -f2 /etc/lvm.table | sort -u | sed "/^-$/d; s/.*/  &;0/"',
  pvs: 'while read -r d g; do [ "$g" != - ] || g=; echo "  $d;$g;1000;900;10;100"; done </etc/lvm.table',
  pvcreate: 'for d; do :; done; echo "$d -" >>/etc/lvm.table',
  vgcreate: 'shift 2; g=$1; shift; for d; do sed -i "s,^$d .*,$d $g," /etc/lvm.table; done',
  vgextend: 'g=$1; shift; for d; do sed -i "s,^$d .*,$d $g," /etc/lvm.table; done',
  vgreduce: 'shift 2; for d; do sed -i "s,^$d .*,$d -," /etc/lvm.table; done',
  vgremove: 'sed -i "s, $2$, -," /etc/lvm.table',
}

test.before(async (context) => {
  context.hosts = await apartHosts(': >/etc/lvm.table; : >/etc/a; : >/etc/b; ln -s b /etc/link')
  for (const { bin } of context.hosts)
    for (const [name, text] of Object.entries(FAKES))
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    for (const [raw, table] of [
      [{ vg: 'v', pvs: ['/etc/a'] }, '/etc/a v\n'],
      [{ vg: 'v', pvs: '/etc/a,/etc/link' }, '/etc/a v\n/etc/b v\n'],
      [{ vg: 'v', pvs: ['/etc/b'] }, '/etc/a -\n/etc/b v\n'],
      [{ vg: 'v', state: 'absent' }, '/etc/a -\n/etc/b -\n'],
    ] as [Raw, string][]) {
      const checked = await applyModule(session, lvg, raw, CHECK)
      const { plan, result } = await applyModule(session, lvg, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.is(plan.changes.length, 1)
      assert.is(run('cat /etc/lvm.table'), table)
      assert.equal((await applyModule(session, lvg, raw)).plan.changes, [], JSON.stringify(raw))
    }
  }
})

test.run()
