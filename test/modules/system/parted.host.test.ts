import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parted } from '../../../src/modules/system/parted/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('parted: on hosts')

/** Keeps a table in the file itself: its kind, and a line for each partition. New ones have the flag lba. */
const FAKE = `#!/bin/sh
while [ "$1" != -- ]; do d=$1; shift; done
shift
[ -s "$d" ] || echo unknown >"$d"
while [ $# -gt 0 ]; do
  case $1 in
    unit) shift 2 ;;
    print) printf 'BYT;\\n%s:1000B:file:512:512:%s::;\\n' "$d" "$(head -n 1 "$d")"; sed 1d "$d" | sed 's/, *;$/;/'; exit ;;
    mklabel) echo "$2" >"$d"; shift 2 ;;
    mkpart) echo "$(wc -l <"$d" | tr -d ' '):1B:2B:1B:::lba;" >>"$d"; shift 4 ;;
    rm) sed -i "/^$2:/d" "$d"; shift 2 ;;
    name) n=\${3#?}; sed -i "s/^\\($2:.*:.*:.*:.*\\):[^:]*:\\([^:]*\\)$/\\1:\${n%?}:\\2/" "$d"; shift 3 ;;
    set) case $4 in
        on) sed -i "s/^\\($2:.*\\);$/\\1, $3;/; s/:, /:/" "$d" ;;
        off) sed -i "s/^\\($2:.*[:, ]\\)$3\\([,;].*\\)$/\\1\\2/; s/:, /:/" "$d" ;;
      esac; shift 4 ;;
  esac
done
`

test.before(async (context) => {
  context.hosts = await apartHosts('touch "/etc/disk \'x"')
  for (const { bin } of context.hosts) writeFileSync(join(bin, 'parted'), FAKE, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const disk = { device: "/etc/disk 'x", number: 1, label: 'gpt' }
    for (const [step, table] of [
      [{ state: 'present', name: 'a b', flags: ['lvm'] }, 'gpt\n1:1B:2B:1B::a b:lvm;\n'],
      [{ state: 'present', name: 'c', flags: ['raid', 'lvm'] }, 'gpt\n1:1B:2B:1B::c:lvm, raid;\n'],
      [{ state: 'absent' }, 'gpt\n'],
    ] as [Raw, string][]) {
      const raw = { ...disk, ...step }
      const checked = await applyModule(session, parted, raw, CHECK)
      const { plan, result } = await applyModule(session, parted, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.ok(plan.changes.length > 0)
      assert.is(run(`cat "/etc/disk 'x"`), table)
      assert.is((result.result!.partitions as unknown[]).length, step.state === 'absent' ? 0 : 1)
      assert.equal((await applyModule(session, parted, raw)).plan.changes, [], JSON.stringify(raw))
    }
  }
})

test.run()
