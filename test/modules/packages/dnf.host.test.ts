import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dnf } from '../../../src/modules/packages/dnf/index.ts'
import { yum } from '../../../src/modules/packages/yum.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { rpmRepository } from './rpms.ts'

const test = suite('dnf: on hosts')

const LONG = 'a-package-with-a-name-that-is-much-too-long-for-a-line-of-eighty-characters'
const COMPS = `<?xml version="1.0"?><comps><group><id>tools</id><name>Some Tools</name><description/>
<packagelist><packagereq type="mandatory">g++</packagereq></packagelist></group></comps>`

let all: Host[] = []
let folder = ''
test.before(async () => {
  // In memory: its databases wait for the disk at every step.
  // In memory: its databases wait for the disk at every step.
  folder = mkdtempSync('/dev/shm/playssh-dnf-')
  rpmRepository(
    join(folder, 'repo'),
    [
      { name: 'one', version: '1', provides: 'number = 1' },
      { name: 'two', version: '1', requires: 'one' },
      { name: 'two', version: '2', requires: 'one' },
      { name: 'g++', version: '1' },
      { name: LONG, version: '3', epoch: 1 },
      { name: 'broken', version: '1', requires: 'nothing-has-this' },
    ],
    COMPS,
  )
  rpmRepository(join(folder, 'more'), [{ name: 'extra', version: '1' }])
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

/** Arguments for a root, a cache and repositories of the test's own. */
function own({ name }: Host, title: string): Raw & { installroot: string } {
  const installroot = join(folder, `${title}-${name}`)
  mkdirSync(installroot)
  const repository = (id: string, url: string, enabled: number) =>
    `[${id}]\nname=${id}\nbaseurl=${url}\nenabled=${enabled}\ngpgcheck=0\n`
  const main = [
    'cachedir=/cache',
    'logdir=/log',
    'persistdir=/persist',
    `reposdir=${folder}/none`,
    'pluginpath=/none',
    'retries=1',
  ]
  writeFileSync(
    `${installroot}.conf`,
    [
      `[main]\n${main.join('\n')}\n`,
      repository('base', `file://${folder}/repo`, 1),
      repository('more', `file://${folder}/more`, 0),
      repository('down', 'http://127.0.0.1:9/', 0),
    ].join(''),
  )
  return { installroot, conf_file: `${installroot}.conf`, releasever: '1', disable_gpg_check: true }
}

/** Check says what apply does, and a second run finds nothing. */
async function settled({ session }: Host, raw: Raw, changes: unknown[][]): Promise<void> {
  for (const [view, expected] of [
    [CHECK, changes],
    [RUN, changes],
    [CHECK, []],
  ] as const) {
    const { plan, result } = await applyModule(session, dnf, raw, view)
    assert.equal([plan.failed ?? result.failed, rows(plan)], [undefined, expected], JSON.stringify(raw))
  }
}

async function inSync({ session }: Host, raw: Raw): Promise<void> {
  const { plan } = await applyModule(session, dnf, raw, CHECK)
  assert.equal([plan.failed, rows(plan)], [undefined, []], JSON.stringify(raw))
}

for (const at of [0, 1]) {
  test(`packages come, change and go on host ${at}`, async () => {
    const host = all[at]!
    const base = own(host, 'packages')
    await settled(host, { ...base, name: 'two-1' }, [
      ['two', null, '1-1'],
      ['one', null, '1-1'],
    ])
    await inSync(host, { ...base, name: ['two', 'one', 'number'] })
    await settled(host, { ...base, name: ['two', LONG], state: 'latest' }, [
      ['two', '1-1', '2-1'],
      [LONG, null, '1:3-1'],
    ])
    await settled(host, { ...base, name: ['one', 'a-package*', 'none'], state: 'removed' }, [
      [LONG, '1:3-1', null],
      ['one', '1-1', null],
      ['two', '2-1', null],
    ])
  })
}

test('an older version is installed only if it may be', async () => {
  const [host] = all as [Host]
  const base = own(host, 'older')
  await applyModule(host.session, dnf, { ...base, name: 'two' })
  for (const name of ['two-1', 'two < 2', `${folder}/repo/noarch/two-1-1.noarch.rpm`])
    await inSync(host, { ...base, name })
  await settled(host, { ...base, name: 'two-1', allow_downgrade: true }, [['two', '2-1', '1-1']])
  await settled(host, { ...base, name: '*', state: 'latest' }, [['two', '1-1', '2-1']])
})

test('groups are installed', async () => {
  const [host] = all as [Host]
  const base = own(host, 'groups')
  await settled(host, { ...base, name: '@tools' }, [['g++', null, '1-1']])
  await settled(host, { ...base, name: '@tools', state: 'absent' }, [['g++', '1-1', null]])
})

test('what nothing needs any more goes with autoremove only', async () => {
  const [host] = all as [Host]
  const base = own(host, 'autoremove')
  await applyModule(host.session, dnf, { ...base, name: 'two' })
  await settled(host, { ...base, name: 'two', state: 'absent' }, [['two', '2-1', null]])
  await settled(host, { ...base, autoremove: true }, [['one', '1-1', null]])
})

test('repositories, excludes and downloads are as the task says', async () => {
  const [host] = all as [Host]
  const base = own(host, 'flags')
  const disabled = await applyModule(host.session, dnf, { ...base, name: 'extra' }, CHECK)
  assert.is(
    disabled.plan.failed,
    'Failed to install some of the specified packages: No package extra available.',
  )
  assert.equal(disabled.plan.result?.failures, ['No package extra available.'])
  const more = { ...base, name: 'extra', enablerepo: 'more,unknown', disablerepo: '*' }
  await settled(host, more, [['extra', null, '1-1']])
  await settled(host, { ...base, name: 'two', exclude: 'two-2*', update_cache: true }, [
    ['two', null, '1-1'],
    ['one', null, '1-1'],
  ])
  await settled(host, { ...base, name: ['g++', 'two'], update_only: true }, [['two', '1-1', '2-1']])
  const download_dir = `${base.installroot}/odd-$x'é`
  await settled(host, { ...base, name: 'g++', download_only: true, download_dir }, [
    ['file of g++', null, '1-1'],
  ])
  assert.equal(readdirSync(download_dir), ['g++-1-1.noarch.rpm'])
  await settled(host, { ...base, name: `${download_dir}/g++-1-1.noarch.rpm` }, [['g++', null, '1-1']])
})

test('what was done and what there is are returned', async () => {
  const [host] = all as [Host]
  const base = own(host, 'results')
  const check = await applyModule(host.session, dnf, { ...base, name: 'two-1' }, CHECK)
  const results = ['Installed: two-1-1.noarch', 'Installed: one-1-1.noarch']
  const msg = 'Check mode: No changes made, but would have if not in check mode'
  assert.equal(check.plan.result, { msg, rc: 0, results })
  const { result } = await applyModule(host.session, dnf, { ...base, name: 'two-1' })
  assert.equal(result.result, { msg: '', rc: 0, results })
  const again = await applyModule(host.session, dnf, { ...base, name: 'two-1' })
  assert.equal(again.plan.result, { msg: 'Nothing to do', rc: 0, results: [] })
  const listed = async (list: string) =>
    (await applyModule(host.session, dnf, { ...base, list })).plan.result?.results as Raw[]
  assert.equal(await listed('repos'), [{ repoid: 'base', state: 'enabled' }])
  const two = { name: 'two', arch: 'noarch', epoch: '0', release: '1' }
  const of = (version: string, repo: string, yumstate: string) => {
    const envra = `0:two-${version}-1.noarch`
    return { ...two, version, repo, envra, nevra: envra, yumstate }
  }
  assert.equal(await listed('updates'), [of('2', 'base', 'available')])
  assert.equal((await listed('installed')).map(({ name }) => name).sort(), ['one', 'two'])
  assert.equal(await listed('two'), [
    of('1', '@System', 'installed'),
    of('1', 'base', 'available'),
    of('2', 'base', 'available'),
  ])
  const refresh = await applyModule(host.session, yum, { ...base, update_cache: true })
  assert.equal([refresh.result.failed, refresh.plan.silent], [undefined, true])
})

test('failures have a sentence, under check too', async () => {
  const [host] = all as [Host]
  const base = own(host, 'failures')
  const failed = async (raw: Raw) => {
    try {
      const { plan, result } = await applyModule(host.session, dnf, { ...base, ...raw }, CHECK)
      return plan.failed ?? result.failed ?? ''
    } catch (error) {
      return (error as Error).message
    }
  }
  assert.match(await failed({ name: 'broken' }), /^Depsolve Error occurred: Problem: .*\n.*nothing-has-this/)
  assert.is(await failed({ name: '@nobody' }), 'No group nobody available.')
  assert.match(await failed({ name: '/none.rpm' }), /Could not open: \/none\.rpm/)
  assert.match(
    await failed({ name: 'two', enablerepo: 'down' }),
    /^Failed to download metadata for repo 'down'/,
  )
  assert.is(await failed({ name: 'two', conf_file: '/none' }), 'cannot read configuration file')
  writeFileSync(`${base.installroot}/cache/metadata_lock.pid`, String(process.pid))
  assert.is(await failed({ name: 'two', lock_timeout: 1 }), 'dnf lockfile is held by another process')
})

test('a package that cannot be fetched changes nothing', async () => {
  const [host] = all as [Host]
  const base = own(host, 'gone')
  const repo = join(folder, 'gone-repo')
  rpmRepository(repo, [{ name: 'lost', version: '1' }])
  writeFileSync(base.conf_file as string, `[a]\nname=a\nbaseurl=file://${repo}\ngpgcheck=0\n`, {
    flag: 'a',
  })
  rmSync(join(repo, 'noarch'), { recursive: true })
  const { result } = await applyModule(host.session, dnf, { ...base, name: 'lost' })
  assert.match(result.failed ?? '', /^Failed to download packages: /)
  assert.not(existsSync(join(base.installroot, 'lost')))
})

test.run()
