import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callFilter } from '../../src/filters/index.ts'
import { recorded } from '../support/recorded.ts'

const test = suite('filters/passwords')

test('password_hash takes its arguments by place and by name, and its rounds as text', () => {
  const hash =
    '$6$rounds=1001$salt$IBiwxzPSZgW2NDtEBhABZZWxt3uojm8mj3OOmOTs109.KSpqTNt0ij1P8gPmt.V1d8V6ZmVZ6CEQzOf.489iv1'
  assert.is(callFilter('password_hash', 'secret', ['sha512', 'salt'], { rounds: '1001' }), hash)
  assert.is(callFilter('password_hash', 'secret', [], { salt: 'salt', rounds: 1001 }), hash)
})

test('a salt of digits may be a number', () => {
  const hash = callFilter('password_hash', 'secret', ['md5', '1234'])
  assert.is(callFilter('password_hash', 'secret', ['md5', 1234]), hash)
})

interface Case {
  readonly kind: string
  readonly seed: unknown
  readonly given: unknown
  readonly result: unknown
}

test('random_mac draws as community.general does', () => {
  for (const { kind, seed, given, result } of recorded<Case>('random'))
    if (kind === 'mac') assert.is(callFilter('community.general.random_mac', given, [], { seed }), result)
})

test('random_mac without a seed fills up to six bytes', () => {
  assert.match(callFilter('random_mac', '52:54:AB') as string, /^52:54:ab(:[\da-f]{2}){3}$/)
  assert.throws(() => callFilter('random_mac', '52:5g'), /"5g" in "52:5g" is no byte/)
  assert.throws(() => callFilter('random_mac', '1:2:3:4:5:6'), /leaves no byte open/)
})

test('a seed is a text or a number', () => {
  assert.throws(() => callFilter('random', 10, [], { seed: ['a'] }), /a seed is a text or a number/)
})

test.run()
