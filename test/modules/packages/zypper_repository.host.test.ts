import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { zypper } from '../../../src/modules/packages/zypper/index.ts'
import { zypper_repository } from '../../../src/modules/packages/zypper_repository/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { rpmRepository } from './rpms.ts'

const test = suite('zypper_repository: on hosts')

const folder = mkdtempSync('/dev/shm/playssh-zypper-repository-')
const repo = join(folder, 'repo')
const signed = join(folder, 'signed')
const home = join(folder, 'gpg')
const gpg = (...words: string[]) =>
  execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })

// What zypper and rpm keep is of each host's own. Without any package zypper of Debian cannot read what is installed.
const SETUP = `for d in /run /var/cache/zypp /var/lib/zypp /var/lib/rpm; do mkdir -p "$d"; mount -t tmpfs tmpfs "$d"; done
rpm --dbpath /var/lib/rpm --justdb --nodeps -i ${repo}/noarch/one-1-1.noarch.rpm 2>/dev/null; rm -rf /etc/zypp; mkdir /etc/zypp`

let all: ApartHost[] = []
test.before(async () => {
  mkdirSync(home, { mode: 0o700 })
  rpmRepository(repo, [{ name: 'one', version: '1' }])
  for (const key of ['playssh one', 'playssh two'])
    gpg('--quick-generate-key', key, 'rsa2048', 'sign', 'never')
  all = await apartHosts(SETUP)
  // busybox has an rpm that knows no keys.
  for (const { bin, run } of all) run(`rm -f ${bin}/rpm`)
})
test.after(async () => {
  for (const host of all) await host.close()
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
  rmSync(folder, { recursive: true })
})

const apply = ({ session }: ApartHost, raw: Raw, view = RUN) =>
  applyModule(session, zypper_repository, raw, view)

/** Check says what apply does, and a second run finds nothing. */
async function settled(host: ApartHost, raw: Raw, whats: string[]): Promise<void> {
  const seen: unknown[] = []
  for (const view of [CHECK, RUN, CHECK]) {
    const { plan, result } = await apply(host, raw, view)
    assert.is(plan.failed ?? result.failed, undefined, JSON.stringify(raw))
    seen.push(rows(plan))
    if (view === CHECK && seen.length === 1)
      assert.equal(
        plan.changes.map(({ what }) => what),
        whats,
      )
  }
  assert.equal([seen[1], seen[2]], [seen[0], []], JSON.stringify(raw))
}

async function failed(host: ApartHost, raw: Raw, view = RUN): Promise<string> {
  const { plan, result } = await apply(host, raw, view)
  return plan.failed ?? result.failed ?? ''
}

const fresh = ({ run }: ApartHost) => run('rm -rf /etc/zypp/repos.d /var/cache/zypp/*')
/** The repositories as zypper knows them. */
const known = ({ run }: ApartHost) =>
  run('zypper --xmlout repos || :')
    .split('\n')
    .flatMap((line) => /^<repo (.*)>$|^<url>(.*)<.url>$/.exec(line)?.slice(1).find(Boolean) ?? [])
    .map((line) => line.replace(/ (repo|pkg)_gpgcheck="."/g, ''))
const file = ({ run }: ApartHost, name: string) =>
  run(`cat '/etc/zypp/repos.d/${name}.repo' 2>/dev/null || :`)

test('a repository comes, changes and goes', async () => {
  for (const host of all) {
    fresh(host)
    const base = { name: 'own', repo: `file://${repo}` }
    await settled(host, { ...base, description: 'Ö "a" & $b' }, [
      'file /etc/zypp/repos.d/own.repo',
      'repository own',
    ])
    const first =
      'alias="own" name="Ö &quot;a&quot; &amp; $b" priority="99" enabled="1" autorefresh="1" gpgcheck="1"'
    assert.equal(known(host), [first, `file:${repo}`])
    await settled(host, { ...base, priority: 7, autorefresh: false, disable_gpg_check: true }, [
      'repository own',
    ])
    const second =
      'alias="own" name="Ö &quot;a&quot; &amp; $b" priority="7" enabled="1" autorefresh="0" gpgcheck="0"'
    assert.equal(known(host), [second, `file:${repo}`])
    await settled(host, { ...base, name: 'other', refresh: false, disable_gpg_check: true }, [
      'repository other',
    ])
    assert.equal(known(host)[0], second.replace('own', 'other'))
    await settled(host, { name: 'other', state: 'absent' }, [
      'repository other',
      'file /etc/zypp/repos.d/own.repo',
    ])
    assert.equal(known(host), [])
  }
})

