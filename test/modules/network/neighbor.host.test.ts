import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { neighbor } from '../../../src/modules/network/neighbor.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const MAC = '02:00:00:00:00:0c'

const real = suite<{ hosts: NetnsHost[] }>('neighbor: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const host of context.hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

for (const address of ['10.0.0.20', 'fd00::20']) {
  real(`entries for ${address} come to be as wanted, and go`, async ({ hosts }) => {
    for (const host of hosts) {
      const n = (raw: object, changed: string[]) =>
        settles(
          host,
          neighbor,
          { address, dev: 'v0', ...raw },
          changed.map((what) => `neighbor ${address} on v0${what}`),
        )
      await n({ lladdr: MAC.toUpperCase() }, [''])
      await n({ lladdr: '02:00:00:00:00:0b', nud: 'noarp' }, [' lladdr', ' nud'])
      await n({ lladdr: '02:00:00:00:00:0b' }, [' nud'])
      await n({ state: 'absent', lladdr: MAC }, [])
      await n({ state: 'absent' }, [''])
      assert.not.match(host.ip('neigh', 'show', 'nud', 'all'), new RegExp(`^${address} `, 'm'))
    }
  })

  real(`proxy entries for ${address} come to be, and go`, async ({ hosts }) => {
    for (const host of hosts) {
      const wanted = { address, dev: 'v0', proxy: true }
      await settles(host, neighbor, wanted, [`proxy ${address} on v0`])
      assert.match(host.ip('neigh', 'show', 'proxy'), new RegExp(`^${address} dev v0 +proxy`, 'm'))
      await settles(host, neighbor, { ...wanted, state: 'absent' }, [`proxy ${address} on v0`])
      assert.is(host.ip('neigh', 'show', 'proxy').trim(), '')
    }
  })
}

real('a device that is not there', async ({ hosts }) => {
  for (const host of hosts) {
    const wanted = { address: '10.0.0.20', dev: 'v9', proxy: true }
    await settles(host, neighbor, { ...wanted, state: 'absent' }, [])
    assert.match((await failureOf(host, neighbor, wanted))!, /Cannot find device "v9"/)
  }
})

real.run()
