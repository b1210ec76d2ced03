import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { zypper } from '../../../src/modules/packages/zypper/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { rpmRepository } from './rpms.ts'

const test = suite('zypper: on hosts')

let all: Host[] = []
let folder = ''
let repo = ''
test.before(async () => {
  folder = mkdtempSync('/dev/shm/playssh-zypper-')
  repo = join(folder, 'repo')
  rpmRepository(repo, [
    { name: 'one', version: '1' },
    { name: 'two', version: '1', requires: 'one' },
    { name: 'two', version: '2', requires: 'one' },
    { name: 'g++', version: '1' },
    { name: 'kept', version: '1' },
    { name: 'broken', version: '1', requires: 'nothing-has-this' },
  ])
  rpmRepository(join(folder, 'more'), [{ name: 'extra', version: '1' }])
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

/** A root of its own that knows the repository, and the arguments that lead there. */
function own({ name }: Host, title: string): { root: string; extra_args_precommand: string } {
  const root = join(folder, `${title}-${name}`)
  mkdirSync(root)
  const zypp = (...words: string[]) =>
    execFileSync('zypper', ['--root', root, '--quiet', '--non-interactive', ...words], { stdio: 'ignore' })
  zypp('addrepo', '--no-gpgcheck', '--no-refresh', `file://${repo}`, 'own')
  zypp('refresh')
  return { root, extra_args_precommand: `--root ${root}` }
}

const apply = ({ session }: Host, { root: _, ...raw }: Raw, view = RUN) =>
  applyModule(session, zypper, raw, view)

/** Check says what apply does, and a second run finds nothing. */
async function settled(host: Host, raw: Raw, changes: unknown[][]): Promise<void> {
  for (const [view, expected] of [
    [CHECK, changes],
    [RUN, changes],
    [CHECK, []],
  ] as const) {
    const { plan, result } = await apply(host, raw, view)
    assert.equal([plan.failed ?? result.failed, rows(plan)], [undefined, expected], JSON.stringify(raw))
  }
}

async function failed(host: Host, raw: Raw, view = RUN): Promise<string> {
  const { plan, result } = await apply(host, raw, view)
  return plan.failed ?? result.failed ?? ''
}

for (const at of [0, 1])
  test(`packages come, change and go on host ${at}`, async () => {
    const host = all[at]!
    const base = own(host, 'packages')
    // Without any package zypper of Debian fails to read what is installed.
    await settled(host, { ...base, name: ['two=1', 'g++', 'kept'] }, [
      ['g++', null, '1-1'],
      ['kept', null, '1-1'],
      ['one', null, '1-1'],
      ['two', null, '1-1'],
    ])
    await settled(host, { ...base, name: ['two', 'one'] }, [])
    await settled(host, { ...base, name: 'two', state: 'latest' }, [['two', '1-1', '2-1']])
    await settled(host, { ...base, name: 'two<2' }, [['two', '2-1', '1-1']])
    await settled(host, { ...base, name: `${repo}/noarch/two-2-1.noarch.rpm`, disable_gpg_check: true }, [
      ['two', '1-1', '2-1'],
    ])
    await settled(host, { ...base, name: ['one', '-g++'], state: 'absent' }, [
      ['g++', '1-1', null],
      ['one', '1-1', null],
      ['two', '2-1', null],
    ])
  })

test('all that is installed is upgraded', async () => {
  const [host] = all as [Host]
  const base = own(host, 'all')
  await apply(host, { ...base, name: 'two=1' })
  await settled(host, { ...base, name: '*', state: 'latest' }, [['two', '1-1', '2-1']])
  await apply(host, { ...base, name: 'two=1' })
  await settled(host, { ...base, name: '*', state: 'dist-upgrade', allow_vendor_change: true }, [
    ['two', '1-1', '2-1'],
  ])
  await settled(host, { ...base, name: ['-two', 'g++'] }, [
    ['g++', null, '1-1'],
    ['two', '2-1', null],
  ])
  await settled(host, { ...base, name: ['one'], state: 'absent', clean_deps: true }, [['one', '1-1', null]])
})

test('lists are fetched first without a word', async () => {
  const [host] = all as [Host]
  const base = own(host, 'lists')
  const [first, second] = [join(folder, 'moving'), join(folder, 'more')]
  rpmRepository(first, [{ name: 'other', version: '1' }])
  writeFileSync(
    join(base.root, 'etc/zypp/repos.d/own.repo'),
    `[own]\nenabled=1\nautorefresh=0\nbaseurl=file:${first}\ngpgcheck=0\n`,
  )
  await apply(host, { ...base, name: 'other', update_cache: true })
  const again = await apply(host, { ...base, name: 'other', update_cache: true })
  assert.equal([again.plan.silent, again.result.changed], [true, false])
  rmSync(first, { recursive: true })
  renameSync(second, first)
  assert.match(await failed(host, { ...base, name: 'extra' }), /No provider of '\+?extra' found/)
  const raw = { ...base, name: 'extra', update_cache: true }
  assert.equal(rows((await apply(host, raw, CHECK)).plan), [
    ['package lists', null, 'fetched'],
    ['extra', null, 'installed'],
  ])
  const { result } = await apply(host, raw)
  assert.equal([result.failed, result.changed, result.result?.rc], [undefined, true, 0])
  rmSync(first, { recursive: true })
  assert.match(await failed(host, { ...raw, name: '*', state: 'latest' }), /^Zypper refresh run failed\. /)
})

test('failures have a sentence, under check too', async () => {
  for (const host of all) {
    const base = own(host, 'failures')
    assert.match(
      await failed(host, { ...base, name: 'nobody' }, CHECK),
      /^No provider of '\+?nobody' found\.$/,
    )
    assert.match(
      await failed(host, { ...base, name: 'broken' }, CHECK),
      /^Zypper run command failed with return code 4\. Problem: .*nothing-has-this/,
    )
    mkdirSync(join(base.root, 'run'), { recursive: true })
    writeFileSync(join(base.root, 'run/zypp.pid'), String(process.pid))
    for (const state of ['present', 'absent', 'latest'])
      assert.match(
        await failed(host, { ...base, name: 'one', state }, CHECK),
        /^Zypper run command failed with return code 7\. System management is locked/,
      )
  }
})

test('a repository that is gone changes nothing', async () => {
  const [host] = all as [Host]
  const base = own(host, 'gone')
  renameSync(repo, `${repo}.away`)
  assert.match(
    await failed(host, { ...base, name: 'one' }),
    /^Zypper run command failed with return code \d+\. /,
  )
  renameSync(`${repo}.away`, repo)
  assert.equal(rows((await apply(host, { ...base, name: 'one', state: 'absent' }, CHECK)).plan), [])
})

test.run()
