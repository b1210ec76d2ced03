import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ip_batch } from '../../../src/modules/network/ip_batch.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const HOA = '10.0.0.20'
const NEIGHBOR = '10.0.0.9'

const real = suite<{ hosts: NetnsHost[] }>('ip_batch: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const { ip } of context.hosts) {
    for (const bridge of ['br0', 'br1']) ip('link', 'add', bridge, 'up', 'type', 'bridge')
    ip('link', 'add', 'v0', 'up', 'master', 'br0', 'type', 'veth', 'peer', 'name', 'v1')
    ip('link', 'set', 'v1', 'up')
    ip('address', 'add', '10.0.0.2/24', 'dev', 'v1')
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

const route = (more: object = {}) => ({ route: { to: `${HOA}/32`, dev: 'v1', ...more } })
const proxy = (more: object = {}) => ({ neighbor: { address: HOA, dev: 'v1', proxy: true, ...more } })

real('a route and a proxy entry come together, and go together', async ({ hosts }) => {
  for (const host of hosts) {
    const changed = [`route ${HOA}`, `proxy ${HOA} on v1`]
    await settles(host, ip_batch, { steps: [route(), proxy({ announce: true })] }, changed)
    assert.match(host.ip('route'), /10\.0\.0\.20 dev v1/)
    assert.match(host.ip('neigh', 'show', 'proxy'), /10\.0\.0\.20 dev v1/)
    const gone = { state: 'absent' }
    await settles(host, ip_batch, { steps: [route(gone), proxy(gone)] }, changed)
    assert.not.match(host.ip('route'), /10\.0\.0\.20/)
  }
})

real(
  'a replugged link is up on its new bridge, and its other end has forgotten its neighbors',
  async ({ hosts }) => {
    for (const host of hosts) {
      for (const master of ['br1', 'br0', 'br1']) {
        host.ip('neigh', 'replace', NEIGHBOR, 'lladdr', '02:00:00:00:00:0c', 'nud', 'reachable', 'dev', 'v1')
        const steps = [{ link: { name: 'v0', master, replug: true } }]
        await settles(host, ip_batch, { steps }, ['link v0 master'])
        assert.match(host.ip('link', 'show', 'dev', 'v0'), new RegExp(`,UP[,>].* master ${master}`))
        assert.not.match(host.ip('neigh', 'show', 'dev', 'v1'), new RegExp(NEIGHBOR))
      }
    }
  },
)

real(
  'where a step fails, those before it stay, those behind it are not done, and it is said',
  async ({ hosts }) => {
    for (const host of hosts) {
      const steps = [route({ metric: 7 }), route({ to: '10.0.0.21/32', dev: 'v9' }), proxy()]
      assert.match((await failureOf(host, ip_batch, { steps }))!, /^Cannot find device "v9"$/)
      assert.match(host.ip('route'), /10\.0\.0\.20 dev v1 .*metric 7/)
      assert.is(host.ip('neigh', 'show', 'proxy').trim(), '')
    }
  },
)

real('a link that cannot go to its new bridge is up where it was', async ({ hosts }) => {
  for (const host of hosts) {
    const before = host.ip('-br', 'link', 'show', 'dev', 'v0')
    const steps = [{ link: { name: 'v0', master: 'lo', replug: true } }]
    assert.match((await failureOf(host, ip_batch, { steps }))!, /./)
    assert.is(host.ip('-br', 'link', 'show', 'dev', 'v0'), before)
  }
})

real.run()
