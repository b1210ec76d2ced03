import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { replace } from '../../../src/modules/files/replace.ts'
import { planOf, problemsOf, type Raw } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('replace')
const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`

/** What ansible.builtin.replace makes of a file, and says. */
const TABLE: [raw: Raw, before: string, after: string, msg: string][] = [
  [{ regexp: '^b$', replace: 'x' }, 'a\nb\nb\n', 'a\nx\nx\n', '2 replacements made'],
  [{ regexp: 'none' }, 'a\n', 'a\n', ''],
  [{ regexp: 'a', replace: 'a' }, 'a\n', 'a\n', ''],
  [{ regexp: '(a)(?P<k>b)', replace: '\\g<k>\\1' }, 'ab', 'ba', '1 replacements made'],
  [{ regexp: '.', replace: '-' }, 'ü\n', '-\n', '1 replacements made'],
  [
    { regexp: '1', replace: '2', after: 'from', before: 'to' },
    '1 from 1\n1 to 1',
    '1 from 2\n2 to 1',
    '2 replacements made',
  ],
  [{ regexp: '1', replace: '2', after: 'from' }, '1 from 1\n1', '1 from 2\n2', '2 replacements made'],
  [{ regexp: '1', replace: '2', before: 'to' }, '1 to 1', '2 to 1', '1 replacements made'],
]

test('all that the expression matches is replaced, and a second look finds nothing more to write', () => {
  for (const [raw, before, after, msg] of TABLE) {
    const plan = planOf(replace, { path: '/d/f', ...raw }, there(before))
    const [action] = plan.actions ?? []
    assert.is(action?.do === 'send' ? action.content.text() : before, after, JSON.stringify(raw))
    assert.is(plan.result?.msg, msg)
  }
})

test('what is not there, or no file, is told in the words of Ansible', () => {
  const failed = (printed: string) => planOf(replace, { path: '/d/f', regexp: 'a' }, printed)
  assert.is(failed(`${filesText(undefined, FOLDER)}0`).failed, 'Path /d/f does not exist !')
  assert.is(failed(`${filesText(FOLDER, FOLDER)}0`).failed, 'Path /d/f is a directory !')
  const { result } = planOf(replace, { path: '/d/f', regexp: 'a', after: 'z' }, there('a'))
  assert.is(result?.msg, 'Pattern for before/after params did not match the given file: z(?P<subsection>.*)')
})

test('faults', () => {
  assert.match(problemsOf(replace, { path: '/f', regexp: '(' })[0]!, /^regexp: /)
  assert.match(problemsOf(replace, { path: '/f', regexp: 'a', replace: '\\q' })[0]!, /^replace: /)
})

test.run()
