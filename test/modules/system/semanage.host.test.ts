import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sefcontext } from '../../../src/modules/system/sefcontext.ts'
import { seport } from '../../../src/modules/system/seport.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('semanage: on hosts')

// Machines for tests have no policy: lists of lines stand for it, and what semanage is not asked for in earnest is refused.
const FAKE = `f=/etc/selinux-fake-$1; touch "$f"; object=$1; shift
case "$object $*" in
  "port -l -n" | "fcontext -l -n") cat "$f" ;;
  "port -a -t "*" -p tcp "*) printf '%s  tcp  %s\\n' "$3" "$6" >>"$f" ;;
  "port -m -t "*" -p tcp "*) grep -v " $6$" "$f" >"$f.new"; printf '%s  tcp  %s\\n' "$3" "$6" >>"$f.new"; mv "$f.new" "$f" ;;
  "port -d -p tcp "*) grep -v " $4$" "$f" >"$f.new"; mv "$f.new" "$f" ;;
  "fcontext -a -t "*" -s "*" -r "*" -f a "*) printf '%s  all files  %s:object_r:%s:%s \\n' "\${10}" "$5" "$3" "$7" >>"$f" ;;
  "fcontext -d -f a "*) grep -vF "$4  all" "$f" >"$f.new"; mv "$f.new" "$f" ;;
  "fcontext -a -e "*) printf '%s = %s\\n' "$4" "$3" >>"$f" ;;
  *) echo "semanage: error: $object $*" >&2; exit 1 ;;
esac; exit 0`

test.before(async (context) => {
  context.hosts = await apartHosts()
  for (const { bin } of context.hosts)
    writeFileSync(join(bin, 'semanage'), `#!/bin/sh\n${FAKE}\n`, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

const IN_CHROOT = { ignore_selinux_state: true }

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const port = { proto: 'tcp', ...IN_CHROOT }
    for (const [module, raw] of [
      [seport, { ...port, ports: '8080', setype: 'a_t' }],
      [seport, { ...port, ports: '8080', setype: 'b_t' }],
      [seport, { ...port, ports: '8080', setype: 'b_t', state: 'absent' }],
      [sefcontext, { target: '/srv/it is(/.*)?', setype: 'a_t', ...IN_CHROOT }],
      [sefcontext, { target: '/srv/as', substitute: '/b', ...IN_CHROOT }],
      [sefcontext, { target: '/srv/it is(/.*)?', state: 'absent', ...IN_CHROOT }],
    ] as const) {
      const checked = await applyModule(session, module, raw, CHECK)
      const { plan, result } = await applyModule(session, module, raw)
      assert.equal([plan.failed, result.failed, plan.changes], [undefined, undefined, checked.plan.changes])
      assert.is(plan.changes.length, 1)
      assert.equal((await applyModule(session, module, raw)).plan.changes, [])
    }
    assert.is(run('cat /etc/selinux-fake-*'), '/srv/as = /b\n')
  }
})

test('a host where SELinux does not run is told of', async ({ hosts }) => {
  for (const { session } of hosts) {
    const { plan } = await applyModule(session, seport, { ports: '1', proto: 'tcp', setype: 'a_t' })
    assert.is(plan.failed, 'SELinux is disabled on this host.')
  }
})

test.run()
