import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bridge_port } from '../../../src/modules/network/bridge_port.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('bridge_port: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('a port is set as wanted', async ({ hosts }) => {
  for (const host of hosts) {
    host.ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1')
    assert.match((await failureOf(host, bridge_port, { name: 'd0', cost: 5 }))!, /no port of a bridge/)
    host.ip('link', 'add', 'br0', 'type', 'bridge')
    for (const name of ['d0', 'd1']) host.ip('link', 'set', name, 'master', 'br0')
    const settings = {
      ...{ cost: 5, priority: 6, learning: false, flood: false, mcast_flood: false, bcast_flood: false },
      ...{ hairpin: true, isolated: true, guard: true, root_block: true, fastleave: true, mcast_router: 2 },
      ...{ mcast_to_unicast: true, proxy_arp: true, proxy_arp_wifi: true, neigh_suppress: true },
      ...{ vlan_tunnel: true, locked: true, group_fwd_mask: 8, backup_port: 'd1' },
    }
    await settles(host, bridge_port, { name: 'd0', ...settings }, Object.keys(settings))
    await settles(host, bridge_port, { dev: 'd0', backup_port: '', cost: 7 }, ['backup_port', 'cost'])
  }
})

real.run()
