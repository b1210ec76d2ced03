import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { package_facts } from '../../../src/modules/packages/package_facts/index.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('package_facts: on hosts')

let all: Host[] = []
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('on hosts of Debian every installed package is found, in check mode too', async () => {
  const printed = execFileSync('dpkg-query', ['-W', '-f', `\${db:Status-Status}\n`], { encoding: 'utf8' })
  const count = printed.split('\n').filter((status) => status === 'installed').length
  for (const { session } of all) {
    for (const raw of [{}, { manager: ['apt', 'auto'], strategy: 'first' }]) {
      const { plan } = await applyModule(session, package_facts, raw, CHECK)
      const { packages } = plan.result!.ansible_facts as { packages: Record<string, ValueMap[]> }
      assert.is(Object.keys(packages).length, count)
      const { name, source, category, version } = packages.dpkg![0]!
      assert.equal([name, source, category], ['dpkg', 'apt', 'admin'])
      assert.match(String(version), /^\d/)
      assert.equal(plan.warnings, [])
    }
  }
})

test('on hosts a manager that is not there is a failure', async () => {
  for (const { session } of all) {
    const { plan } = await applyModule(session, package_facts, { manager: 'portage' })
    assert.match(plan.failed ?? '', /Could not detect a supported package manager/)
  }
})

test.run()
