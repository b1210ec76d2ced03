import { equalityKey } from '../../python/equality.ts'
import { itemsOf } from '../../python/sequence.ts'
import { isTruthy } from '../../python/truth.ts'
import { test } from '../define.ts'
import { isHashable } from '../items.ts'

/** Lists as sets, and what all of their items are. */
export const listTests = [
  test('subset', ['b'], 'All of its items are in another list.', (a: unknown, b: unknown) => isSubset(a, b)),
  test('superset', ['b'], 'All items of another list are in it.', (a: unknown, b: unknown) => isSubset(b, a)),
  test('any', [], 'One of its items counts as true.', (value: unknown) => itemsOf(value).some(isTruthy)),
  test('all', [], 'All of its items count as true.', (value: unknown) => itemsOf(value).every(isTruthy)),
]

function isSubset(a: unknown, b: unknown): boolean {
  const [own, other] = [itemsOf(a), itemsOf(b)]
  if (![...own, ...other].every(isHashable)) throw new Error('the lists must not hold lists or maps')
  const keys = new Set(other.map(equalityKey))
  return own.every((item) => keys.has(equalityKey(item)))
}
