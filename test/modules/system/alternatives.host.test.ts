import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { alternatives } from '../../../src/modules/system/alternatives/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('alternatives: on hosts')

test.before(async (context) => {
  context.hosts = await apartHosts(
    'mount -t tmpfs none /var/lib/dpkg/alternatives; mkdir /etc/bin; touch "/etc/bin/a b" /etc/bin/c /etc/bin/sub',
  )
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

async function applied({ session, run }: ApartHost, raw: Raw): Promise<string> {
  const checked = await applyModule(session, alternatives, raw, CHECK)
  const { plan, result } = await applyModule(session, alternatives, raw)
  assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
  assert.ok(plan.changes.length > 0, JSON.stringify(raw))
  assert.equal((await applyModule(session, alternatives, raw)).plan.changes, [], JSON.stringify(raw))
  return run('readlink -f /etc/bin/general || :').trim()
}

test('alternatives are added, chosen, left to their priority and removed', async ({ hosts }) => {
  for (const host of hosts) {
    const [first, second] = [
      { name: 'playssh', link: '/etc/bin/general', path: '/etc/bin/a b' },
      { name: 'playssh', path: '/etc/bin/c' },
    ]
    assert.is(await applied(host, first), '/etc/bin/a b')
    assert.is(await applied(host, { ...second, state: 'present', priority: 60 }), '/etc/bin/a b')
    assert.is(await applied(host, second), '/etc/bin/c')
    assert.is(await applied(host, { ...first, priority: 70, state: 'auto' }), '/etc/bin/a b')
    const subcommands = [{ name: 'playssh-sub', path: '/etc/bin/sub', link: '/etc/bin/general-sub' }]
    await applied(host, { ...first, subcommands })
    assert.is(host.run('readlink -f /etc/bin/general-sub').trim(), '/etc/bin/sub')
    assert.is(await applied(host, { ...first, state: 'absent' }), '/etc/bin/c')
    await applied(host, { ...second, state: 'absent' })
  }
})

test.run()
