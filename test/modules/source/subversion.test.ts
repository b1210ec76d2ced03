import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { subversion } from '../../../src/modules/source/subversion/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('subversion')

const A = { repo: 'https://u:secret@h/r', dest: '/d' }
const info = (revision: number, url = 'https://h/r') =>
  `Path: /d\nURL: ${url}\nRevision: ${revision}\nNode Kind: directory`
const said = (text: string, code = 0) => `${code}\0${text}\0`
/** What the probe prints of a working copy. */
const copy = (revision: number, modified = '', now = info(3), differs = '') =>
  `1c${info(revision)}\0${modified}\0${said(now)}${said(differs)}`

const NONE = `1n${said(info(3))}`
const OTHER = `1o${said(info(3))}`
const FRESH = 'HEAD of https://****@h/r'
const M = 'M       /d/f'
const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  ['what is not there is checked out', {}, NONE, [['revision', null, FRESH]]],
  ['unless it is not to be', { checkout: false }, NONE, []],
  ['a working copy of the revision is left', {}, copy(3), []],
  [
    'one of another is brought to it',
    {},
    copy(2, '', info(3), 'M       /d/f\nA       /d/g'),
    [['files', 'revision 2', '2 others in revision 3']],
  ],
  ['properties alone are passed over', {}, copy(3, '', info(3), ' M      /d'), []],
  ['unless it is not to be updated', { update: false }, `1c${info(2)}\0\0`, []],
  ['changes of files are thrown away by force', { force: true }, copy(3, M), [['changes of files', M, null]]],
  ['what is not versioned does not matter', {}, copy(3, '?       /d/x\nX       /d/y'), []],
  [
    'one of another place is led to this one',
    {},
    copy(3, '', info(3, 'https://h/b')),
    [['address', 'https://h/r', 'https://h/b']],
  ],
  ['unless it is not to be switched', { switch: false }, copy(3, '', info(3, 'https://h/b')), []],
  ['a folder becomes one in place', { in_place: true }, OTHER, [['revision', 'no working copy', FRESH]]],
  ['files alone are put there', { export: true }, NONE, [['revision', null, FRESH]]],
  ['and by force over others', { export: true, force: true }, OTHER, [['revision', 'unknown', FRESH]]],
]

for (const [title, raw, printed, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(subversion, { ...A, ...raw }, printed)), changes))

test('a number that goes on without a file that changes is no change, as in Ansible', () => {
  const plan = planOf(subversion, A, copy(2))
  assert.is(plan.silent, true)
  assert.equal(rows(plan), [['revision', '2', '3']])
})

test('the results are those of Ansible', () => {
  assert.equal(planOf(subversion, A, copy(3)).result, {
    before: ['Revision: 3', 'URL: https://h/r'],
    after: ['Revision: 3', 'URL: https://h/r'],
  })
  const look = { repo: 'r', checkout: false, update: false }
  assert.equal(planOf(subversion, look, NONE).result, { after: 'Revision: 3' })
})

test('a password goes over stdin', () => {
  const { actions } = planOf(subversion, { ...A, username: 'u', password: "a'b" }, NONE)
  const [action] = actions ?? []
  const script = action?.do === 'sh' ? action.script : ''
  assert.match(script, /--username u --password-from-stdin/)
  assert.not.match(script, /--password /)
})

test('what cannot be is a failure, and under check what may still come', () => {
  const failed = (raw: Raw, printed: string) => planOf(subversion, { ...A, ...raw }, printed).failed ?? ''
  assert.is(failed({}, '10'.slice(1)), 'Failed to find required executable "svn"')
  assert.is(planOf(subversion, A, '0', CHECK).changes.length, 1)
  assert.is(failed({}, copy(3, M)), 'ERROR: modified files exist in the repository.')
  assert.is(failed({}, OTHER), 'ERROR: /d folder already exists, but its not a subversion repository.')
  assert.is(failed({}, `1n${said('svn: E170013: no', 1)}`), 'svn: E170013: no')
  assert.match(failed({ export: true }, OTHER), /\/d is there already/)
  assert.throws(() => planOf(subversion, A, '1x'), /the host printed "x"/)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ dest: '/d' }, /missing required arguments: repo/],
  [{ repo: 'r' }, /the destination directory must be specified unless/],
  [{ ...A, repo: '-x' }, /"-x" is not an address/],
  [{ ...A, revision: '-x' }, /"-x" is not a revision/],
  [{ ...A, password: 'a\nb' }, /svn takes one line/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(subversion, raw)
    assert.is(problems.length, 1, JSON.stringify(problems))
    assert.match(problems[0]!, problem)
  }
})

test.run()
