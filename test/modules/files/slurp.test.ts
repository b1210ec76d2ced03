import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slurp } from '../../../src/modules/files/slurp.ts'
import { planOf, problemsOf } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('slurp')

const TABLE: [output: string, content: string][] = [
  [`${filesText(statText({ size: 3 }))}1a\nb`, 'a\nb'],
  [`${filesText(statText())}1`, ''],
  [`${filesText(statText({ size: 0 }))}1what a file of /proc holds\n`, 'what a file of /proc holds\n'],
]

test('what a file holds, and never a change', () => {
  for (const [output, content] of TABLE) {
    assert.equal(planOf(slurp, { src: '/f' }, output), {
      changes: [],
      result: { content: Buffer.from(content).toString('base64'), encoding: 'base64', source: '/f' },
    })
  }
})

test('what cannot be read is a failure', () => {
  for (const [output, failed] of [
    [`${filesText(undefined)}0`, 'file not found: /f'],
    [`${filesText(FOLDER)}0`, 'source is a directory and must be a file: /f'],
    [`${filesText(statText({ type: 'fifo' }))}0`, 'source is a fifo and must be a file: /f'],
  ] as const) {
    assert.is(planOf(slurp, { path: '/f' }, output).failed, failed)
  }
  assert.match(problemsOf(slurp, {})[0] ?? '', /slurp needs "src"/)
})

test.run()
