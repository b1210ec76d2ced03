import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lineinfile } from '../../../src/modules/files/lineinfile.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('lineinfile')
const there = (content: string, ids = '') => `${filesText(statText(), FOLDER)}${ids}1${content}`

const TABLE: [raw: Raw, before: string, changes: unknown[]][] = [
  [{ line: 'a\nb' }, 'c\n', [['line', null, 'a\nb']]],
  [{ line: 'a' }, 'a\n', []],
  [{ line: 'a' }, '', [['line', null, 'a']]],
  [{ line: 'b' }, 'a', [['line', null, 'b']]],
  [{ line: '' }, 'a\n', [['line', null, '']]],
  [{ line: '' }, '\n', []],
  [{ line: 'a' }, 'a', [['line', 'a', 'a\n']]],
  [{ line: 'a' }, 'a\r\n', [['line', 'a\r\n', 'a\n']]],
  [{ line: '0', regexp: '^n' }, 'n=1\nn=2\n', [['line', 'n=2', '0']]],
  [{ line: '0', regexp: '^n', firstmatch: true }, 'n=1\nn=2\n', [['line', 'n=1', '0']]],
  [{ line: 'x', search_string: '.' }, 'a\nb.\n', [['line', 'b.', 'x']]],
  [{ line: '\\2\\g<k>', regexp: '^(?P<k>.)(.)', backrefs: true }, 'ab\n', [['line', 'ab', 'ba']]],
  [{ line: 'x', regexp: 'none', backrefs: true }, 'ab\n', []],
  [{ line: 'a', state: 'absent' }, 'a\nb\na\n', [['line', 'a\na', null]]],
  [{ regexp: 'b$', state: 'absent' }, 'ab\na\n', [['line', 'ab', null]]],
  [{ search_string: 'z', state: 'absent' }, 'a\n', []],
  [
    { line: 'a', mode: '0600', owner: '1', group: '2' },
    'a\n',
    [
      ['owner', '0', '1'],
      ['group', '0', '2'],
      ['mode', '0644', '0600'],
    ],
  ],
  [{ line: 'ü', regexp: 'ü' }, 'ü\n', []],
  [{ line: 'ü', regexp: 'ü' }, 'xü\n', [['line', 'xü', 'ü']]],
]

test('what was read where nothing had been seen is not written', () => {
  const swapped = `${filesText(undefined, FOLDER)}1SECRET\n`
  const { actions } = planOf(lineinfile, { path: '/f', line: 'a', create: true }, swapped)
  assert.equal(
    actions?.map((action) => 'content' in action && action.content.text()),
    ['a\n'],
  )
})

test('lineinfile plans what differs, and nothing else', () => {
  for (const [raw, before, changes] of TABLE) {
    assert.equal(
      rows(planOf(lineinfile, { path: '/f', ...raw }, there(before))),
      changes,
      JSON.stringify(raw),
    )
  }
})

test('an expression that would take for ever is an error that names it and the file', () => {
  const before = there(`${'a'.repeat(50)}!\n`)
  const slow = /"\(a\+\)\+\$" takes more than \S+ s on \/f \(52 characters, "a{30}\.\.\."\)/
  for (const raw of [
    { line: 'x', regexp: '(a+)+$' },
    { regexp: '(a+)+$', state: 'absent' },
    { line: 'x', insertafter: '(a+)+$' },
    { line: 'x', insertbefore: '(a+)+$' },
  ]) {
    assert.throws(() => planOf(lineinfile, { path: '/f', ...raw }, before), slow)
  }
})

test('hundred thousand lines are removed at once', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `${index}\n`).join('')
  const started = performance.now()
  const { changes } = planOf(lineinfile, { path: '/f', regexp: '[05]$', state: 'absent' }, there(lines))
  assert.is(String(changes[0]!.before).split('\n').length, 20_000)
  assert.ok(performance.now() - started < 10_000)
})

test('files that are not there, and folders', () => {
  const missing = `${filesText(undefined, FOLDER)}0`
  assert.equal(
    planOf(lineinfile, { path: '/d/f', line: 'a' }, missing).failed,
    'Destination /d/f does not exist !',
  )
  assert.equal(rows(planOf(lineinfile, { path: '/d/f', line: 'a', create: true, mode: '0600' }, missing)), [
    ['state', 'absent', 'file'],
    ['line', null, 'a'],
    ['mode', null, '0600'],
  ])
  assert.equal(
    rows(
      planOf(lineinfile, { path: '/d/f', line: 'a', create: true }, `${filesText(undefined, undefined)}0`),
    )[0],
    ['folder /d', null, 'directory'],
  )
  const gone = planOf(lineinfile, { path: '/d/f', line: 'a', state: 'absent' }, missing)
  assert.equal([gone.changes, gone.result?.msg], [[], 'file not present'])
  assert.is(
    planOf(lineinfile, { path: '/d', line: 'a' }, `${filesText(FOLDER, FOLDER)}0`).failed,
    'Path /d is a directory !',
  )
})

test('an unknown user is a failure, under check a difference', () => {
  const raw = { path: '/f', line: 'a', owner: 'ann' }
  assert.match(planOf(lineinfile, raw, there('a\n', '\n')).failed ?? '', /there is no user "ann"/)
  assert.equal(rows(planOf(lineinfile, raw, there('a\n', '\n'), CHECK)), [['owner', 'root', 'ann']])
  assert.equal(rows(planOf(lineinfile, raw, there('a\n', '7\n'))), [['owner', 'root', 'ann']])
})

test('a diff has both sides as text, unless they are none', () => {
  const diff = { check: true, diff: true }
  const plan = planOf(lineinfile, { path: '/f', line: 'b' }, there('a\n'), diff)
  assert.equal(plan.changes[0]?.text, { before: 'a\n', after: 'a\nb\n' })
  assert.is(planOf(lineinfile, { path: '/f', line: 'b' }, there('a\0\n'), diff).changes[0]?.text, undefined)
  assert.is(
    planOf(lineinfile, { path: '/f', line: 'b' }, there('x'.repeat(2e6)), diff).changes[0]?.text,
    undefined,
  )
  assert.is(planOf(lineinfile, { path: '/f', line: 'b' }, there('a\n')).changes[0]?.text, undefined)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{}, /needs "line"/],
  [{ state: 'absent' }, /needs "line", "regexp" or "search_string"/],
  [{ line: 'a', regexp: '(' }, /^regexp: "\(" is not a regular expression/],
  [{ line: 'a', insertafter: 'EOF', insertbefore: 'BOF' }, /not both/],
  [{ line: 'a', regexp: 'a', search_string: 'a' }, /not both/],
  [{ line: 'a', backrefs: true }, /backrefs needs "regexp"/],
  [{ line: 'a', validate: 'visudo -cf' }, /must contain %s/],
  [{ line: 'a', lines: 'b' }, /no argument "lines"/],
]

test('a line may have an end of its own, and lines that are several are told of', () => {
  const plan = (raw: Raw, before: string) => planOf(lineinfile, { path: '/f', ...raw }, there(before))
  assert.equal(plan({ line: 'a=2\n', regexp: '^a' }, 'a=2\n').changes, [])
  assert.equal(rows(plan({ line: 'a=2\n', regexp: '^a' }, 'a=1\n')), [['line', 'a=1', 'a=2']])
  assert.equal(plan({ line: 'a\n' }, '').warnings, [])
  assert.match(plan({ line: 'a\nb' }, 'a\nb\n').warnings![0]!, /several lines.*blockinfile/)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first = ''] = problemsOf(lineinfile, { path: '/f', ...raw })
    assert.match(first, problem)
  }
})

test.run()
