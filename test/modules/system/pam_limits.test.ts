import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pam_limits } from '../../../src/modules/system/pam_limits.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('pam_limits')

const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`
const joe = { domain: 'joe', limit_type: 'soft', limit_item: 'nofile', value: '100' }
const NEW = 'joe\tsoft\tnofile\t100\n'

const TABLE: [raw: Raw, before: string, after: string][] = [
  [{}, '', NEW],
  [{}, NEW, NEW],
  [{}, '# a\n*  hard core 0\n', `# a\n*  hard core 0\n${NEW}`],
  [{}, 'bob soft nofile 1', `bob soft nofile 1\n${NEW}`],
  [{}, 'joe  soft\tnofile   100\n', 'joe  soft\tnofile   100\n'],
  [{}, 'joe soft nofile 7\n#joe soft nofile 7\n', `${NEW}#joe soft nofile 7\n`],
  [{}, 'joe hard nofile 7\n', `joe hard nofile 7\n${NEW}`],
  [{}, 'joe soft nofile 7 # old\n', 'joe\tsoft\tnofile\t100\t# old\n'],
  [{ comment: 'new ü' }, 'joe soft nofile 7 # old\n', 'joe\tsoft\tnofile\t100\t#new ü\n'],
  [{ comment: 'new' }, '', 'joe\tsoft\tnofile\t100\t#new\n'],
  [{ use_max: true }, 'joe soft nofile 99\n', NEW],
  [{ use_max: true }, 'joe soft nofile 101\n', 'joe soft nofile 101\n'],
  [{ use_max: true }, 'joe soft nofile infinity\n', 'joe soft nofile infinity\n'],
  [{ use_max: true, value: '-1' }, 'joe soft nofile 5\n', 'joe\tsoft\tnofile\t-1\n'],
  [{ use_max: true, value: '-1' }, 'joe soft nofile unlimited\n', 'joe soft nofile unlimited\n'],
  [{ use_min: true }, 'joe soft nofile 99\n', 'joe soft nofile 99\n'],
  [{ use_min: true }, 'joe soft nofile -1\n', NEW],
  [{ use_min: true, value: 'unlimited' }, 'joe soft nofile 5\n', 'joe soft nofile 5\n'],
  [{ use_max: true, limit_item: 'nice', value: '-1' }, 'joe soft nice -5\n', 'joe\tsoft\tnice\t-1\n'],
  [{ use_min: true, limit_item: 'nice', value: '-1' }, 'joe soft nice 5\n', 'joe\tsoft\tnice\t-1\n'],
]

test('a limit is as it is to be, other lines stay, and then nothing is left to do', () => {
  for (const [raw, before, after] of TABLE) {
    const [action] = planOf(pam_limits, { ...joe, ...raw }, there(before)).actions ?? []
    const text = action !== undefined && 'content' in action ? String(action.content.text()) : before
    assert.is(text, after, JSON.stringify([raw, before]))
    assert.equal(planOf(pam_limits, { ...joe, ...raw }, there(after)).changes, [], JSON.stringify(raw))
  }
})

test('a change shows the limit before and after, and the message is its line', () => {
  const plan = planOf(pam_limits, joe, there('joe soft nofile 7\n'))
  assert.equal([rows(plan), plan.result?.msg], [[['joe soft nofile', '7', '100']], NEW])
  const diff = planOf(pam_limits, joe, there(''), { check: true, diff: true })
  assert.equal(diff.changes[0]?.text, { before: '', after: NEW })
})

test('the file is made, but not its folder', () => {
  const raw = { ...joe, dest: '/d/limits' }
  assert.equal(rows(planOf(pam_limits, raw, `${filesText(undefined, FOLDER)}0`)), [
    ['state', 'absent', 'file'],
    ['joe soft nofile', null, '100'],
  ])
  const none = `${filesText(undefined, undefined)}0`
  assert.match(planOf(pam_limits, raw, none).failed ?? '', /^directory \/d is not writable/)
  assert.is(planOf(pam_limits, raw, none, CHECK).failed, undefined)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [{ value: 'x' }, /Value of 'x' for item 'nofile' is invalid\. Value must either be 'unlimited'/],
    [{ value: '-2' }, /is invalid/],
    [{ limit_item: 'nice', value: '20' }, /must be a number in the range -20 to 19/],
    [{ domain: 'a b' }, /is not a user/],
    [{ use_max: true, use_min: true }, /Cannot use use_min and use_max at the same time/],
    [{ comment: 'a\nb' }, /one line/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(pam_limits, { ...joe, ...raw })[0] ?? '', problem)
})

test.run()
