import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tunnel } from '../../../src/modules/network/tunnel.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('tunnel: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('made, changed, deleted; or a sentence where the kernel has none', async ({ hosts }) => {
  for (const host of hosts) {
    const wanted = { name: 't', mode: 'ipip', local: '10.0.0.1', remote: '10.0.0.2', state: 'up' }
    const failure = await failureOf(host, tunnel, wanted)
    if (failure !== undefined) {
      assert.match(failure, /this kernel has no ipip: modprobe ipip/)
      assert.not.match(host.ip('link'), / t[@:]/)
      continue
    }
    await settles(host, tunnel, { ...wanted, remote: '10.0.0.3', ttl: 9 }, ['remote', 'ttl'])
    await settles(host, tunnel, { name: 't', remote: 'any' }, ['remote'])
    await settles(host, tunnel, { name: 't', state: 'absent' }, ['link t'])
  }
})

real('absent already, and what is not a tunnel', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, tunnel, { name: 't', state: 'absent' }, [])
    assert.match((await failureOf(host, tunnel, { name: 'lo', state: 'absent' }))!, /not a tunnel/)
  }
})

real.run()
