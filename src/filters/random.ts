import { Random, type Seed } from '../python/random/random.ts'
import { itemsOf } from '../python/sequence.ts'
import { isTruthy } from '../python/truth.ts'
import { isDict } from '../python/type-name.ts'
import { filter } from './define.ts'
import { integer, isBoolean, isFloat, isInteger, isList, isText, isUndefined, text } from './given.ts'
import { whole } from './numerals.ts'

/** What chance gives; the same every time with a seed. */
export const randomFilters = [
  filter(
    'random',
    [{ start: null, step: null, seed: null }],
    'A number below another one, or an item of a list, by chance; with a seed the same every time.',
    (value: unknown, start: unknown, step: unknown, seed: unknown) => {
      if (isUndefined(value)) value.fail()
      const random = new Random(seedOf(seed))
      if (isInteger(value) || isBoolean(value)) {
        const from = isTruthy(start) ? integer(start) : 0
        return whole(random.range(BigInt(from), BigInt(value), BigInt(isTruthy(step) ? integer(step) : 1)))
      }
      if (isTruthy(start) || isTruthy(step)) throw new Error('start and step are for whole numbers only')
      if (!isList(value) && !isText(value)) throw new Error('random takes a whole number, a list or a text')
      return random.choice(itemsOf(value))
    },
  ),
  filter(
    'shuffle',
    [{ seed: null }],
    'A list in another order by chance; with a seed the same every time.',
    (value: unknown, seed: unknown) => {
      if (isUndefined(value)) value.fail()
      if (!isText(value) && !isList(value) && !isDict(value)) return value
      const items = itemsOf(value)
      return new Random(isTruthy(seed) ? seedOf(seed) : null).shuffled(items)
    },
  ),
]

/** Addresses of network cards, of community.general. */
export const randomMacFilters = [
  filter(
    'random_mac',
    [{ seed: null }],
    'A MAC address that begins with the bytes given, the others by chance; with a seed the same every time.',
    (value: unknown, seed: unknown) => {
      const prefix = text(value).toLowerCase()
      const bytes = prefix.split(':')
      if (bytes.length > 5) throw new Error(`"${prefix}" leaves nothing to chance: take at most 5 bytes`)
      const wrong = bytes.find((byte) => !/^[a-f0-9]{2}/.test(byte))
      if (wrong !== undefined) throw new Error(`"${wrong}" in "${prefix}" is no byte in hexadecimal digits`)
      const drawn = new Random(seedOf(seed)).range(0x10_0000_0000n, 0x100_0000_0000n)
      const rest = drawn.toString(16).slice(0, 2 * (6 - bytes.length))
      return prefix + rest.replace(/../g, ':$&')
    },
  ),
]

function seedOf(value: unknown): Seed | null {
  if (value === null || isText(value) || isInteger(value) || isBoolean(value) || isFloat(value)) return value
  if (isUndefined(value)) value.fail()
  throw new Error('a seed is a text or a number')
}
