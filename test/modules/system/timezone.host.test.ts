import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { timezone } from '../../../src/modules/system/timezone.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('timezone: on hosts')

// The zones of a machine for tests, which needs to have none of its own.
const ZONES = `mount -t tmpfs none /usr/share/zoneinfo 2>/dev/null || { mkdir -p /usr/share/zoneinfo; mount -t tmpfs none /usr/share/zoneinfo; }
mkdir /usr/share/zoneinfo/Test; echo one >/usr/share/zoneinfo/Test/One; echo two >/usr/share/zoneinfo/Test/Two-1
rm -f /etc/localtime /etc/timezone /etc/adjtime /etc/default/rcS /etc/sysconfig/clock`

const SYSTEMD = `#!/bin/sh
case $1 in
  status) printf '       Time zone: %s (X, +0000)\\n RTC in local TZ: %s\\n' "$(cat /etc/fake.zone)" "$(cat /etc/fake.rtc)" ;;
  set-timezone) echo "$2" >/etc/fake.zone ;;
  set-local-rtc) echo "$2" >/etc/fake.rtc ;;
esac
`
const HWCLOCK = `#!/bin/sh
case $2 in --utc) echo UTC ;; *) echo LOCAL ;; esac >/etc/adjtime
`
const FAILS = '#!/bin/sh\nexit 1\n'
const WORKS = '#!/bin/sh\nexit 0\n'

test.before(async (context) => {
  context.hosts = await apartHosts(ZONES)
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

function install({ bin, run }: ApartHost, programs: Record<string, string>): void {
  for (const [name, text] of Object.entries(programs)) {
    run(`rm -f ${join(bin, name)}`)
    writeFileSync(join(bin, name), text, { mode: 0o755 })
  }
}

async function applied({ session }: ApartHost, raw: Raw): Promise<unknown[]> {
  const checked = await applyModule(session, timezone, raw, CHECK)
  const { plan, result } = await applyModule(session, timezone, raw)
  assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
  assert.equal((await applyModule(session, timezone, raw)).plan.changes, [], JSON.stringify(raw))
  return plan.changes.map(({ after }) => after)
}

test('systemd sets the zone and the hardware clock', async ({ hosts }) => {
  for (const host of hosts) {
    install(host, { timedatectl: SYSTEMD })
    host.run('echo Etc/UTC >/etc/fake.zone; echo no >/etc/fake.rtc')
    assert.equal(await applied(host, { name: 'Test/One', hwclock: 'local' }), ['Test/One', 'local'])
    assert.is(host.run('cat /etc/fake.zone /etc/fake.rtc'), 'Test/One\nyes\n')
  }
})

test('without systemd, files as Debian has them are written', async ({ hosts }) => {
  for (const host of hosts) {
    install(host, { timedatectl: FAILS, 'dpkg-reconfigure': WORKS, hwclock: HWCLOCK })
    assert.equal(await applied(host, { name: 'Test/One' }), ['Test/One'])
    assert.equal(await applied(host, { name: 'Test/Two-1', hwclock: 'local' }), ['Test/Two-1', 'local'])
    assert.is(
      host.run('readlink /etc/localtime; cat /etc/timezone'),
      '/usr/share/zoneinfo/Test/Two-1\nTest/Two-1\n',
    )
    host.run('ln -sf ../usr/share/zoneinfo/Test/One /etc/localtime')
    assert.equal(await applied(host, { name: 'Test/Two-1', rtc: 'UTC' }), ['Test/Two-1', 'UTC'])
    assert.is(host.run('cat /etc/default/rcS'), 'UTC=yes\n')
    host.run('rm -f /etc/localtime /etc/timezone /etc/adjtime /etc/default/rcS')
  }
})

test('a zone that is not there is a failure', async ({ hosts }) => {
  for (const { session } of hosts) {
    const { plan } = await applyModule(session, timezone, { name: 'Test/None' })
    assert.is(plan.failed, 'given timezone "Test/None" is not available')
  }
})

test.run()
