import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { address } from '../../../src/modules/network/address/index.ts'
import { link } from '../../../src/modules/network/link/index.ts'
import { route } from '../../../src/modules/network/route/index.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('route: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const host of context.hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
    await settles(host, link, { name: 'v1', state: 'up' }, ['state'])
    await settles(host, address, { dev: 'v0', address: '10.0.0.1/24' }, ['address 10.0.0.1/24'])
    host.ip('address', 'add', 'fd00::1/64', 'dev', 'v0', 'nodad')
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('IPv4 routes come to be as wanted, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    const r = (raw: object, changed: string[]) => settles(host, route, { to: 'default', ...raw }, changed)
    await r({ via: '10.0.0.2' }, ['route default'])
    await r({ via: '10.0.0.3', dev: 'v0' }, ['route default'])
    const more = { src: '10.0.0.1', proto: 'static', onlink: true, mtu: 1400, advmss: 1300 }
    await r(
      { via: '10.0.0.3', dev: 'v0', ...more },
      Object.keys(more).map((name) => `route default ${name}`),
    )
    await r({ via: '10.0.0.3', mtu: 0, src: '' }, ['route default src', 'route default mtu'])
    assert.match(host.ip('route'), /^default via 10.0.0.3 dev v0 proto static onlink advmss 1300/m)
    await r({ via: '10.0.0.4', metric: 100 }, ['route default'])
    host.ip('route', 'append', 'default', 'via', '10.0.0.9')
    await r({ via: '10.0.0.9' }, ['route default'])
    await r({ dev: 'v1' }, ['route default'])
    await r({ nexthops: [{ via: '10.0.0.5', weight: 2 }, { via: '10.0.0.6' }] }, ['route default'])
    await r({ nexthops: [{ via: '10.0.0.6' }, { via: '10.0.0.5', weight: 2 }] }, [])
    await r({ state: 'absent', via: '10.0.0.77' }, [])
    await r({ state: 'absent', metric: 100 }, ['route default'])
    await r({ state: 'absent' }, ['route default'])
    assert.not.match(host.ip('route'), /default/)
  }
})

real('a host route into a table of its own, and other types', async ({ hosts }) => {
  for (const host of hosts) {
    const r = (raw: object, changed: number) =>
      settles(
        host,
        route,
        { to: '192.168.100.3/32', table: 100, ...raw },
        ['route 192.168.100.3 table 100', 'route 192.168.100.3 table 100 type'].slice(changed - 1, changed),
      )
    await r({ state: 'absent' }, 0)
    await r({ dev: 'v0' }, 1)
    await r({ dev: 'v1' }, 1)
    await r({ type: 'blackhole' }, 2)
    await r({ type: 'unreachable' }, 2)
    await r({ state: 'absent' }, 1)
    await r({ state: 'absent' }, 0)
  }
})

real('IPv6 routes come to be as wanted, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    const r = (raw: object, changed: string[]) => settles(host, route, { to: '::/0', ...raw }, changed)
    await r({ via: 'fd00:0::2' }, ['route default'])
    await r({ via: 'fd00::3', src: 'fd00::1', mtu: 1400 }, [
      'route default',
      'route default src',
      'route default mtu',
    ])
    await r({ nexthops: [{ via: 'fd00::3' }, { via: 'fd00::4', weight: 3 }] }, ['route default'])
    await r({ via: 'fd00::5', metric: 5 }, ['route default'])
    await r({ state: 'absent' }, ['route default', 'route default'])
    const other = { to: 'fd09::/64' }
    await settles(host, route, { ...other, dev: 'v0' }, ['route fd09::/64'])
    await settles(host, route, { ...other, dev: 'v1' }, ['route fd09::/64'])
    await settles(host, route, { ...other, type: 'prohibit' }, ['route fd09::/64 type'])
    await settles(host, route, { ...other, state: 'absent' }, ['route fd09::/64'])
  }
})

real('a route that an interface took along when it went down is absent', async ({ hosts }) => {
  for (const host of hosts) {
    const wanted = { to: '10.9.0.0/16', dev: 'v1' }
    await settles(host, route, wanted, ['route 10.9.0.0/16'])
    host.ip('link', 'set', 'v1', 'down')
    host.ip('link', 'set', 'v1', 'up')
    await settles(host, route, wanted, ['route 10.9.0.0/16'])
    await settles(host, route, { to: '10.9.0.0/16', state: 'absent' }, ['route 10.9.0.0/16'])
  }
})

real('what the kernel refuses is a failure with a sentence', async ({ hosts }) => {
  for (const host of hosts) {
    const to = '10.9.0.0/16'
    assert.match(
      (await failureOf(host, route, { to, via: '192.0.2.1' }))!,
      /on no network of a link that is up/,
    )
    assert.match((await failureOf(host, route, { to, dev: 'v9' }))!, /Cannot find device "v9"/)
  }
})

real.run()
