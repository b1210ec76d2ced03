import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { script } from '../../../src/modules/commands/script.ts'
import { firstWord } from '../../../src/values/words.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'
import { cmd } from './job.ts'

const test = suite('script')

test('the first word is the path, the others stay as they are', () => {
  const table: [string, string, string][] = [
    ['job.sh', 'job.sh', ''],
    ['  job.sh  a "b  c" $HOME ', 'job.sh', 'a "b  c" $HOME'],
    ['"my job.sh" x', 'my job.sh', 'x'],
    ["my\\ job's.sh'", 'my jobs.sh', ''],
  ]
  for (const [line, word, rest] of table) assert.equal(firstWord(line), { word, rest }, line)
})

test('planned, skipped under check, kept back by creates and removes', () => {
  const raw = { cmd: cmd('true', 'a b') }
  assert.equal(rows(planOf(script, raw)), [['command', null, 'job.sh a b']])
  assert.match(planOf(script, raw, '', CHECK).skipped ?? '', /check mode/)
  assert.equal(planOf(script, { ...raw, creates: '/x' }, 'y\nn\n').changes, [])
  assert.equal(planOf(script, { ...raw, removes: '/x' }, 'n\nn\n').changes, [])
  assert.is(planOf(script, { ...raw, creates: '/x' }, 'n\nn\n', CHECK).changes.length, 1)
})

test('wrong arguments are refused', () => {
  assert.match(planOf(script, {}).failed ?? '', /no script given/)
  assert.match(
    planOf(script, { cmd: { file: { path: '/d', mode: 0 }, words: '' } }).failed ?? '',
    /is a folder/,
  )
  assert.match(problemsOf(script, { cmd: cmd(''), chdir: 'x' })[0] ?? '', /absolute/)
  assert.match(problemsOf(script, { cmd: cmd(''), stdin: 'x' })[0] ?? '', /no argument "stdin"/)
})

test.run()
