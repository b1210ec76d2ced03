import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { nexthop } from '../../../src/modules/network/nexthop/index.ts'
import { route } from '../../../src/modules/network/route/index.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('nexthop: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const host of context.hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
    await settles(host, link, { name: 'v1', state: 'up' }, ['state'])
    host.ip('address', 'add', '10.0.0.1/24', 'dev', 'v0')
    host.ip('address', 'add', 'fd00::1/64', 'dev', 'v0', 'nodad')
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('nexthops of all kinds come to be as wanted, change in place, and go', async ({ hosts }) => {
  for (const host of hosts) {
    const n = (id: number, raw: object, changed: string[]) =>
      settles(
        host,
        nexthop,
        { id, ...raw },
        changed.map((what) => `nexthop ${id}${what}`),
      )
    await n(1, { via: '10.0.0.2', dev: 'v0' }, [''])
    await n(1, { via: '10.0.0.3', dev: 'v0', proto: 'static', onlink: true }, [' via', ' onlink', ' proto'])
    await n(2, { dev: 'v0' }, [''])
    await n(2, { dev: 'v0', family: 'inet6' }, [' family'])
    await n(3, { blackhole: true }, [''])
    await n(4, { blackhole: true, family: 'inet6' }, [''])
    await n(5, { via: 'fd00:0::2', dev: 'v0' }, [''])
    await n(6, { via: '10.0.0.4', dev: 'v0' }, [''])
    await n(7, { group: [{ id: 6, weight: 3 }, 1] }, [''])
    await n(7, { group: [1, 6] }, [' group'])
    await n(8, { group: [1, 6], type: 'resilient', buckets: 16, idle_timer: 25 }, [''])
    await n(8, { group: [1], type: 'resilient' }, [' group'])
    await n(8, { group: [1], type: 'resilient', unbalanced_timer: 4 }, [' unbalanced_timer'])
    await n(9, { via: '10.0.0.9', fdb: true }, [''])
    await n(10, { group: [9], fdb: true }, [''])
    assert.match((await failureOf(host, nexthop, { id: 7, dev: 'v0' }))!, /"force: true" deletes it/)
    await n(7, { dev: 'v0', force: true }, [' dev', ' group', ' family'].slice(0, 2))
    await n(8, { group: [1], force: true }, [' type'])
    for (const id of [1, 2, 3, 4, 5, 6, 7, 9]) await n(id, { state: 'absent' }, [''])
    await n(8, { state: 'absent' }, [])
    assert.is(host.ip('nexthop', 'show').trim(), '')
  }
})

real('routes lead to a nexthop or a group, and to another one', async ({ hosts }) => {
  for (const host of hosts) {
    const r = (raw: object, changed: string[]) =>
      settles(
        host,
        route,
        { to: '10.9.0.0/16', ...raw },
        changed.map((what) => `route 10.9.0.0/16${what}`),
      )
    for (const [id, via] of [
      [1, '10.0.0.2'],
      [2, '10.0.0.3'],
    ] as const)
      await settles(host, nexthop, { id, via, dev: 'v0' }, [`nexthop ${id}`])
    await settles(host, nexthop, { id: 3, group: [1, 2] }, ['nexthop 3'])
    await settles(host, nexthop, { id: 4, via: 'fd00::2', dev: 'v0' }, ['nexthop 4'])
    await settles(host, nexthop, { id: 5, blackhole: true }, ['nexthop 5'])
    await r({ via: '10.0.0.9' }, [''])
    await r({ nhid: 3 }, [''])
    await r({ nhid: 3, mtu: 1300 }, [' mtu'])
    await r({ nhid: 1 }, [''])
    // The way is the same: that it is a nexthop's stays so.
    await r({ via: '10.0.0.2', mtu: 1200 }, [' mtu'])
    await r({ nhid: 1 }, [])
    await r({ nhid: 5 }, [''])
    await r({ nhid: 1, state: 'absent' }, [])
    await r({ nhid: 5, state: 'absent' }, [''])
    await r({ nhid: 3 }, [''])
    await r({ via: '10.0.0.7' }, [''])
    await r({ nhid: 3, metric: 5 }, [''])
    await r({ state: 'absent' }, ['', ''])
    const six = { to: 'fd09::/64', nhid: 4 }
    await settles(host, route, six, ['route fd09::/64'])
    await settles(host, route, { ...six, state: 'absent' }, ['route fd09::/64'])
  }
})

real('what the kernel refuses is a failure with a sentence', async ({ hosts }) => {
  for (const host of hosts) {
    assert.match(
      (await failureOf(host, nexthop, { id: 20, group: [99] }))!,
      /make the nexthops of a group before it/,
    )
    assert.match((await failureOf(host, nexthop, { id: 20, dev: 'v9' }))!, /v9/)
    const labels = { id: 20, via: '10.0.0.2', dev: 'v0', labels: [100, 200] }
    const said = await failureOf(host, nexthop, labels)
    if (said === undefined) await settles(host, nexthop, labels, [])
    else assert.match(said, /this kernel has no MPLS: modprobe mpls_router/)
    assert.match((await failureOf(host, route, { to: '10.8.0.0/16', nhid: 99 }))!, /[Nn]exthop/)
  }
})

real.run()
