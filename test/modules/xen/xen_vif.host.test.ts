import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xen_domain } from '../../../src/modules/xen/xen_domain/index.ts'
import { xen_vif } from '../../../src/modules/xen/xen_vif.ts'
import { applyModule, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const elsewhere = suite('xen_domain, xen_vif: no Xen')

elsewhere('a host that does not run under Xen', async () => {
  for (const host of await hosts()) {
    for (const [module, raw] of [
      [xen_domain, { name: 'a' }],
      [xen_vif, { domain: 'a', bridge: 'b' }],
    ] as const) {
      const failed = await applyModule(host.session, module, raw, CHECK).catch(({ message }) => message)
      assert.match(failed, /^this host does not run under Xen: boot it with the hypervisor$/, host.name)
    }
    await host.close()
  }
})

elsewhere.run()
