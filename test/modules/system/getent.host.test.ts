import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { getent } from '../../../src/modules/system/getent.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('getent: on hosts')

let all: Host[] = []
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('on hosts entries are found by their key, with and without a service, and in check mode', async () => {
  for (const { session } of all) {
    for (const more of [{}, { service: 'files' }]) {
      const { plan } = await applyModule(session, getent, { database: 'passwd', key: 'root', ...more }, CHECK)
      const { root } = (plan.result!.ansible_facts as { getent_passwd: { root: string[] } }).getent_passwd
      assert.is(root.length, 6)
      assert.equal(root.slice(0, 3), ['x', '0', '0'])
    }
    const { plan } = await applyModule(session, getent, { database: 'group' })
    const { getent_group } = plan.result!.ansible_facts as { getent_group: Record<string, string[]> }
    assert.equal(getent_group.root?.slice(0, 2), ['x', '0'])
  }
})

test('on hosts a key is a key whatever it looks like', async () => {
  for (const { session } of all) {
    for (const key of ['--help', '-s', '', '$(id)', 'a b\n"\'']) {
      const { plan } = await applyModule(session, getent, { database: 'passwd', key, fail_key: false })
      assert.equal(plan.result!.ansible_facts, { getent_passwd: { [key]: null } })
    }
    const failed = async (raw: object) => (await applyModule(session, getent, { ...raw })).plan.failed
    assert.match((await failed({ database: 'passwd', key: 'none' })) ?? '', /could not be found/)
    assert.match((await failed({ database: 'unknown' })) ?? '', /database unknown/)
    assert.match((await failed({ database: 'initgroups' })) ?? '', /Enumeration not supported/)
  }
})

test.run()
