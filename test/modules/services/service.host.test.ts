import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { service } from '../../../src/modules/services/service.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, rows } from '../../support/plan.ts'

const SCRIPT = `#!/bin/sh
### BEGIN INIT INFO
# Provides:          NAME
# Required-Start:
# Required-Stop:
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: for tests
### END INIT INFO
pidfile=/run/NAME.pid
start() { sleep 987 & until grep -q ^sleep /proc/$!/cmdline; do :; done; echo $! >$pidfile; echo "$*" >/run/NAME.said; }
stop() { kill "$(cat $pidfile)"; rm -f $pidfile; }
alive() { [ -e $pidfile ] && [ -d "/proc/$(cat $pidfile)" ]; }
verb=$1; shift
echo "$verb $*" >>/run/NAME.log
case $verb in
  start | stop) $verb "$@" ;;
  restart) stop; start "$@" ;;
  reload) alive ;;
  STATUS
  *) echo "Usage: NAME {start|stop|restart|reload}"; exit 1 ;;
esac
`
const WITH_STATUS = SCRIPT.replace(
  'STATUS',
  'status) if alive; then echo runs; else echo stopped; exit 3; fi ;;',
)
const WITHOUT_STATUS = SCRIPT.replace('STATUS', '')

const real = suite<{ hosts: ApartHost[] }>('service: on hosts')

real.before(async (context) => {
  context.hosts = await apartHosts('mount -t tmpfs none /run')
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

function install({ run }: ApartHost, file: string, name: string, script: string): void {
  const text = script.replaceAll('NAME', name)
  run(`cat >/etc/init.d/${file} <<'EOF'\n${text}\nEOF\nchmod +x /etc/init.d/${file}; rm -f /run/${name}.*`)
}

async function walk(
  { session }: ApartHost,
  name: string,
  more: Record<string, unknown> = {},
): Promise<number[]> {
  const planned = []
  for (const step of [
    { state: 'started', enabled: true },
    { enabled: false },
    { enabled: true },
    { state: 'stopped', enabled: false },
    { state: 'stopped' },
  ]) {
    const raw = { name, ...step, ...more }
    planned.push((await applyModule(session, service, raw, CHECK)).plan.changes.length)
    const { result: conclusion } = await applyModule(session, service, raw)
    assert.is(conclusion.failed, undefined)
    assert.equal((await applyModule(session, service, raw)).plan.changes, [], JSON.stringify(raw))
  }
  return planned
}

real('System V: apply, then plan finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    install(host, 'playsshd', 'playsshd', WITH_STATUS)
    assert.equal(await walk(host, 'playsshd'), [2, 1, 1, 2, 0])
    const program = host.run('command -v update-rc.d').trim()
    host.run(`mount --bind /dev/null ${program}; rm -f /etc/rc?.d/???playsshd`)
    assert.equal(await walk(host, 'playsshd', { use: 'sysvinit' }), [2, 1, 1, 2, 0])
    host.run(`umount ${program}`)
  }
})

real('a script without status, called as busybox calls them', async ({ hosts }) => {
  for (const host of hosts) {
    install(host, 'S50playb', 'playb', WITHOUT_STATUS)
    host.run('chmod -x /etc/init.d/S50playb')
    await applyModule(host.session, service, { name: 'playb', enabled: true })
    assert.equal(await walk(host, 'playb'), [1, 1, 1, 2, 0])
  }
})

real('restarted, reloaded, arguments, sleep and pattern', async ({ hosts }) => {
  for (const host of hosts) {
    install(host, 'playsshd', 'playsshd', WITH_STATUS)
    const raw = { name: 'playsshd' }
    await applyModule(host.session, service, { ...raw, state: 'restarted', args: '-a b' })
    await applyModule(host.session, service, {
      ...raw,
      state: 'reloaded',
      args: '; $(echo >/run/oops) "a  b" *',
    })
    await applyModule(host.session, service, { ...raw, state: 'restarted' })
    await applyModule(host.session, service, { ...raw, state: 'restarted', sleep: 0 })
    await applyModule(host.session, service, { ...raw, state: 'reloaded' })
    const known = await applyModule(
      host.session,
      service,
      { ...raw, state: 'started', pattern: 'sleep 987' },
      CHECK,
    )
    assert.equal(known.plan.changes, [])
    const unknown = await applyModule(
      host.session,
      service,
      { ...raw, state: 'started', pattern: 'sl$$p 987' },
      CHECK,
    )
    assert.is(unknown.plan.changes.length, 1)
    await applyModule(host.session, service, { ...raw, state: 'stopped' })
    const said = host
      .run('grep -v status /run/playsshd.log')
      .trim()
      .split('\n')
      .map((line) => line.trim())
    assert.equal(said, [
      'start -a b',
      'reload ; $(echo >/run/oops) a  b *',
      'restart',
      'stop',
      'start',
      'reload',
      'stop',
    ])
  }
})

real('what a script says when it fails', async ({ hosts }) => {
  for (const host of hosts) {
    install(
      host,
      'playfail',
      'playfail',
      '#!/bin/sh\n[ "$1" = status ] && exit 3\necho "no such disk"; exit 7\n',
    )
    try {
      await applyModule(host.session, service, { name: 'playfail', state: 'started' })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /no such disk/)
    }
  }
})

// OpenRC's two programs, as far as they are asked.
const RC_SERVICE = `#!/bin/sh
case "$*" in
  '-e playrc') ;;
  'playrc status')
    [ ! -e /run/crashed ] || { echo ' * status: crashed' >&2; exit 32; }
    [ -e /run/playrc ] || exit 3
    ;;
  'playrc start' | 'playrc restart') [ -e /run/crashed ] || : >/run/playrc ;;
  'playrc zap') rm -f /run/crashed /run/playrc ;;
  'playrc stop') rm -f /run/playrc ;;
  *) exit 1 ;;
esac
`
const RC_UPDATE = `#!/bin/sh
case $1 in
  show) [ ! -e "/run/rc-$2" ] || cat "/run/rc-$2" ;;
  add) echo "               $2 | $3" >"/run/rc-$3" ;;
  del) rm -f "/run/rc-$3" ;;
esac
`

real('OpenRC: apply, then plan finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    writeFileSync(join(host.bin, 'rc-service'), RC_SERVICE, { mode: 0o755 })
    writeFileSync(join(host.bin, 'rc-update'), RC_UPDATE, { mode: 0o755 })
    assert.equal(await walk(host, 'playrc'), [2, 1, 1, 2, 0])
    assert.equal(await walk(host, 'playrc', { runlevel: 'boot', use: 'openrc' }), [2, 1, 1, 2, 0])
    const missing = await applyModule(host.session, service, { name: 'none', enabled: true })
    assert.match(missing.plan.failed!, /Could not find the requested service none/)
  }
})

real('a service of OpenRC that has crashed is started again', async ({ hosts }) => {
  for (const host of hosts) {
    writeFileSync(join(host.bin, 'rc-service'), RC_SERVICE, { mode: 0o755 })
    writeFileSync(join(host.bin, 'rc-update'), RC_UPDATE, { mode: 0o755 })
    for (const state of ['started', 'restarted']) {
      host.run(': >/run/crashed')
      const { plan, result } = await applyModule(host.session, service, {
        name: 'playrc',
        state,
        use: 'openrc',
      })
      assert.equal([rows(plan), result.failed], [[['state', 'stopped', state]], undefined])
      const again = await applyModule(host.session, service, {
        name: 'playrc',
        state: 'started',
        use: 'openrc',
      })
      assert.equal(again.plan.changes, [])
    }
  }
})

real.run()
