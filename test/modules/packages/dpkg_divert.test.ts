import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dpkg_divert } from '../../../src/modules/packages/dpkg_divert.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('dpkg_divert')

const printed = (holder: string, divert: string, kinds = 'file none none', version = '1') =>
  [...['/usr/bin/dpkg-divert', version, holder, divert], ...kinds.split(' ')]
    .map((field) => `${field}\0`)
    .join('')

const NONE = printed('', '/a/b')
const LOCAL = printed('LOCAL', '/a/b.distrib')

const TABLE: [raw: Raw, output: string, changes: unknown[][]][] = [
  [{}, NONE, [['/a/b', null, '/a/b.distrib for LOCAL']]],
  [{ holder: 'x', divert: '/c' }, NONE, [['/a/b', null, '/c for x']]],
  [{}, LOCAL, []],
  [{ holder: 'LOCAL', rename: true }, LOCAL, []],
  [{ holder: 'x' }, LOCAL, [['/a/b', '/a/b.distrib for LOCAL', '/a/b.distrib for x']]],
  [{ divert: '/c' }, LOCAL, [['/a/b', '/a/b.distrib for LOCAL', '/c for LOCAL']]],
  [{ state: 'absent' }, LOCAL, [['/a/b', '/a/b.distrib for LOCAL', null]]],
  [{ state: 'absent', holder: 'x' }, NONE, []],
]

for (const [raw, output, changes] of TABLE) {
  test(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(output)}`, () => {
    assert.equal(rows(planOf(dpkg_divert, { path: '/a/b', ...raw }, output)), changes)
  })
}

test('what dpkg-divert is told is returned, and the diversion', () => {
  const commands = (raw: Raw, output: string) =>
    planOf(dpkg_divert, { path: '/a/b', ...raw }, output).result!.commands as string[]
  const program = '/usr/bin/dpkg-divert'
  assert.equal(commands({}, NONE), [`${program} --no-rename --local --add /a/b`])
  assert.equal(commands({ rename: true }, NONE), [`${program} --rename --local --add /a/b`])
  assert.equal(commands({}, printed('', '/a/b', 'none none none', '')), [`${program} --local --add /a/b`])
  assert.equal(commands({ holder: 'x', divert: '/c', rename: true }, LOCAL), [
    `${program} --no-rename --remove /a/b`,
    `${program} --no-rename --package x --divert /c --add /a/b`,
  ])
  const view = { ...CHECK, diff: true }
  const { result } = planOf(dpkg_divert, { path: '/a/b', state: 'absent' }, LOCAL, view)
  const before = { path: '/a/b', state: 'present', divert: '/a/b.distrib', holder: 'LOCAL' }
  const after = { path: '/a/b', state: 'absent', divert: null, holder: null }
  assert.equal([result!.diversion, result!.diff], [after, { before, after }])
})

test('a file in the way of renaming is a failure, or lost with force', () => {
  const failed = "Set 'force' param to True to force renaming of files."
  for (const [raw, output] of [
    [{}, printed('', '/a/b', 'file file file')],
    [{ state: 'absent' }, printed('LOCAL', '/a/b.distrib', 'file file file')],
  ] as const) {
    const renaming = { path: '/a/b', ...raw, rename: true }
    assert.is(planOf(dpkg_divert, renaming, output).failed, failed)
    const forced = planOf(dpkg_divert, { ...renaming, force: true }, output)
    assert.equal([forced.failed, forced.actions!.length], [undefined, 2])
    assert.is(planOf(dpkg_divert, { path: '/a/b', ...raw }, output).actions!.length, 1)
  }
  assert.match(
    planOf(dpkg_divert, { path: '/a/b' }, printed('', '/a/b', 'folder none none')).failed!,
    /is a folder/,
  )
})

test('an answer that makes no sense is an error', () => {
  assert.throws(
    () => planOf(dpkg_divert, { path: '/a' }, printed('', '/a', 'odd none none')),
    /"odd" where the kind/,
  )
})

test('wrong arguments are refused', () => {
  for (const path of ['', 'a', '-a', '/', '/a/', '/a\nb', '~/a'])
    assert.match(problemsOf(dpkg_divert, { path })[0]!, /not the absolute path of a file/)
  assert.match(problemsOf(dpkg_divert, { path: '/a', divert: 'b' })[0]!, /^divert: /)
  for (const holder of ['', '-x', 'a b', 'a\n'])
    assert.match(problemsOf(dpkg_divert, { path: '/a', holder })[0]!, /not a name of a package/)
})

test.run()
