import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Random, randomText, type Seed } from '../../../src/python/random/random.ts'
import { recorded } from '../../support/recorded.ts'

const test = suite('python/random/random')

interface Case {
  readonly kind: 'range' | 'choice' | 'password' | 'shuffle' | 'mac'
  readonly seed: Seed
  readonly given: never
  readonly result: unknown
}

const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-_'
const upTo = (size: number) => Array.from({ length: size }, (_, at) => at)

const DRAWS: { readonly [kind: string]: (seed: Seed, given: never) => unknown } = {
  range: (seed, [stop, start = 0, step = 1]: (number | bigint)[]) =>
    new Random(seed).range(BigInt(start!), BigInt(stop!), BigInt(step!)),
  choice: (seed, size: number) => new Random(seed).choice(upTo(size)),
  password: (seed, length: number) => randomText(length, length === 20 ? CHARACTERS : 'abc', seed).slice(-20),
  shuffle: (seed, size: number) => new Random(seed).shuffled(upTo(size)).slice(-20),
}

for (const kind of Object.keys(DRAWS))
  test(`what a seed draws is what Python draws: ${kind}`, () => {
    for (const { seed, given, result } of recorded<Case>('random').filter((one) => one.kind === kind))
      assert.equal(
        DRAWS[kind]!(seed, given),
        kind === 'range' ? BigInt(result as number) : result,
        `seed ${seed}, ${given}`,
      )
  })

test('without a seed a draw is within its limits', () => {
  const random = new Random()
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 70n }), (limit) => {
      const drawn = random.below(limit)
      assert.ok(drawn >= 0n && drawn < limit)
    }),
  )
})

test('shuffling loses nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.option(fc.string()), (items, seed) => {
      assert.equal(new Random(seed).shuffled(items).sort(), [...items].sort())
    }),
  )
})

test('an empty range and an empty list are refused', () => {
  assert.throws(() => new Random().range(5n, 5n), /no number/)
  assert.throws(() => new Random().range(0n, 5n, 0n), /step/)
  assert.throws(() => new Random().choice([]), /nothing to choose/)
})

test.run()
