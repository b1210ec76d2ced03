import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { blockinfile } from '../../../src/modules/files/blockinfile.ts'
import { planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'
import { BEGIN, END } from './markers.ts'

const test = suite('blockinfile')
const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`

const TABLE: [raw: Raw, before: string, changes: unknown[]][] = [
  [{ block: 'a' }, '', [['block', null, `${BEGIN}a\n${END}`]]],
  [{ block: 'a' }, `x\n${BEGIN}a\n${END}y`, []],
  [{ block: 'a\n' }, `${BEGIN}a\n${END}`, []],
  [{ block: '0' }, `${BEGIN}a\n${END}`, [['block', `${BEGIN}a\n${END}`, `${BEGIN}0\n${END}`]]],
  [{ block: '' }, `${BEGIN}a\n${END}`, [['block', `${BEGIN}a\n${END}`, null]]],
  [{ state: 'absent', block: 'b' }, `${BEGIN}a\n${END}`, [['block', `${BEGIN}a\n${END}`, null]]],
  [{ state: 'absent' }, 'x', []],
  [{ block: 'a', mode: '0600' }, `${BEGIN}a\n${END}`, [['mode', '0644', '0600']]],
  [{ block: 'a', marker: '; {mark} $& x' }, '; BEGIN $& x\na\n; END $& x\n', []],
  [
    { block: 'a', marker_begin: '<', marker_end: '>' },
    '# < ANSIBLE MANAGED BLOCK\na\n# > ANSIBLE MANAGED BLOCK\n',
    [],
  ],
]

test('an expression that would take for ever is an error that names it and the file', () => {
  for (const insertafter of ['(b+)+$', '(?m)(b+)+$']) {
    assert.throws(
      () => planOf(blockinfile, { path: '/f', block: 'a', insertafter }, there(`${'b'.repeat(50)}!\n`)),
      (error: Error) => error.message.startsWith(`the regular expression "${insertafter}" takes more than`),
    )
  }
})

test('blockinfile plans what differs, and nothing else', () => {
  for (const [raw, before, changes] of TABLE) {
    assert.equal(
      rows(planOf(blockinfile, { path: '/f', ...raw }, there(before))),
      changes,
      JSON.stringify(raw),
    )
  }
})

test('a file that is not there', () => {
  const missing = `${filesText(undefined, FOLDER)}0`
  assert.match(planOf(blockinfile, { path: '/d/f', block: 'a' }, missing).failed ?? '', /does not exist/)
  assert.equal(planOf(blockinfile, { path: '/d/f', state: 'absent' }, missing).changes, [])
  assert.equal(rows(planOf(blockinfile, { path: '/d/f', create: true }, missing)), [
    ['state', 'absent', 'file'],
    ['block', null, null],
  ])
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ marker: 'same' }, /must hold \{mark\}/],
  [{ marker: '# {mark}\n#' }, /one line/],
  [{ marker_begin: 'x', marker_end: 'x' }, /must differ/],
  [{ insertafter: '(' }, /^insertafter: /],
  [{ insertafter: 'a', insertbefore: 'b' }, /not both/],
]

test('wrong arguments are refused', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first = ''] = problemsOf(blockinfile, { path: '/f', ...raw })
    assert.match(first, problem)
  }
})

test.run()
