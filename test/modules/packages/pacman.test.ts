import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pacman } from '../../../src/modules/packages/pacman/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('pacman')

const lines = (...some: string[]) => `${some.join('\n')}\n`
const A = 'installed a 1-1'

const TABLE: [raw: Raw, printed: string, changes: unknown[][]][] = [
  [{ name: 'a' }, lines(A, 'wanted a a'), []],
  [{ name: [] }, lines(A), []],
  [
    { name: 'b' },
    lines(A, 'wanted b b', 'simulated sync 0', 'said warning: x', 'said + c 1:2-1', 'said + b 2-1', 'due b'),
    [
      ['c', null, '1:2-1'],
      ['b', null, '2-1'],
    ],
  ],
  [
    { name: 'a', state: 'latest' },
    lines(A, 'wanted a a', 'simulated sync 0', 'said + a 2-1', 'due a'),
    [['a', '1-1', '2-1']],
  ],
  [
    { name: 'a', state: 'absent' },
    lines(A, 'wanted a a', 'simulated remove 0', 'said + a 1-1', 'due a'),
    [['a', '1-1', null]],
  ],
  [{ name: 'b', state: 'removed' }, lines(A), []],
  [{ upgrade: true }, lines(A, 'simulated sysupgrade 0', 'said + a 2-1'), [['a', '1-1', '2-1']]],
  [{ upgrade: true }, lines(A, 'simulated sysupgrade 0', 'said  there is nothing to do'), []],
  [{ update_cache: true }, lines(A), [['package lists', null, 'fetched']]],
  [{ name: 'https://h/a-1-1-x86_64.pkg.tar.zst' }, lines(A), []],
  [{ name: 'https://h/a-1%3A2-1-any.pkg.tar.zst' }, lines(A), [['a', '1-1', '1:2-1']]],
  [{ name: 'a', reason: 'dependency' }, lines(A, 'explicit a', 'wanted a a'), []],
  [
    { name: 'a', reason: 'dependency', reason_for: 'all' },
    lines(A, 'explicit a', 'wanted a a'),
    [['reason of a', 'explicit', 'dependency']],
  ],
]

for (const [raw, printed, changes] of TABLE)
  test(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(printed)}`, () => {
    assert.equal(rows(planOf(pacman, raw, printed)), changes)
  })

test('what pacman complains of is told, but not if lists that are fetched first may know better', () => {
  const printed = lines('simulated sync 1', 'said error: target not found: b', 'due b')
  const plan = planOf(pacman, { name: 'b' }, printed)
  assert.is(plan.failed, 'Failed to list package b: target not found')
  assert.equal(rows(planOf(pacman, { name: 'b', update_cache: true }, printed)), [
    ['package lists', null, 'fetched'],
    ['b', null, 'installed'],
  ])
})

test('packages and a message are returned, in the words of Ansible', () => {
  const result = (raw: Raw, printed: string) => planOf(pacman, raw, printed, CHECK).result
  assert.equal(result({ name: 'a' }, lines(A, 'wanted a a')), {
    msg: 'package(s) already installed',
    packages: [],
  })
  assert.equal(result({ name: 'b', state: 'absent' }, lines(A)), {
    msg: 'package(s) already absent',
    packages: [],
  })
  const removed = lines(A, 'simulated remove 0', 'said + a 1-1', 'due a')
  assert.equal(result({ name: 'a', state: 'absent' }, removed), {
    msg: 'Would have removed 1 packages',
    packages: ['a-1-1'],
  })
  assert.equal(result({ upgrade: true }, lines(A, 'simulated sysupgrade 0', 'said + a 2-1')), {
    msg: '1 packages would have been upgraded',
    packages: ['a'],
  })
  assert.equal(result({ update_cache: true }, ''), {
    msg: 'Would have updated the package db',
    cache_updated: true,
  })
})

test('pacman is told all that the task says', () => {
  const script = (raw: Raw, printed: string) => {
    const [action] = planOf(pacman, raw, printed).actions!
    return action!.do === 'exec' ? action!.script : ''
  }
  const install = lines('wanted b own/b', 'simulated sync 0', 'said + b 2-1', 'due own/b')
  const raw = { name: 'own/b', extra_args: "--overwrite '/a b/*'", reason: 'dependency' }
  assert.match(
    script(raw, install),
    /--noconfirm --noprogressbar --needed --overwrite '\/a b\/\*' --sync -- own\/b\n.*--database --asdeps -- b$/,
  )
  const remove = lines(A, 'simulated remove 0', 'said + a 1-1', 'due a')
  assert.match(
    script({ name: 'a', state: 'absent', force: true, remove_nosave: true }, remove),
    /--remove --noconfirm --noprogressbar --nodeps --nodeps --nosave -- a$/,
  )
  const all = {
    ...{ upgrade: true, upgrade_extra_args: '--ignore x', executable: '/e' },
    ...{ update_cache: true, update_cache_extra_args: '--dbonly', force: true },
  }
  const upgrade = script(all, lines(A, 'simulated sysupgrade 0', 'said + a 2-1'))
  assert.match(upgrade, /--sync --refresh --dbonly --refresh\n/)
  assert.match(upgrade, /--sync --sysupgrade --quiet --noconfirm --ignore x\n/)
  assert.match(upgrade, /command -v \/e\)/)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  ...['-y', 'a b', 'a;b', "a'b", '!a', 'a/b/c'].map((name): [Raw, RegExp] => [
    { name: [name] },
    /is not a name of a package, nor a file/,
  ]),
  [{ name: 'https://h/a.zip' }, /does not end in the name of a package's file/],
  [{ name: 'a', upgrade: true }, /^parameters are mutually exclusive: name\|upgrade$/],
  [{}, /^one of the following is required: name, update_cache, upgrade$/],
  [{ name: 'a', extra_args: "'a" }, /^extra_args: the quote ' is not closed/],
  [{ name: 'a', executable: '-x' }, /is not a program/],
  [{ name: 'a', reason: 'none' }, /none of dependency, explicit/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first, ...others] = problemsOf(pacman, raw)
    assert.match(first!, problem)
    assert.equal(others, [], JSON.stringify(raw))
  }
  for (const name of ['a', 'own/g++', 'a>=1:2', '@x', './f.pkg.tar.zst', '~/f', '/f'])
    assert.equal(problemsOf(pacman, { name: [name] }), [])
})

test.run()