test('what zypper has written is the same, and what it does not know of stays', async () => {
  for (const host of all) {
    fresh(host)
    host.run(`cd /; for u in 'file:///odd é' https://h.example/'$releasever/x/' 'obs://server:mail/x' 'https://me:pw@h.example/y'; do
      zypper -q -n addrepo --no-check --gpgcheck --refresh "$u" "r$((n += 1))"; done`)
    const urls = [
      'file:/odd é',
      'https://h.example/$releasever/x',
      'obs://server:mail/x',
      'https://me:pw@h.example/y',
    ]
    for (const [at, url] of urls.entries()) await settled(host, { name: `r${at + 1}`, repo: url }, [])
    host.run(
      'printf "# mine\\nmirrorlist=http://m\\n\\n[b]\\nbaseurl=http://b\\n" >>/etc/zypp/repos.d/r1.repo',
    )
    await settled(host, { name: 'r1', repo: 'http://h/x' }, ['repository r1'])
    await settled(host, { name: 'b', state: 'absent' }, ['repository b'])
    assert.is(
      file(host, 'r1'),
      '[r1]\nenabled=1\nautorefresh=1\nbaseurl=http://h/x\ngpgcheck=1\n# mine\nmirrorlist=http://m\n\n',
    )
  }
})

test('a repository comes from a .repo file', async () => {
  for (const host of all) {
    fresh(host)
    const path = join(folder, "odd $x 'é.repo")
    writeFileSync(
      path,
      `[lab:é/x]\nname=Lab\nautorefresh=0\nbaseurl=file://${repo}\n\tfile://${signed}\nkeeppackages=1\n`,
    )
    await settled(host, { repo: path, disable_gpg_check: true, runrefresh: false }, [
      'file /etc/zypp/repos.d/lab:é_x.repo',
      'repository lab:é/x',
    ])
    assert.match(
      file(host, 'lab:é_x'),
      /^\[lab:é\/x\]\nname=Lab\nenabled=1\nautorefresh=0\nbaseurl=.*\n\t.*\ngpgcheck=0\nkeeppackages=1\n/,
    )
    await settled(host, { repo: path, state: 'absent' }, [
      'repository lab:é/x',
      'file /etc/zypp/repos.d/lab:é_x.repo',
    ])
    writeFileSync(path, '[a]\nbaseurl=x\n[b]\n')
    assert.is(
      await failed(host, { repo: path }),
      'Invalid format, .repo file contains 2 repositories, expected 1',
    )
    writeFileSync(path, '[a]\nx=y\n')
    assert.is(await failed(host, { repo: path }), 'No baseurl found in .repo file')
    assert.is(await failed(host, { repo: `${path}.repo` }), 'Error opening .repo file from provided path')
    assert.is(
      await failed(host, { repo: 'http://127.0.0.1:1/x.repo' }, CHECK),
      'Error downloading .repo file from provided URL',
    )
  }
})

test('a repository that cannot be reached leaves the old one', async () => {
  for (const host of all) {
    fresh(host)
    const base = { name: 'own', disable_gpg_check: true }
    const { result } = await apply(host, { ...base, repo: `file:${repo}`, runrefresh: true })
    assert.equal([result.failed, result.changed], [undefined, undefined])
    const before = file(host, 'own')
    const away = { ...base, repo: 'dir:/nowhere', runrefresh: true }
    assert.match(await failed(host, away), /^Zypper failed with rc 4\. Repository 'own' is invalid/)
    assert.is(file(host, 'own'), before)
    assert.match(await failed(host, { ...away, name: 'new' }), /^Zypper failed with rc 4\. /)
    assert.is(file(host, 'new'), '')
    const again = await apply(host, { ...base, repo: `file:${repo}`, runrefresh: true })
    assert.equal([again.plan.silent, again.result.failed, again.plan.changes.length], [true, undefined, 1])
    const everything = await apply(host, { repo: '*', runrefresh: true })
    assert.equal([everything.plan.silent, everything.plan.result?.runrefresh], [true, true])
  }
})

