import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keysIn } from '../../../src/modules/packages/openpgp.ts'
import { rpm_key } from '../../../src/modules/packages/rpm_key.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('rpm_key: on hosts')

const home = mkdtempSync(join(tmpdir(), 'playssh-gpg-'))
const gpg = (...words: string[]) =>
  execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })

let all: ApartHost[] = []
test.before(async () => {
  // Keys of their own, which nobody else trusts.
  all = await apartHosts('d=$(rpm --eval %_dbpath); mkdir -p "$d"; mount -t tmpfs tmpfs "$d"; rpm --initdb')
  // busybox has an rpm that knows no keys.
  for (const { bin, run } of all) run(`rm -f ${bin}/rpm`)
})
test.after(async () => {
  for (const host of all) await host.close()
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
  rmSync(home, { recursive: true, force: true })
})

async function settled({ session }: ApartHost, raw: Raw): Promise<void> {
  const check = await applyModule(session, rpm_key, raw, CHECK)
  assert.equal([check.plan.changes.length, check.plan.failed], [1, undefined], JSON.stringify(raw))
  const { plan, result } = await applyModule(session, rpm_key, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.equal((await applyModule(session, rpm_key, raw)).plan.changes, [], JSON.stringify(raw))
}

test('a key comes from a file and goes, by the file and by its number', async () => {
  gpg('--quick-generate-key', 'playssh one', 'rsa2048', 'default', 'never')
  const key = gpg('--armor', '--export', 'playssh one')
  const file = join(home, 'odd $x\'"é.asc')
  writeFileSync(file, key)
  const { fingerprint } = keysIn(key, 0)[0]!
  for (const host of all) {
    await settled(host, { key: file, fingerprint })
    await settled(host, { key: file, state: 'absent' })
    await settled(host, { key: file })
    assert.equal((await applyModule(host.session, rpm_key, { key: fingerprint })).plan.changes, [])
    await settled(host, { key: `0x${fingerprint.slice(-8)}`, state: 'absent' })
  }
})

test('a host without rpm is told so', async () => {
  const [host] = all
  host!.run('mount --bind /dev/null "$(command -v rpm)"')
  const { plan } = await applyModule(host!.session, rpm_key, { key: '12345678', state: 'absent' })
  assert.match(plan.failed ?? '', /Failed to find required executable "rpm"/)
})

test.run()
