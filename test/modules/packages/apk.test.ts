import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apk } from '../../../src/modules/packages/apk/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('apk')

/** What the probe prints. */
const asked = (due: string, code: number, ...said: string[]) =>
  `due ${due}\nsimulated ${code}\n${said.map((line) => `said ${line}\n`).join('')}`
const OK = 'OK: 8 MiB in 15 packages'
const ERROR = ['ERROR: unable to select packages:', '  a (no such package):', '    required by: world[a]']

const TABLE: [raw: Raw, printed: string, changes: unknown[][]][] = [
  [{ name: 'a' }, 'due\n', []],
  [{ name: [] }, '', []],
  [
    { name: 'a@edge' },
    asked(
      'a@edge',
      0,
      '(1/4) Installing a@edge (1-r0)',
      '(2/4) Upgrading b (1-r0 -> 1-r1)',
      '(3/4) Reinstalling c (1-r0)',
      '(4/4) Purging d (1-r0)',
      OK,
    ),
    [
      ['a', null, '1-r0'],
      ['b', '1-r0', '1-r1'],
      ['c', '1-r0', '1-r0, installed anew'],
      ['d', '1-r0', null],
    ],
  ],
  [{ name: 'a' }, asked('a', 0, OK), [['mark of a', 'automatic', 'manual']]],
  [{ name: 'a', state: 'removed' }, asked('a', 0, '(1/1) Purging a (1-r0)', OK), [['a', '1-r0', null]]],
  [{ upgrade: true }, asked('', 0, OK), []],
  [{ upgrade: true }, asked('', 0, '(1/1) Upgrading a (1 -> 2)', OK), [['a', '1', '2']]],
  [{ update_cache: true }, '', [['package lists', null, 'fetched']]],
  [
    { name: 'a', update_cache: true },
    asked('a', 1, ...ERROR),
    [
      ['package lists', null, 'fetched'],
      ['a', null, 'installed'],
    ],
  ],
]

for (const [raw, printed, changes] of TABLE)
  test(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(printed)}`, () => {
    assert.equal(rows(planOf(apk, raw, printed)), changes)
  })

test('a message and packages are returned, in the words of Ansible', () => {
  const result = (raw: Raw, printed: string) => planOf(apk, raw, printed, CHECK).result
  assert.equal(result({ name: 'a' }, 'due\n'), { msg: 'package(s) already installed', packages: [] })
  assert.equal(result({ name: 'a', state: 'absent' }, 'due\n'), {
    msg: 'package(s) already removed',
    packages: [],
  })
  assert.equal(result({ name: 'a' }, asked('a', 0, '(1/1) Installing a (1)', OK)), {
    msg: 'installed a package(s)',
    packages: ['a'],
  })
  assert.equal(result({ upgrade: true }, asked('', 0, OK)), {
    msg: 'packages already upgraded',
    packages: [],
  })
  assert.equal(result({ update_cache: true }, ''), { msg: 'updated repository indexes' })
})

test('what apk complains of, and what keeps a package, fails before anything is done', () => {
  assert.is(
    planOf(apk, { name: 'a' }, asked('a', 1, ...ERROR)).failed,
    'failed to install a: unable to select packages: a (no such package): required by: world[a]',
  )
  const kept = 'World updated, but the following packages are not removed due to:'
  assert.is(
    planOf(apk, { name: 'a', state: 'absent' }, asked('a', 0, kept, '  a: b c', OK)).failed,
    'failed to remove a package(s): a: b c',
  )
})

test('apk is told all that the task says', () => {
  const script = (raw: Raw, printed: string) => {
    const [action] = planOf(apk, raw, printed).actions!
    return action!.do === 'exec' ? action!.script : ''
  }
  const raw = { name: ['a>1'], state: 'latest', no_cache: true, repository: ['https://r/m', '@e /d'] }
  const install = script(raw, asked('a>1', 0, '(1/1) Upgrading a (1 -> 2)', OK))
  assert.match(
    install,
    /apk --no-cache --repository https:\/\/r\/m --repositories-file \/dev\/null --repository '@e \/d' --repositories-file \/dev\/null "\$@"/,
  )
  assert.match(install, /\na add --upgrade 'a>1'$/)
  const upgrade = { upgrade: true, available: true, update_cache: true }
  assert.match(script(upgrade, asked('', 0, OK)), /\na update \|\| [\s\S]*\na upgrade --available$/)
  const remove = asked('a', 0, '(1/1) Purging a (1)', OK)
  assert.match(script({ name: 'a', state: 'absent' }, remove), /\na del --purge a$/)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  ...['-y', 'a b', 'a;b', "a'b", '!a', '/a', 'a='].map((name): [Raw, RegExp] => [
    { name: [name] },
    /is not a name of a package/,
  ]),
  [{}, /^one of the following is required: name, update_cache, upgrade$/],
  [{ name: 'a', upgrade: true }, /^parameters are mutually exclusive: name\|upgrade$/],
  [{ name: 'a', repository: ['-x'] }, /neither an address nor a folder/],
  [{ name: 'a', world: '-x' }, /is not a path of a file/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first, ...others] = problemsOf(apk, raw)
    assert.match(first!, problem)
    assert.equal(others, [], JSON.stringify(raw))
  }
  for (const name of ['a', 'g++', '.build-deps', 'a=1.2-r3', 'a>=1', 'a~1', 'so:libc.musl', 'a@edge'])
    assert.equal(problemsOf(apk, { name: [name] }), [])
})

test.run()
