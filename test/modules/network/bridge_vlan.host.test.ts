import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bridge_vlan } from '../../../src/modules/network/bridge_vlan.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('bridge_vlan: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('VLANs of a port come and go; or a sentence where the kernel has none', async ({ hosts }) => {
  for (const host of hosts) {
    host.ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1')
    host.ip('link', 'add', 'br0', 'type', 'bridge')
    host.ip('link', 'set', 'd0', 'master', 'br0')
    await settles(host, bridge_vlan, { dev: 'd0', vid: 40, state: 'absent' }, [])
    const failure = await failureOf(host, bridge_vlan, { dev: 'd0', vid: '10-20' })
    if (failure !== undefined) {
      assert.match(failure, /this kernel was built without VLANs of bridges/)
      continue
    }
    await settles(host, bridge_vlan, { dev: 'd0', vid: 10, pvid: true, untagged: true }, ['vlan 10 on d0'])
    await settles(host, bridge_vlan, { dev: 'br0', vid: 10, self: true }, ['vlan 10 on br0'])
    await settles(host, bridge_vlan, { dev: 'd0', vid: '10-20', state: 'absent' }, ['vlan 10-20 on d0'])
  }
})

real.run()
