import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dpkg_divert } from '../../../src/modules/packages/dpkg_divert.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('dpkg_divert: on hosts')

let all: ApartHost[] = []
let folder = ''
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-divert-'))
  // Diversions of their own: nobody else sees or waits for them.
  all = await apartHosts(
    'mount -t tmpfs tmpfs /mnt; cp -a /var/lib/dpkg/status /mnt; mount --move /mnt /var/lib/dpkg',
  )
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

async function settled({ session }: ApartHost, raw: Raw): Promise<void> {
  const check = await applyModule(session, dpkg_divert, raw, CHECK)
  assert.is(check.plan.changes.length, 1, JSON.stringify(raw))
  const { plan, result } = await applyModule(session, dpkg_divert, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.equal((await applyModule(session, dpkg_divert, raw)).plan.changes, [], JSON.stringify(raw))
}

test('a diversion comes, changes and goes, and files with it', async () => {
  for (const host of all) {
    const path = join(folder, `odd '"$x~ é-${host.name}`)
    const list = () => host.run('dpkg-divert --list').trim()
    writeFileSync(path, 'mine\n')
    await settled(host, { path })
    assert.is(list(), `local diversion of ${path} to ${path}.distrib`)
    assert.is(readFileSync(path, 'utf8'), 'mine\n')
    await settled(host, { path, holder: 'playssh', divert: `${path}.x` })
    assert.is(list(), `diversion of ${path} to ${path}.x by playssh`)
    await settled(host, { path, state: 'absent' })
    assert.is(list(), '')
    await settled(host, { path, rename: true })
    assert.is(readFileSync(`${path}.distrib`, 'utf8'), 'mine\n')
    await settled(host, { path, divert: `${path}.y` })
    assert.is(readFileSync(`${path}.y`, 'utf8'), 'mine\n')
    writeFileSync(path, 'other\n')
    const back = { path, state: 'absent', rename: true }
    for (const view of [CHECK, undefined])
      assert.match(
        (await applyModule(host.session, dpkg_divert, back, view)).plan.failed ?? '',
        /^Set 'force' param/,
      )
    await settled(host, { ...back, force: true })
    assert.is(readFileSync(path, 'utf8'), 'mine\n')
  }
})

test('a host without dpkg-divert is told so', async () => {
  const [host] = all
  host!.run('mount --bind /dev/null "$(command -v dpkg-divert)"')
  const raised: Error = await applyModule(host!.session, dpkg_divert, { path: '/a' }).catch((error) => error)
  assert.match(raised.message, /dpkg-divert is missing/)
})

test.run()
