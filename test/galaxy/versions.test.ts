import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isIn, newestFirst, newestLoose, readRange } from '../../src/galaxy/versions.ts'

const test = suite('versions of collections')

const CASES: readonly (readonly [range: string, inside: string, outside: string])[] = [
  ['*', '1.0.0 0.0.1 99.0.0', '1.0.0-beta.1 1.0'],
  ['1.2.3', '1.2.3', '1.2.4 1.2.2'],
  ['==1.2.3', '1.2.3', '1.2.4'],
  ['=1.2', '1.2.0', '1.2.1'],
  ['>=1.0.0,<2.0.0', '1.0.0 1.9.9', '0.9.9 2.0.0 2.0.0-rc.1'],
  ['>=1, <2', '1.0.0 1.9.9', '0.9.9 2.0.0'],
  ['>1.0.0,!=1.1.0', '1.0.1 1.2.0', '1.0.0 1.1.0'],
  ['<=v1.10.0', '1.9.0 1.10.0', '1.10.1'],
  ['1.0.0-beta.1', '1.0.0-beta.1', '1.0.0 1.0.0-beta.2'],
]

test('a range holds what it says, and pre-releases only where one is named', () => {
  for (const [range, inside, outside] of CASES) {
    for (const version of inside.split(' '))
      assert.ok(isIn(version, readRange(range), false), `${version} in ${range}`)
    for (const version of outside.split(' '))
      assert.not(isIn(version, readRange(range), false), `${version} not in ${range}`)
  }
  assert.ok(isIn('2.0.0-rc.1', readRange('>=1.0.0'), true))
  assert.not(isIn('2.0.0-rc.1', readRange('>=2.0.0'), true))
})

test('what is no range is said', () => {
  assert.throws(() => readRange('>=x'), '"x" in ">=x" is no version; write it as 1.2.3')
  assert.throws(() => readRange('>=1.0.0,'), 'is no range of versions')
  assert.throws(() => readRange('1.0 2.0'), 'is no range of versions')
})

test('the newest comes first, by its numbers', () => {
  assert.equal(newestFirst(['1.9.0', '1.10.0', 'main', '1.10.0-rc.1', '2.0.0-a']), [
    '2.0.0-a',
    '1.10.0',
    '1.10.0-rc.1',
    '1.9.0',
  ])
  assert.is(newestLoose(['1.9', 'v1.0'].slice(0, 1)), '1.9')
  assert.is(newestLoose(['1.9.0', '1.10', '1.2']), '1.10')
  assert.is(newestLoose([]), undefined)
})

test.run()
