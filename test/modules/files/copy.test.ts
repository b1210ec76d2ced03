import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { copy } from '../../../src/modules/files/copy.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('copy')

/** What the probe prints when the folder above is there, and the file with this content. */
function found(content: string, stat = {}): string {
  return `${filesText(FOLDER, statText({ size: content.length, ...stat }))}010${contentOf(content).sha256}  x\n`
}
const ABSENT = `${filesText(FOLDER, undefined)}000`
const sum = (text: string) => `${text.length} bytes, ${contentOf(text).sha256.slice(0, 12)}`

const TABLE: [raw: Raw, output: string, changes: unknown[]][] = [
  [{ content: 'a' }, found('a'), []],
  [{ content: 'b' }, found('a'), [['content', sum('a'), sum('b')]]],
  [{ content: '' }, found(''), []],
  [{ content: '' }, found('a'), [['content', sum('a'), sum('')]]],
  [{ content: 0 }, found('0'), []],
  [{ content: { a: 1, b: [{}, 'x,\n'] } }, found('{"a": 1, "b": [{}, "x,\\n"]}'), []],
  [
    { content: 'a' },
    ABSENT,
    [
      ['state', 'absent', 'file'],
      ['content', null, sum('a')],
    ],
  ],
  [
    { content: 'a', mode: '0600', owner: '1', group: '0' },
    found('a'),
    [
      ['owner', '0', '1'],
      ['mode', '0644', '0600'],
    ],
  ],
  [
    { content: 'a', mode: 'u+x', group: '3' },
    ABSENT,
    [
      ['state', 'absent', 'file'],
      ['content', null, sum('a')],
      ['group', null, '3'],
      ['mode', null, '0744'],
    ],
  ],
  [{ content: 'b', force: false }, found('a'), []],
  [
    { content: 'b', force: false },
    ABSENT,
    [
      ['state', 'absent', 'file'],
      ['content', null, sum('b')],
    ],
  ],
]

test('copy plans what differs, and nothing else', () => {
  for (const [raw, output, changes] of TABLE) {
    assert.equal(rows(planOf(copy, { dest: '/d/f', ...raw }, output)), changes, JSON.stringify(raw))
  }
})

test('a folder that is missing, or in the way', () => {
  const raw = { content: 'a', dest: '/d/f' }
  assert.match(
    planOf(copy, raw, `${filesText(undefined, undefined)}000`).failed ?? '',
    /there is no folder \/d; make it/,
  )
  const check = planOf(copy, raw, `${filesText(undefined, undefined)}000`, { check: true, diff: false })
  assert.equal([check.failed, check.changes.length], [undefined, 2])
  assert.match(planOf(copy, raw, `${filesText(FOLDER, FOLDER)}000`).failed ?? '', /\/d\/f is a folder/)
  assert.match(
    planOf(copy, raw, `${filesText(FOLDER, statText({ type: 'fifo' }))}000`).failed ?? '',
    /is a fifo/,
  )
})

test('text for the diff, when both sides are some', () => {
  const view = { check: true, diff: true }
  const before = `${filesText(FOLDER, statText({ size: 1 })).slice(0, -1)}1a010${contentOf('a').sha256}  x\n`
  const [change] = planOf(copy, { content: 'b', dest: '/d/f' }, before, view).changes
  assert.equal(change?.text, { before: 'a', after: 'b' })
  const [binary] = planOf(copy, { content: 'b\0', dest: '/d/f' }, before, view).changes
  assert.is(binary?.text, undefined)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ dest: '/f' }, /needs "src" or "content"/],
  [{ dest: '/f', content: '', src: {} }, /not both/],
  [{ dest: '/f/', content: 'a' }, /ends in "\/"/],
  [{ dest: '/f', content: 'a', mode: 644 }, /write "0644"/],
  [{ dest: '/f', content: 'a', mode: 'rw' }, /no permissions|are no permissions/],
  [{ content: 'a' }, /missing required arguments: dest/],
]

test('wrong arguments are refused', () => {
  for (const [raw, problem] of PROBLEMS) assert.match(problemsOf(copy, raw)[0] ?? '', problem)
})

test.run()
