import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slurp } from '../../../src/modules/files/slurp.ts'
import { planOf, problemsOf } from '../../support/plan.ts'

const test = suite('slurp')

const TABLE: [output: string, content: string][] = [
  ['\x001a\nb', 'a\nb'],
  ['\x001', ''],
  ['\x001what a file of /proc holds\n', 'what a file of /proc holds\n'],
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
    ['nothing\x000', 'file not found: /f'],
    ['directory\x000', 'source is a directory and must be a file: /f'],
    ['fifo\x000', 'source is a fifo and must be a file: /f'],
    ['denied\x000', 'file is not readable: /f'],
    ['way\x000', 'unable to slurp file: /f: Not a directory'],
  ] as const) {
    assert.is(planOf(slurp, { path: '/f' }, output).failed, failed)
  }
  assert.match(problemsOf(slurp, {})[0] ?? '', /missing required arguments: src/)
})

test.run()
