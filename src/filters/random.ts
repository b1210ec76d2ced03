import { normal } from '../python/numbers.ts'
import { Random, type Seed } from '../python/random/random.ts'
import { itemsOf } from '../python/sequence.ts'
import { isTruthy } from '../python/truth.ts'
import { isDict } from '../python/type-name.ts'
import { filter } from './define.ts'
import { integer, isBoolean, isInteger, isList, isText, isUndefined } from './given.ts'

/** What chance gives; the same every time with a seed. */
export const randomFilters = [
  filter(
    'random',
    [{ start: null, step: null, seed: null }],
    'A number below another one, or an item of a list, by chance; with a seed the same every time.',
    (value: unknown, start: unknown, step: unknown, seed: unknown) => {
      if (isUndefined(value)) value.fail()
      const random = new Random(seed as Seed | null)
      if (isInteger(value) || isBoolean(value)) {
        const from = isTruthy(start) ? integer(start) : 0
        return normal(random.range(BigInt(from), BigInt(value), BigInt(isTruthy(step) ? integer(step) : 1)))
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
      return new Random(isTruthy(seed) ? (seed as Seed) : null).shuffled(items)
    },
  ),
]
