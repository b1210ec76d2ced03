import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dpkg_selections } from '../../../src/modules/packages/dpkg_selections.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, rows } from '../../support/plan.ts'

const test = suite('dpkg_selections: on hosts')

let all: ApartHost[] = []
test.before(async () => {
  // Selections of their own: nobody else sees or waits for them.
  all = await apartHosts(
    'mount -t tmpfs tmpfs /mnt; cp -a /var/lib/dpkg/status /mnt; touch /mnt/available; mount --move /mnt /var/lib/dpkg',
  )
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('a package is held and let go, and a second run finds nothing', async () => {
  for (const { session, run } of all) {
    for (const selection of ['hold', 'purge', 'deinstall', 'install']) {
      const raw = { name: 'tar', selection }
      const check = await applyModule(session, dpkg_selections, raw, CHECK)
      const { plan, result } = await applyModule(session, dpkg_selections, raw)
      assert.equal([rows(plan).length, rows(plan), result.failed], [1, rows(check.plan), undefined])
      assert.match(run('dpkg --get-selections tar'), new RegExp(`\\s${selection}$`, 'm'))
      assert.equal((await applyModule(session, dpkg_selections, raw)).plan.changes, [])
    }
    const unknown = { name: 'playssh-none', selection: 'hold' }
    assert.is((await applyModule(session, dpkg_selections, unknown)).plan.warnings!.length, 1)
    run(
      `printf 'Package: playssh-none\\nVersion: 1\\nArchitecture: all\\nMaintainer: a\\nDescription: a\\n' >/var/lib/dpkg/available`,
    )
    assert.is((await applyModule(session, dpkg_selections, unknown)).plan.changes.length, 1)
    assert.equal((await applyModule(session, dpkg_selections, unknown)).plan.changes, [])
  }
})

test('a host without dpkg is told so', async () => {
  const [host] = all
  host!.run('mount --bind /dev/null "$(command -v dpkg)"')
  const raw = { name: 'tar', selection: 'hold' }
  const raised: Error = await applyModule(host!.session, dpkg_selections, raw).catch((error) => error)
  assert.match(raised.message, /dpkg is missing/)
})

test.run()
