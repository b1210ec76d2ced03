import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wildcard } from '../../src/remote/ssh/known-hosts.ts'
import { globToRegExp } from '../../src/values/glob.ts'

const test = suite('wildcards')

const TABLE: [pattern: string, name: string, fits: boolean][] = [
  ['', '', true],
  ['*', '', true],
  ['**', 'ab', true],
  ['a*', 'ba', false],
  ['*a', 'ba', true],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'abbc', true],
  ['a*b*b', 'ab', false],
  ['a*bc*bc', 'abcbc', true],
  ['a*bc*bc', 'abc', false],
  ['*1*1*1', '111', true],
  ['*1*1*1', '11', false],
  ['a?*b', 'a1b', true],
  ['a?*b', 'ab', false],
  ['*.lab', 'xlab', false],
]
for (const [pattern, name, fits] of TABLE) {
  test(`${pattern} ${fits ? 'matches' : 'does not match'} ${name}`, () => {
    assert.is(globToRegExp(pattern).test(name), fits)
    assert.is(wildcard(pattern).test(name), fits)
  })
}

test('classes stand for one character', () => {
  assert.ok(globToRegExp('*[ab]*[!c]').test('xayd'))
  assert.not(globToRegExp('*[ab]*[!c]').test('xayc'))
})

test('many stars are no work', () => {
  const started = performance.now()
  const [pattern, name] = [`${'*a'.repeat(40)}*b`, 'a'.repeat(255)]
  assert.not(globToRegExp(pattern).test(name))
  assert.not(wildcard(pattern).test(name))
  assert.not(wildcard(`${'*'.repeat(64)}b`).test(name))
  assert.ok(performance.now() - started < 5000)
})

test.run()
