import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { address } from '../../../src/modules/network/address/index.ts'
import { link } from '../../../src/modules/network/link/index.ts'
import { neighbor } from '../../../src/modules/network/neighbor.ts'
import { netns } from '../../../src/modules/network/netns.ts'
import { nexthop } from '../../../src/modules/network/nexthop/index.ts'
import { qdisc } from '../../../src/modules/network/qdisc/index.ts'
import { route } from '../../../src/modules/network/route/index.ts'
import { rule } from '../../../src/modules/network/rule/index.ts'
import { tc_class } from '../../../src/modules/network/tc_class.ts'
import { applyModule } from '../../support/host.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'
import { CHECK } from '../../support/plan.ts'

const real = suite<{ hosts: NetnsHost[] }>('netns: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Names are those of the whole machine. */
const named = (name: string) => `${name}-${randomBytes(4).toString('hex')}`

for (const kind of ['plain', "odd '$x~ ü\n", '7'])
  real(`a namespace called ${JSON.stringify(kind)} comes, is worked in, and goes`, async ({ hosts }) => {
    for (const host of hosts) {
      const name = named(kind)
      const path = `/var/run/netns/${name}`
      await settles(host, netns, { name }, [`network namespace ${name}`])
      assert.ok(existsSync(path))
      await settles(host, link, { netns: name, name: 'lo', state: 'up' }, ['state'])
      await settles(host, netns, { name, id: 4711 }, [`network namespace ${name} id`])
      assert.match((await failureOf(host, netns, { name, id: 12 }))!, /has the number 4711/)
      const other = named('other')
      assert.match((await failureOf(host, netns, { name: other, id: 4711 }))!, /another namespace has this/)
      assert.not(existsSync(`/var/run/netns/${other}`), 'made whole or not at all')
      await settles(host, netns, { name, state: 'absent' }, [`network namespace ${name}`])
      assert.not(existsSync(path))
    }
  })

real('a name without a namespace is told of, and can be removed', async ({ hosts }) => {
  for (const host of hosts) {
    const name = named('stale')
    execFileSync('mkdir', ['-p', '/var/run/netns'])
    writeFileSync(`/var/run/netns/${name}`, '')
    assert.match((await failureOf(host, netns, { name }))!, /no network namespace is behind it/)
    await settles(host, netns, { name, state: 'absent' }, [`network namespace ${name}`])
  }
})

real(
  'under check, work in a namespace that an earlier task makes is planned, and fails otherwise',
  async ({ hosts }) => {
    const to = { to: '10.1.0.0/16', via: '10.0.0.2' }
    for (const host of hosts) {
      const name = named('coming')
      for (const [module, raw] of [
        [link, { name: 'lo', state: 'up' }],
        [link, { name: 'br0', type: 'bridge', state: 'up' }],
        [address, { dev: 'br0', address: '10.0.0.1/24' }],
        [neighbor, { dev: 'br0', address: '10.0.0.2', lladdr: '02:00:00:00:00:01' }],
        [route, to],
        [rule, { priority: 100, from: '10.0.0.0/24', table: '100' }],
        [nexthop, { id: 1, via: '10.0.0.2', dev: 'br0' }],
        [qdisc, { dev: 'br0', kind: 'htb', handle: '1:' }],
        [tc_class, { dev: 'br0', classid: '1:1', rate: '1mbit' }],
      ] as const) {
        const { plan } = await applyModule(host.session, module, { netns: name, ...raw }, CHECK)
        assert.is(plan.failed, undefined, module.name)
        assert.is(plan.changes.length, 1, module.name)
        const said = await failureOf(host, module, { netns: name, ...raw }).catch(String)
        assert.match(said!, /Cannot open network namespace/)
      }
    }
  },
)

real.run()
