import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { firewalld } from '../../../src/modules/network/firewalld/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('firewalld: on hosts')

/** A bus and a firewall of the host's own. */
const START = `mount -t tmpfs tmpfs /var/log; mkdir /run/dbus
dbus-daemon --system --nopidfile --fork
(firewalld --nofork --nopid >/run/firewalld.log 2>&1 &
until [ -e /run/stop ]; do sleep 0.1; done
kill $!) >/dev/null 2>&1 &
until firewall-cmd --state >/dev/null 2>&1; do sleep 0.1; done`

test.before(async (context) => {
  context.hosts = await apartHosts(START, true)
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Check says what the run then does, and a second run finds nothing. */
async function settles({ session, name }: ApartHost, raw: Raw, count: number): Promise<void> {
  const where = `${JSON.stringify(raw)} on ${name}`
  const checked = await applyModule(session, firewalld, raw, CHECK)
  const { plan, result } = await applyModule(session, firewalld, raw)
  assert.equal([plan.failed, result.failed], [undefined, undefined], where)
  assert.equal(plan.changes, checked.plan.changes, where)
  assert.is(plan.changes.length, count, where)
  assert.equal((await applyModule(session, firewalld, raw)).plan.changes, [], where)
}

test('a firewall that runs is changed now, and for good', async ({ hosts }) => {
  for (const host of hosts) {
    const both = { permanent: true, immediate: true }
    await settles(host, { service: 'http', ...both, state: 'enabled' }, 2)
    const rule = `rule family=ipv4  source address="10.0.0.0/8" service name="ftp" log prefix="it's" accept`
    await settles(host, { rich_rule: rule, zone: 'dmz', state: 'enabled' }, 1)
    assert.match(host.run('firewall-cmd --zone=dmz --list-rich-rules'), /log prefix="it's" accept/)
    assert.is(host.run('firewall-cmd --permanent --list-services'), 'dhcpv6-client http ssh\n')
    const bad = await applyModule(host.session, firewalld, { service: 'nope', state: 'enabled' })
    assert.match(bad.plan.failed ?? '', /Exception caught: INVALID_SERVICE: .*nope/)
  }
})

test('one that does not run has its files changed', async ({ hosts }) => {
  for (const [index, host] of hosts.entries()) {
    host.run(': >/run/stop; while firewall-cmd --state >/dev/null 2>&1; do sleep 0.1; done')
    const all: Raw[] = [
      { zone: 'mine', permanent: true, state: 'present' },
      { permanent: true, zone: 'mine', interface: 'eth7', state: 'enabled' },
      { zone: 'dmz', permanent: true, target: 'DROP', state: 'present' },
      { zone: 'mine', permanent: true, state: 'absent' },
    ]
    for (const raw of index === 0 ? all : all.slice(0, 1)) await settles(host, raw, 1)
    const now = await applyModule(host.session, firewalld, { service: 'http', state: 'enabled' })
    assert.match(now.plan.failed ?? '', /unable to perform immediate actions without a running/)
  }
})

test.run()
