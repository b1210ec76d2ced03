import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apt } from '../../../src/modules/packages/apt/index.ts'
import { apt_repository } from '../../../src/modules/packages/apt_repository/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('apt_repository: on hosts')

const folder = mkdtempSync(join(tmpdir(), 'playssh-repository-'))
const REPO = `deb [trusted=yes] file://${folder} ./`
const D = '/etc/apt/sources.list.d'

// Only what the test adds is a source, and its lists are nobody else's.
const APART = [
  `rm -rf /etc/apt/sources.list ${D}; mkdir ${D}`,
  'mount -t tmpfs -o mode=755 tmpfs /var/lib/apt/lists && mkdir /var/lib/apt/lists/partial',
  'mount -t tmpfs -o mode=755 tmpfs /var/cache/apt && mkdir -p /var/cache/apt/archives/partial',
].join('\n')

let all: ApartHost[] = []
test.before(async () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const fields = ['Package: playssh-none', 'Version: 1', 'Architecture: all', 'Description: none']
  writeFileSync(join(folder, 'Packages'), `${fields.join('\n')}\n`)
  all = await apartHosts(`chmod 755 ${folder}\n${APART}`)
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

const LISTING = `cd /etc/apt; for f in sources.list sources.list.d/*; do [ ! -f "$f" ] || { stat -c '%n %a' "$f"; cat "$f"; }; done`

async function settled(host: ApartHost, raw: Raw): Promise<string> {
  const { session, run } = host
  const before = run(LISTING)
  const check = await applyModule(session, apt_repository, raw, CHECK)
  assert.is(run(LISTING), before, 'check changes nothing')
  assert.ok(check.plan.changes.length > 0, JSON.stringify(raw))
  const { plan, result } = await applyModule(session, apt_repository, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.equal((await applyModule(session, apt_repository, raw, RUN)).plan.changes, [], JSON.stringify(raw))
  return run(LISTING)
}

test('a repository comes, is fetched, changes and goes', async () => {
  for (const host of all) {
    const name = `sources.list.d/${folder.slice(1).replace(/[^A-Za-z0-9]/g, '_')}.list`
    assert.is(await settled(host, { repo: REPO }), `${name} 644\n${REPO}\n`)
    assert.match(host.run('apt-cache policy playssh-none'), /Candidate: 1/)
    host.run(`printf '# a\\n#  ${REPO} # \\303\\251 \\377\\n' >/etc/apt/sources.list; rm ${D}/*`)
    const latin = host.run('od -c /etc/apt/sources.list | grep -c 377')
    await settled(host, { repo: REPO, update_cache: false })
    assert.is(host.run('od -c /etc/apt/sources.list | grep -c 377'), latin)
    assert.match(host.run(LISTING), /^sources.list 644\n# a\ndeb \[trusted=yes\] .* \.\/ # /)
    await settled(host, { repo: REPO, state: 'absent', update_cache: false })
    assert.is(host.run('cat /etc/apt/sources.list'), '# a\n')
    host.run('rm /etc/apt/sources.list')
    const odd = { repo: REPO, filename: `odd'"$x `, mode: '0600', update_cache: false }
    assert.is(await settled(host, odd), `sources.list.d/odd'"$x .list 600\n${REPO}\n`)
    assert.is(await settled(host, { ...odd, state: 'absent' }), '')
  }
})

test('a repository that cannot be fetched is not kept, and files become what they were', async () => {
  for (const { session, run } of all) {
    const other = 'deb [trusted=yes] file:///nowhere/of/it ./'
    run(`echo '# ${other}' >${D}/old.list`)
    for (const raw of [{ repo: other }, { repo: other.replace('deb ', 'deb-src ') }]) {
      const before = run(LISTING)
      const more = { update_cache_retries: 1 }
      const { result } = await applyModule(session, apt_repository, { ...raw, ...more })
      assert.match(result.failed ?? '', /^Failed to update apt cache: .*nowhere/)
      assert.is(run(LISTING), before)
    }
    run(`rm ${D}/old.list`)
  }
})

test('a repository whose key has changed is not read, and what was known of it stays', async () => {
  const signed = mkdtempSync(join(tmpdir(), 'playssh-signed-'))
  const gpg = (...args: string[]) =>
    execFileSync('gpg', ['--homedir', signed, '--batch', '--yes', '--passphrase', '', ...args], {
      stdio: 'pipe',
    })
  const publish = (version: number, key: string) => {
    const packages = `Package: playssh-signed\nVersion: ${version}\nArchitecture: all\nDescription: none\n`
    writeFileSync(join(signed, 'Packages'), packages)
    const sum = createHash('sha256').update(packages).digest('hex')
    const date = new Date(Date.UTC(2026, 0, version)).toUTCString()
    writeFileSync(
      join(signed, 'Release'),
      `Origin: playssh\nDate: ${date}\nSHA256:\n ${sum} ${packages.length} Packages\n`,
    )
    gpg('-u', key, '--clearsign', '-o', join(signed, 'InRelease'), join(signed, 'Release'))
  }
  try {
    chmodSync(signed, 0o755)
    for (const key of ['old@playssh', 'new@playssh'])
      gpg('--quick-generate-key', key, 'ed25519', 'sign', 'never')
    gpg('--output', join(signed, 'old.gpg'), '--export', 'old@playssh')
    for (const { session, run } of all) {
      publish(1, 'old@playssh')
      const repo = `deb [signed-by=${signed}/old.gpg] file://${signed} ./`
      const added = await applyModule(session, apt_repository, { repo })
      assert.is(added.result.failed, undefined)
      const before = run(LISTING)
      publish(2, 'new@playssh')
      const { result } = await applyModule(session, apt, { update_cache: true, update_cache_retries: 1 })
      assert.match(result.failed ?? '', /playssh-signed.*(NO_PUBKEY|not signed|couldn't be verified)/s)
      assert.is(run(LISTING), before)
      assert.match(run('apt-cache policy playssh-signed'), /Candidate: 1/)
      run(`rm -r ${D}/*`)
    }
  } finally {
    rmSync(signed, { recursive: true })
  }
})

test('a host without apt is told so', async () => {
  for (const { session, run } of all) {
    run('mount --bind /dev/null "$(command -v apt-config)"')
    const raised: Error = await applyModule(session, apt_repository, { repo: REPO }).catch((error) => error)
    assert.match(raised.message, /apt-config is missing: this host has no apt/)
  }
})

test.run()
