import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ethtool } from '../../../src/modules/network/ethtool/index.ts'
import { link } from '../../../src/modules/network/link/index.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('ethtool: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const host of context.hosts)
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real(
  'features and queues of an interface come to be as wanted, and a second run finds nothing',
  async ({ hosts }) => {
    for (const host of hosts) {
      const e = (raw: object, changed: string[]) => settles(host, ethtool, { dev: 'v0', ...raw }, changed)
      await e({ features: { tso: false, gso: true } }, ['features tcp-segmentation-offload of v0'])
      await e({ features: { tso: true, 'tx-checksum-sctp': 'off', gro: true } }, [
        'features tcp-segmentation-offload of v0',
        'features tx-checksum-sctp of v0',
        'features generic-receive-offload of v0',
      ])
      await e({ channels: { rx: 2, tx: 2 }, features: { gro: false } }, [
        'channels rx of v0',
        'channels tx of v0',
        'features generic-receive-offload of v0',
      ])
      await e({ channels: { rx: 1, tx: 1 } }, ['channels rx of v0', 'channels tx of v0'])
    }
  },
)

real('what an interface does not have, or cannot do, is said', async ({ hosts }) => {
  for (const host of hosts) {
    const said = async (raw: object) => (await failureOf(host, ethtool, { dev: 'v0', ...raw }))!
    assert.match(await said({ features: { lro: true } }), /large-receive-offload of v0 is fixed to off/)
    assert.match(await said({ features: { nonsense: true } }), /v0 has no nonsense among its features/)
    assert.match(await said({ channels: { rx: 100_000 } }), /channels rx: 100000 is more than v0 can have/)
    assert.match(await said({ ring: { rx: 1 } }), /v0 has no ring sizes, .*not supported/)
    assert.match(await said({ dev: 'v9', features: { tso: true } }), /there is no interface v9/)
  }
})

real.run()
