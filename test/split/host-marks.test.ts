import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HostMarks, HostNumbers } from '../../src/split/host-marks.ts'

const test = suite('host marks')

test('a host has the same number each time', () => {
  const numbers = new HostNumbers()
  assert.equal(
    ['b', 'a', 'b', 'c'].map((host) => numbers.of(host)),
    [0, 1, 0, 2],
  )
})

test('hosts that were marked are known, however large their numbers are', () => {
  const marks = new HostMarks()
  for (const host of [0, 15, 16, 5000]) marks.add(host)
  const known = [0, 1, 15, 16, 17, 4999, 5000, 5001, 100_000].filter((host) => marks.has(host))
  assert.equal(known, [0, 15, 16, 5000])
})

test.run()
