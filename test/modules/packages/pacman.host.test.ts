import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pacman } from '../../../src/modules/packages/pacman/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { type ArchPackage, pacmanProgram, pacmanRepository } from './pacmans.ts'

const test = suite('pacman: on hosts')

const FIRST: ArchPackage[] = [
  { name: 'one', version: '1-1', groups: 'pair' },
  { name: 'two', version: '1-1', depends: 'one', groups: 'pair' },
  { name: 'g++', version: '1:2-1' },
  { name: 'broken', version: '1-1', depends: 'nothing-has-this' },
]
const LATER = FIRST.map((one) => (one.name === 'one' ? { ...one, version: '2-1' } : one))

let all: Host[] = []
let folder = ''
let repo = ''
let executable = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync('/dev/shm/playssh-pacman-')
  repo = join(folder, 'repo')
  pacmanRepository(repo, FIRST)
  executable = pacmanProgram(folder, repo)
})
test.after.each(() => rmSync(folder, { recursive: true }))

const apply = ({ session }: Host, raw: Raw, view = RUN) =>
  applyModule(session, pacman, { executable, ...raw }, view)

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

for (const at of [0, 1]) {
  test(`packages come, are upgraded and go on host ${at}`, async () => {
    const host = all[at]!
    await apply(host, { update_cache: true })
    await settled(host, { name: ['two', 'g++'] }, [
      ['one', null, '1-1'],
      ['two', null, '1-1'],
      ['g++', null, '1:2-1'],
    ])
    await settled(host, { name: 'pair' }, [])
    pacmanRepository(repo, LATER)
    await apply(host, { update_cache: true })
    await settled(host, { name: ['one', 'g++'] }, [])
    await settled(host, { name: ['own/one', 'g++'], state: 'latest' }, [['one', '1-1', '2-1']])
    await settled(host, { name: ['two', 'none'], state: 'absent' }, [['two', '1-1', null]])
    await settled(host, { name: 'one', state: 'absent', extra_args: '--recursive' }, [['one', '2-1', null]])
  })

  test(`files, reasons and upgrades of all are as the task says on host ${at}`, async () => {
    const host = all[at]!
    await apply(host, { update_cache: true })
    const odd = join(folder, `odd $x'é.pkg.tar.gz`)
    renameSync(join(repo, 'one-1-1-any.pkg.tar.gz'), odd)
    await settled(host, { name: odd, reason: 'dependency' }, [
      ['one', null, '1-1'],
      ['reason of one', null, 'dependency'],
    ])
    await settled(host, { name: 'one', reason: 'explicit' }, [])
    await settled(host, { name: 'one', reason: 'explicit', reason_for: 'all' }, [
      ['reason of one', 'dependency', 'explicit'],
    ])
    await settled(host, { name: `file://${repo}/two-1-1-any.pkg.tar.gz` }, [['two', null, '1-1']])
    pacmanRepository(repo, LATER)
    await apply(host, { update_cache: true })
    await settled(host, { upgrade: true }, [['one', '1-1', '2-1']])
    await settled(host, { name: 'one', state: 'absent', force: true }, [['one', '2-1', null]])
    await settled(host, { name: `${repo}/two-1-1-any.pkg.tar.gz`, state: 'absent', remove_nosave: true }, [
      ['two', '1-1', null],
    ])
  })
}

test('lists are fetched first, and are a change only if they have changed', async () => {
  for (const host of all) {
    rmSync(join(folder, 'lists/sync'), { recursive: true, force: true })
    const raw = { name: 'one', update_cache: true }
    const first = await apply(host, raw, CHECK)
    assert.equal(rows(first.plan), [
      ['package lists', null, 'fetched'],
      ['one', null, 'installed'],
    ])
    assert.is(first.plan.result?.msg, 'Would have updated the package db\nWould have installed 1 packages')
    const { result } = await apply(host, raw)
    assert.equal([result.changed, result.result?.cache_updated], [true, true])
    assert.equal(result.result?.packages, ['one'])
    assert.match(String(result.result?.stdout), /installing one/)
    const again = await apply(host, { ...raw, state: 'latest' })
    assert.equal([again.result.changed, again.result.result?.cache_updated], [false, false])
    assert.is((await apply(host, { update_cache: true, force: true })).result.changed, true)
    pacmanRepository(repo, LATER)
    const newer = await apply(host, { ...raw, state: 'latest' })
    assert.is(newer.result.changed, true)
    assert.equal(rows((await apply(host, { name: 'one', state: 'latest' }, CHECK)).plan), [])
    pacmanRepository(repo, FIRST)
    await apply(host, { name: 'one', state: 'absent' })
  }
})

test('failures have a sentence, and leave what was there', async () => {
  for (const host of all) {
    await apply(host, { update_cache: true })
    assert.is(
      await failed(host, { name: 'nobody' }, CHECK),
      'Failed to list package nobody: target not found',
    )
    assert.match(
      await failed(host, { name: 'broken' }, CHECK),
      /^Failed to list package\(s\) to install: failed to prepare transaction.*'nothing-has-this' required by broken/,
    )
    assert.match(await failed(host, { name: '/none.pkg.tar' }, CHECK), /could not find or read package/)
    await apply(host, { name: 'two' })
    assert.match(
      await failed(host, { name: 'one', state: 'absent' }, CHECK),
      /^failed to list package\(s\) to remove: .*required by two/,
    )
    writeFileSync(join(folder, 'lists/db.lck'), '')
    for (const raw of [{ name: 'g++' }, { name: 'two', state: 'absent' }, { update_cache: true }])
      assert.match(await failed(host, raw), /unable to lock database/)
    rmSync(join(folder, 'lists/db.lck'))
    await settled(host, { name: ['two', 'one'], state: 'absent' }, [
      ['two', '1-1', null],
      ['one', '1-1', null],
    ])
  }
})

test('a repository that is gone, and a package that is broken, change nothing', async () => {
  for (const host of all) {
    await apply(host, { update_cache: true })
    writeFileSync(join(repo, 'g++-1:2-1-any.pkg.tar.gz'), 'no package')
    assert.match(await failed(host, { name: ['g++', 'one'] }), /^Failed to install package\(s\): /)
    renameSync(repo, `${repo}.away`)
    assert.match(
      await failed(host, { name: 'two' }),
      /^Failed to install package\(s\): failed retrieving file 'two/,
    )
    assert.match(await failed(host, { update_cache: true }), /^could not update package db: /)
    assert.equal(rows((await apply(host, { name: ['g++', 'one', 'two'], state: 'absent' }, CHECK)).plan), [])
    renameSync(`${repo}.away`, repo)
    pacmanRepository(repo, FIRST)
    rmSync(join(folder, 'cache'), { recursive: true })
  }
})

test('a host without pacman is told so', async () => {
  const said = await failed(all[0]!, { name: 'one', executable: 'pacman-of-nobody' }).catch(
    (error: Error) => error.message,
  )
  assert.match(said, /^Failed to find required executable "pacman-of-nobody"/)
  assert.not(existsSync(join(folder, 'log')))
})

test.run()
