import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mpls_route } from '../../../src/modules/network/mpls_route.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('mpls_route: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

// In a new network namespace no label may be used until somebody says how many there are.
real('a kernel without MPLS, or without labels, says what it takes', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, mpls_route, { label: 100, state: 'absent' }, [])
    assert.match(
      (await failureOf(host, mpls_route, { label: 100, as: [200], dev: 'lo' }))!,
      /this kernel has no MPLS: modprobe mpls_router .*net\.mpls\.platform_labels/,
    )
  }
})

real.run()
