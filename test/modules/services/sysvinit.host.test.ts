import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sysvinit } from '../../../src/modules/services/sysvinit.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('sysvinit: on hosts')

const SCRIPT = `#!/bin/sh
### BEGIN INIT INFO
# Provides:          playssh-sysv
# Required-Start:
# Required-Stop:
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: for tests
### END INIT INFO
case $1 in
  start) [ "$2" != bad ] || { echo "no way" >&2; exit 4; }; echo "$*" >/run/playssh-sysv ;;
  stop) rm -f /run/playssh-sysv ;;
  reload) ;;
  status) if [ -e /run/playssh-sysv ]; then echo running; else echo stopped; exit 3; fi ;;
esac
`

test.before(async (context) => {
  context.hosts = await apartHosts('mount -t tmpfs none /run')
  for (const { run } of context.hosts)
    run(`cat >/etc/init.d/playssh-sysv <<'EOF'\n${SCRIPT}EOF\nchmod +x /etc/init.d/playssh-sysv`)
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

async function applied({ session }: ApartHost, step: Raw, isAgain = false): Promise<void> {
  const raw = { name: 'playssh-sysv', ...step }
  const checked = await applyModule(session, sysvinit, raw, CHECK)
  const { plan, result } = await applyModule(session, sysvinit, raw)
  assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
  assert.ok(plan.changes.length > 0, JSON.stringify(raw))
  if (!isAgain)
    assert.equal((await applyModule(session, sysvinit, raw)).plan.changes, [], JSON.stringify(raw))
}

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    const links = () =>
      host.run('cd /etc; ls -d rc[2-5].d/S??playssh-sysv 2>/dev/null || :').split('\n').filter(Boolean)
    for (const isPlain of [false, true]) {
      if (isPlain)
        host.run('mount --bind /dev/null "$(command -v update-rc.d)"; rm -f /etc/rc?.d/???playssh-sysv')
      await applied(host, { enabled: true, runlevels: ['3', '5'] })
      assert.equal(
        links().map((link) => link[2]),
        ['3', '5'],
      )
      await applied(host, { enabled: false, runlevels: ['3'] })
      await applied(host, { enabled: false })
      assert.equal(links(), [])
      await applied(host, { enabled: true, state: 'started', arguments: "'a b' c" })
      assert.is(links().length, 4)
      assert.is(host.run('cat /run/playssh-sysv'), 'start a b c\n')
      await applied(host, { state: 'restarted', sleep: 0 }, true)
      await applied(host, { state: 'stopped', enabled: false })
    }
  }
})

test('what the script says is the failure', async ({ hosts }) => {
  for (const { session } of hosts) {
    const { result } = await applyModule(session, sysvinit, {
      name: 'playssh-sysv',
      state: 'started',
      args: 'bad',
    })
    assert.is(result.failed, 'Failed to start service: playssh-sysv: no way')
  }
})

test.run()
