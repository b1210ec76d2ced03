import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xattr } from '../../../src/modules/files/xattr.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const test = suite('xattr')

const A = { path: '/f', key: 'a' }
const FILE = filesText(statText())
const there = (value: string) => `${FILE}\0\0# file: /f\nuser.a="${value}"\n\x001${value}`
const MISSING = `${FILE}\0\0\x000`

const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  ['a value that is right is left', { ...A, value: 'x' }, there('x'), []],
  ['another one is set', { ...A, value: 'y' }, there('x'), [['user.a', 'x', 'y']]],
  ['one that is missing too', { ...A, value: 'y' }, MISSING, [['user.a', null, 'y']]],
  [
    'a value makes the state present',
    { ...A, value: 'y', state: 'absent' },
    MISSING,
    [['user.a', null, 'y']],
  ],
  [
    'hexadecimal, base64 and quotes are what setfattr takes them for',
    { ...A, value: '0x78' },
    there('x'),
    [],
  ],
  ['base64 too', { ...A, value: '0seA==' }, there('x'), []],
  ['and quotes', { ...A, value: '"x"' }, there('x'), []],
  ['one that shall not be there is removed', { ...A, state: 'absent' }, there('x'), [['user.a', 'x', null]]],
  ['and not if it is not there', { ...A, state: 'absent' }, MISSING, []],
  ['the namespace may stand in the key', { ...A, key: 'user.a', value: 'x' }, there('x'), []],
  [
    'another namespace is another attribute',
    { ...A, namespace: 'trusted', value: 'x' },
    MISSING,
    [['trusted.a', null, 'x']],
  ],
]

for (const [title, raw, printed, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(xattr, raw, printed)), changes))

test('what is read has the words of Ansible', () => {
  const result = (raw: Raw) => planOf(xattr, { path: '/f', ...raw }, there('x')).result
  const told = { 'user.a': 'x' }
  assert.equal(result({ key: 'a' }), { msg: 'returning user.a', xattr: told })
  assert.equal(result({}), { msg: 'returning None', xattr: told })
  assert.equal(result({ state: 'keys' }), { msg: 'returning all keys', xattr: told })
  assert.equal(result({ state: 'all' }), { msg: 'dumping all', xattr: told })
  assert.equal(result({ key: 'a', value: 'y' }), { msg: 'user.a set to y', xattr: told })
  assert.equal(result({ key: 'a', state: 'absent' }), { msg: 'user.a removed', xattr: told })
})

test('what cannot be is a failure, and under check what may still come', () => {
  const set = { ...A, value: 'x' }
  const nothing = `${filesText(undefined)}\0\0\x000`
  assert.is(planOf(xattr, set, nothing).failed, 'path not found or not accessible!')
  assert.is(planOf(xattr, set, nothing, CHECK).changes.length, 1)
  const lack = `${FILE}getfattr\0\0\x000`
  assert.is(planOf(xattr, set, lack).failed, 'getfattr is needed on the host, and is not there: install attr')
  assert.is(planOf(xattr, set, lack, CHECK).changes.length, 1)
  const refused = `${FILE}\0f: Operation not supported\0\x000`
  assert.is(planOf(xattr, set, refused).failed, 'f: Operation not supported')
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ key: 'a' }, /missing required arguments: path/],
  [{ path: '/f', state: 'absent' }, /absent needs a key/],
  [{ ...A, state: 'present' }, /present needs a value/],
  [{ ...A, key: '-a' }, /"-a" is not a name/],
  [{ ...A, key: 'a=b' }, /"a=b" is not a name/],
  [{ ...A, value: '0xz' }, /is not hexadecimal/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(xattr, raw)
    assert.is(problems.length, 1, JSON.stringify(problems))
    assert.match(problems[0]!, problem)
  }
})

test.run()