/** The repository with another package, and by another key. */
function signedBy(key: string, version: string): void {
  rmSync(signed, { recursive: true, force: true })
  rpmRepository(signed, [{ name: 'two', version }])
  const data = join(signed, 'repodata/repomd.xml')
  gpg('--local-user', key, '--armor', '--detach-sign', data)
  writeFileSync(`${data}.key`, gpg('--armor', '--export', key))
}

test('a repository whose signing key has changed is not used before the new one is trusted', async () => {
  for (const host of all) {
    fresh(host)
    const base = { name: 'lab', repo: `dir:${signed}`, runrefresh: true }
    signedBy('playssh one', '1')
    assert.match(
      await failed(host, base),
      /is signed with the key [0-9A-F]{40}, which is not trusted: "auto_import_keys: true" trusts it$/,
    )
    assert.is(file(host, 'lab'), '')
    assert.is(await failed(host, { ...base, auto_import_keys: true }), '')
    assert.is(await failed(host, base), '')
    signedBy('playssh two', '2')
    assert.match(
      await failed(host, base),
      /Signature verification failed.*; it is signed with the key [0-9A-F]{40}/s,
    )
    const asked = await applyModule(host.session, zypper, { name: 'two=2', update_cache: true })
    assert.match(asked.result.failed ?? '', /^Zypper refresh run failed\. .*Signature verification failed/s)
    assert.is(await failed(host, { ...base, auto_import_keys: true }), '')
    assert.is(await failed(host, base), '')
    assert.is((await applyModule(host.session, zypper, { name: 'two' }, CHECK)).plan.changes.length, 1)
  }
})

test('several that match are told, and become one if the task says so', async () => {
  for (const host of all) {
    fresh(host)
    for (const name of ['one', 'two']) await apply(host, { name, repo: `http://${name}` })
    const both = { name: 'one', repo: 'http://two' }
    assert.match(
      await failed(host, both, CHECK),
      /^More than one repo matched "http:\/\/two": "one \(http:\/\/one\), two/,
    )
    await settled(host, { ...both, overwrite_multiple: true }, [
      'repository one',
      'repository two',
      'file /etc/zypp/repos.d/two.repo',
    ])
    assert.equal(known(host).at(-1), 'http://two/')
  }
})

test('a full disk and a zypper that is busy leave the old repository', async () => {
  for (const host of all) {
    fresh(host)
    host.run('mkdir /etc/zypp/repos.d; mount -t tmpfs -o size=12k tmpfs /etc/zypp/repos.d')
    await apply(host, { name: 'own', repo: 'http://a' })
    const before = file(host, 'own')
    host.run('head -c 100000 /dev/zero >/etc/zypp/repos.d/fill 2>/dev/null || :')
    assert.match(await failed(host, { name: 'own', repo: 'http://b' }), /space/i)
    assert.match(await failed(host, { name: 'new', repo: 'http://b' }), /space/i)
    assert.equal([file(host, 'own'), file(host, 'new')], [before, ''])
    host.run('umount /etc/zypp/repos.d; mkdir -p /etc/zypp/repos.d')
    await apply(host, { name: 'own', repo: 'http://a' })
    host.run(`echo ${process.pid} >/run/zypp.pid`)
    assert.match(
      await failed(host, { name: 'own', repo: 'http://b' }),
      /^Zypper failed with rc 7\. System management is locked by the application with pid/,
    )
    assert.is(file(host, 'own'), before)
    host.run('rm /run/zypp.pid')
  }
})

test.run()
