import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { selinux_permissive } from '../../../src/modules/system/selinux_permissive.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('selinux_permissive: on hosts')

// Machines for tests have no policy: folders of empty files stand for the modules of two, and what these programs are
// not asked for in earnest they refuse.
const SETUP = `mkdir -p /etc/selinux/targeted /etc/selinux/mls; touch /etc/selinux/targeted/base`
const FAKES: Record<string, string> = {
  semodule: `store=targeted; [ "$1" != -s ] || { store=$2; shift 2; }
[ "$*" = -l ] || { echo "semodule: $*" >&2; exit 1; }
[ -d "/etc/selinux/$store" ] || { echo "libsemanage: no store $store" >&2; exit 1; }
ls "/etc/selinux/$store"`,
  semanage: `[ "$1" = permissive ] || exit 2
store=targeted; action=$2; shift 2; [ "$1" != -N ] || shift
[ "$1" != -S ] || { store=$2; shift 2; }
[ $# = 1 ] || exit 2
case $1 in *_t) ;; *) echo "ValueError: $1 is not a domain" >&2; exit 1 ;; esac
module=/etc/selinux/$store/permissive_$1
case $action in -a) [ ! -e "$module" ] && : >"$module" ;; -d) rm "$module" ;; *) exit 2 ;; esac`,
}

test.before(async (context) => {
  context.hosts = await apartHosts(SETUP)
  for (const { bin } of context.hosts)
    for (const [name, text] of Object.entries(FAKES))
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    for (const raw of [
      { domain: 'a_t', permissive: true },
      { domain: 'b_t', permissive: true, store: 'mls', no_reload: true },
      { domain: 'a_t', permissive: false, no_reload: true },
    ]) {
      const checked = await applyModule(session, selinux_permissive, raw, CHECK)
      const { plan, result } = await applyModule(session, selinux_permissive, raw)
      assert.equal([plan.failed, result.failed, plan.changes], [undefined, undefined, checked.plan.changes])
      assert.is(plan.changes.length, 1)
      assert.equal((await applyModule(session, selinux_permissive, raw)).plan.changes, [])
    }
    assert.is(run('ls /etc/selinux/targeted /etc/selinux/mls | grep _t'), 'permissive_b_t\n')
  }
})

test('a domain that the policy does not have is told of', async ({ hosts }) => {
  for (const { session } of hosts) {
    const applied = applyModule(session, selinux_permissive, { domain: 'a', permissive: true })
    const told = await applied.then(
      () => '',
      ({ message }: Error) => message,
    )
    assert.match(told, /a is not a domain/)
  }
})

test.run()
