import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatProblem, formatProblems } from '../../src/report/diagnostic.ts'
import type { Problem } from '../../src/values/problem.ts'
import { Source, type SourceSpan } from '../../src/values/source.ts'

const test = suite('diagnostic')

/** The place of the first occurrence of `stretch`. */
function at(text: string, stretch: string, path = 'lab.yml'): SourceSpan {
  const start = text.indexOf(stretch)
  return { source: new Source(path, text), start, end: start + stretch.length }
}

const x = 'x'.repeat(150)
const cases: [what: string, problem: Problem, shown: string[]][] = [
  [
    'place, carets under the stretch, hint',
    {
      message: 'unknown module "copyy"',
      place: at('- hosts: all\n  tasks:\n    - copyy: {}\n', 'copyy'),
      hint: 'did you mean "copy"?',
    },
    [
      'lab.yml:3:7: unknown module "copyy"',
      ' 3 |     - copyy: {}',
      '   |       ^^^^^',
      '  did you mean "copy"?',
    ],
  ],
  [
    'no place',
    { message: 'no such file: x.yml', hint: 'see --help' },
    ['no such file: x.yml', '  see --help'],
  ],
  [
    'tabs before and in the stretch line up',
    { message: 'm', place: at('\ta:\tb\tc', 'b\tc') },
    ['lab.yml:1:5: m', ' 1 | \ta:\tb\tc', '   | \t  \t^\t^'],
  ],
  [
    'wide characters take two columns',
    { message: 'm', place: at('名前: かな', 'かな') },
    ['lab.yml:1:5: m', ' 1 | 名前: かな', '   |       ^^^^'],
  ],
  [
    'nothing there still gets a caret',
    { message: 'm', place: { ...at('key:', 'key:'), start: 4 } },
    ['lab.yml:1:5: m', ' 1 | key:', '   |     ^'],
  ],
  [
    'a stretch of several lines is marked in its first',
    { message: 'm', place: at('a: |\n  b\n  c', '|\n  b') },
    ['lab.yml:1:4: m', ' 1 | a: |', '   |    ^'],
  ],
  ['an empty file has no line to show', { message: 'empty', place: at('', '') }, ['lab.yml:1:1: empty']],
  [
    'control characters neither act nor move columns',
    { message: 'bad \x1b[31mtext\x07', place: at('a\x1b[2J b', 'b') },
    ['lab.yml:1:7: bad text\\x07', ' 1 | a␛[2J b', '   |       ^'],
  ],
  [
    'of long lines the surroundings are shown',
    { message: 'm', place: at(`${x}HERE${x}`, 'HERE') },
    ['lab.yml:1:151: m', ` 1 | …${'x'.repeat(48)}HERE${'x'.repeat(48)}…`, `   |  ${' '.repeat(48)}^^^^`],
  ],
  [
    'several lines of message, line numbers of two digits',
    { message: 'first\nsecond', place: at(`${'\n'.repeat(11)}end`, 'end') },
    ['lab.yml:12:1: first', '  second', ' 12 | end', '    | ^^^'],
  ],
]

for (const [what, problem, shown] of cases) {
  test(`a problem is shown with its place: ${what}`, () =>
    assert.is(formatProblem(problem), shown.join('\n')))
}

test('colours only where asked for', () => {
  const problem = { message: 'm', place: at('a: b', 'b'), hint: 'h' }
  assert.match(formatProblem(problem, { color: true }), '\x1b[')
  assert.not.match(formatProblem(problem, { color: false }), '\x1b')
})

test('several: sorted by file and place, each once, counted', () => {
  const text = 'one\ntwo\n'
  const problems = [
    { message: 'in b', place: at(text, 'one', 'b.yml') },
    { message: 'later', place: at(text, 'two', 'a.yml') },
    { message: 'earlier', place: at(text, 'one', 'a.yml') },
    { message: 'later', place: at(text, 'two', 'a.yml') },
    { message: 'anywhere' },
  ]
  const shown = formatProblems(problems)
  assert.equal(
    shown.split('\n\n').map((part) => part.split('\n')[0]),
    ['anywhere', 'a.yml:1:1: earlier', 'a.yml:2:1: later', 'b.yml:1:1: in b', '4 problems; nothing was run'],
  )
})

test('one problem is not counted', () => {
  assert.is(formatProblems([{ message: 'alone' }]), 'alone')
})

test.run()
