import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { duration, ratio, spread, table } from './table.ts'

const test = suite('table of the bench')

test('the median is the middle one, or between the middle two', () => {
  assert.equal(spread([9, 1, 10]), { median: 9, least: 1, most: 10 })
  assert.equal(spread([4, 1, 2, 100]), { median: 3, least: 1, most: 100 })
  assert.equal(spread([7]), { median: 7, least: 7, most: 7 })
})

test('columns are as wide as their widest cell', () => {
  const lines = ['| who     | ms  |', '|---------|-----|', '| playssh | 1   |', '| floor   | 100 |']
  assert.is(
    table(
      ['who', 'ms'],
      [
        ['playssh', '1'],
        ['floor', '100'],
      ],
    ),
    lines.join('\n'),
  )
})

test('numbers have three figures or so', () => {
  assert.equal([12.3, 994, 996, 9949, 9951, 61234].map(duration), [
    '12 ms',
    '994 ms',
    '1.00 s',
    '9.95 s',
    '10.0 s',
    '61.2 s',
  ])
  assert.equal([0.333, 9.94, 9.96, 40.04, 123.4].map(ratio), ['0.33', '9.94', '10.0', '40.0', '123'])
})

test.run()
