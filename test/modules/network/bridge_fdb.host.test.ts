import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bridge_fdb } from '../../../src/modules/network/bridge_fdb.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('bridge_fdb: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('entries of a bridge and of a vxlan come, change and go', async ({ hosts }) => {
  for (const host of hosts) {
    host.ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1')
    host.ip('link', 'add', 'br0', 'type', 'bridge')
    host.ip('link', 'set', 'd0', 'master', 'br0')
    const address = '02:00:00:00:00:0A'
    const name = 'fdb 02:00:00:00:00:0a on d0'
    await settles(host, bridge_fdb, { address, dev: 'd0', master: true, kind: 'static' }, [name])
    await settles(host, bridge_fdb, { address, dev: 'd0', master: true, kind: 'local' }, [`${name} kind`])
    await settles(host, bridge_fdb, { address, dev: 'd0', master: true, state: 'absent' }, [name])
    host.ip('link', 'add', 'x0', 'type', 'vxlan', 'id', '5', 'dstport', '4789', 'local', '10.0.0.1')
    const flood = { address: '00:00:00:00:00:00', dev: 'x0' }
    await settles(host, bridge_fdb, { ...flood, dst: '10.0.0.2' }, ['fdb 00:00:00:00:00:00 on x0'])
    await settles(host, bridge_fdb, { ...flood, dst: '10.0.0.3' }, ['fdb 00:00:00:00:00:00 on x0'])
    await settles(host, bridge_fdb, { ...flood, dst: '10.0.0.2' }, [])
    await settles(host, bridge_fdb, { ...flood, dst: '10.0.0.2', state: 'absent' }, [
      'fdb 00:00:00:00:00:00 on x0',
    ])
    const there = { address: '02:00:00:00:00:0b', dev: 'x0', kind: 'static' }
    await settles(host, bridge_fdb, { ...there, dst: '10.0.0.3' }, ['fdb 02:00:00:00:00:0b on x0'])
    await settles(host, bridge_fdb, { ...there, dst: '10.0.0.4' }, ['fdb 02:00:00:00:00:0b on x0 dst'])
    assert.match((await failureOf(host, bridge_fdb, { ...there, dev: 'no' }))!, /Cannot find device/)
  }
})

real.run()
