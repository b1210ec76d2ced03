import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ufw } from '../../../src/modules/network/ufw/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('ufw: on hosts')

/** Keeps files as ufw does; a rule is its words. */
const FAKE = `#!/bin/sh
d=/etc/ufw; r=$d/user.rules dry=
set_to() { sed -i "s/^$1=.*/$1=$2/" "$3"; }
case $1 in
  status) if grep -q ENABLED=yes $d/ufw.conf; then echo "Status: active"; else echo "Status: inactive"; fi; exit ;;
  -f) case $2 in enable) set_to ENABLED yes $d/ufw.conf ;; disable) set_to ENABLED no $d/ufw.conf ;; reset) : >$r ;; esac; exit ;;
  logging) [ "$2" != on ] || set -- logging low; set_to LOGLEVEL "$2" $d/ufw.conf; exit ;;
  default) set_to DEFAULT_INPUT_POLICY "$(case $2 in allow) echo ACCEPT ;; *) echo DROP ;; esac)" /etc/default/ufw; exit ;;
  --dry-run) dry=1; shift ;;
esac
gone=
[ "$1" != delete ] || { gone=1; shift; }
line="### tuple ### $*"
case $* in *99999*) echo "ERROR: Bad port '99999'" >&2; exit 1 ;; esac
if [ -z "$gone" ] && grep -qxF "$line" $r; then echo "Skipping adding existing rule"; exit; fi
printf '*filter\\n:ufw-user-input - [0:0]\\n' >$d/new.$$
grep -vxF "$line" $r | grep tuple >>$d/new.$$
[ "$gone" ] || echo "$line" >>$d/new.$$
if [ "$dry" ]; then cat $d/new.$$; rm $d/new.$$; else mv $d/new.$$ $r; fi
echo "Rules updated"
`

test.before(async (context) => {
  context.hosts = await apartHosts(
    'mkdir -p /etc/ufw; : >/etc/ufw/user.rules; printf "ENABLED=no\\nLOGLEVEL=off\\n" >/etc/ufw/ufw.conf; echo DEFAULT_INPUT_POLICY=DROP >/etc/default/ufw',
  )
  for (const { bin } of context.hosts) writeFileSync(join(bin, 'ufw'), FAKE, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const rule = { rule: 'allow', port: '22', proto: 'tcp', comment: 'a "b" $(c)' }
    for (const raw of [
      rule,
      { state: 'enabled', policy: 'allow', rule: 'deny', from: '10.0.0.0/8' },
      { logging: 'medium' },
      { ...rule, delete: true },
      { state: 'disabled' },
    ] as Raw[]) {
      const checked = await applyModule(session, ufw, raw, CHECK)
      const { plan, result } = await applyModule(session, ufw, raw)
      assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
      assert.ok(plan.changes.length > 0, JSON.stringify(raw))
      assert.match(String(result.result?.msg), /^Status: (in)?active$/)
      assert.equal((await applyModule(session, ufw, raw)).plan.changes, [], JSON.stringify(raw))
    }
    assert.is(run('grep tuple /etc/ufw/user.rules'), '### tuple ### deny from 10.0.0.0/8 to any\n')
    const bad = await applyModule(session, ufw, { rule: 'allow', port: '99999' }, CHECK)
    assert.is(bad.plan.failed, "ERROR: Bad port '99999'")
  }
})

test.run()
