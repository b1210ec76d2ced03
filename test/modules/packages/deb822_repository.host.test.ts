import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deb822_repository } from '../../../src/modules/packages/deb822_repository/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'
import { armored, madeKey } from './keys.ts'

const test = suite('deb822_repository: on hosts')

let all: ApartHost[] = []
test.before(async () => {
  all = await apartHosts('rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/keyrings')
})
test.after(async () => {
  for (const host of all) await host.close()
})

async function settled({ session, run }: ApartHost, raw: Raw): Promise<void> {
  const listing = 'cd /etc/apt; find . -path "./[sk]*" -printf "%p %m %s %T@\\n" | sort'
  const before = run(listing)
  const check = await applyModule(session, deb822_repository, raw, CHECK)
  assert.is(run(listing), before, 'check changes nothing')
  assert.ok(check.plan.changes.length > 0, JSON.stringify(raw))
  const { plan, result } = await applyModule(session, deb822_repository, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.equal((await applyModule(session, deb822_repository, raw)).plan.changes, [], JSON.stringify(raw))
}

test('a repository comes, changes and goes, and apt understands it', async () => {
  const key = armored(madeKey(1).bytes)
  const server = createServer((_, response) => response.end(key))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    for (const host of all) {
      const raw = {
        name: 'Playssh é_test',
        types: 'deb',
        uris: 'http://a.invalid/é x',
        suites: 'y',
        components: 'z',
      }
      await settled(host, { ...raw, uris: 'http://a.invalid/x', mode: '0600' })
      assert.match(host.run('apt-get update --print-uris'), /a\.invalid/)
      await settled(host, raw)
      const signed_by = `http://127.0.0.1:${(server.address() as AddressInfo).port}/key`
      await settled(host, { ...raw, signed_by })
      assert.is(host.run('cat /etc/apt/keyrings/playssh--test.asc'), key)
      assert.match(
        host.run('cat /etc/apt/sources.list.d/playssh--test.sources'),
        /^Signed-By: \/etc\/apt\/keyrings\//m,
      )
      host.run('chmod 700 /etc/apt/keyrings')
      await settled(host, { ...raw, signed_by: key })
      await settled(host, { name: raw.name, state: 'absent' })
      assert.is(host.run('ls /etc/apt/keyrings /etc/apt/sources.list.d').includes('playssh'), false)
    }
  } finally {
    server.close()
  }
})

test.run()
