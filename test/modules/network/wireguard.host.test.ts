import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wireguard } from '../../../src/modules/network/wireguard/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('wireguard: on hosts')

test.before(async (context) => {
  // A kernel may have no WireGuard: the program speaks wg's language as well.
  context.hosts = await apartHosts('mkdir -p /run/wireguard; wireguard-go wg0 >/dev/null 2>&1', true)
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

const PRIVATE = 'aPxGwq8zERHQ3Q1cOZFdJ+cvJX5Ka4mLN38AyYKYF10='
const SHARED = 'FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE='
const A = 'Gn45JHFSzJ+7tEZtUO7IX6LMXzqKgsAXOJgXOZAaM0g='
const B = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg='
const WHOLE = {
  name: 'wg0',
  private_key: PRIVATE,
  listen_port: 51820,
  fwmark: '16',
  peers: [
    {
      public_key: A,
      allowed_ips: ['10.9.0.7/24', '2001:db8::1/64'],
      endpoint: '[2001:db8::9]:51820',
      preshared_key: SHARED,
    },
    { public_key: B, allowed_ips: '10.8.0.1', persistent_keepalive: 25 },
  ],
}

test('check says what a run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const checked = await applyModule(session, wireguard, WHOLE, CHECK)
    const { plan, result } = await applyModule(session, wireguard, WHOLE)
    assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
    assert.is(plan.changes.length, 5)
    assert.equal((await applyModule(session, wireguard, WHOLE)).plan.changes, [])
    assert.match(run('wg showconf wg0'), `PrivateKey = ${PRIVATE}`)
    assert.match(run('wg showconf wg0'), `PresharedKey = ${SHARED}`)
  }
})

test('peers change, lose their key and go, and others stay', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    await applyModule(session, wireguard, WHOLE)
    const less = { name: 'wg0', peers: [{ public_key: A, allowed_ips: [], preshared_key: '' }] }
    const { plan } = await applyModule(session, wireguard, less)
    assert.equal(
      plan.changes.map(({ what }) => what.split(' ')[0]),
      ['peer', 'allowed', 'preshared'],
    )
    assert.equal((await applyModule(session, wireguard, less)).plan.changes, [])
    const shown = run('wg showconf wg0')
    assert.not.match(shown, SHARED)
    assert.not.match(shown, B)
    assert.match(shown, 'Endpoint = [2001:db8::9]:51820')
  }
})

test('what is no interface of WireGuard fails in the words of wg', async ({ hosts }) => {
  for (const { session } of hosts) {
    try {
      await applyModule(session, wireguard, { name: 'lo', listen_port: 1 })
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /Unable to access interface/)
    }
  }
})

test.run()
