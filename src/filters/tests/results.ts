import { equals } from '../../python/equality.ts'
import { isTruthy } from '../../python/truth.ts'
import { isDict } from '../../python/type-name.ts'
import { test } from '../define.ts'
import { described } from '../maps.ts'

/** What a registered result says. */
export const resultTests = [
  test('failed', [], 'The task failed.', (value: unknown) => says(value, 'failed')),
  test('succeeded', [], 'The task did not fail.', (value: unknown) => !isTruthy(says(value, 'failed'))),
  test('unreachable', [], 'The host could not be reached.', (value: unknown) => says(value, 'unreachable')),
  test('reachable', [], 'The host was reached.', (value: unknown) => !isTruthy(says(value, 'unreachable'))),
  test('skipped', [], 'The task was skipped.', (value: unknown) => says(value, 'skipped')),
  test('changed', [], 'The task changed something, in one of its items at least.', (value: unknown) => {
    const { changed, results } = resultOf(value)
    if (changed !== undefined) return changed
    if (!Array.isArray(results)) return false
    if (results.length === 0) throw new Error('the result has an empty list of results')
    return isDict(results[0]) && results.some((result) => isDict(result) && isTruthy(result.changed ?? false))
  }),
  test('started', [], 'The task under async has started.', (value: unknown) =>
    isOne(resultOf(value).started),
  ),
  test('finished', [], 'The task under async has ended.', (value: unknown) =>
    isOne(resultOf(value).finished),
  ),
]

function resultOf(value: unknown): Record<string, unknown> {
  if (!isDict(value)) throw new Error(`this test takes the result of a task, and ${described(value)} is none`)
  return value
}

/** What the result says itself, whatever that is. */
function says(value: unknown, name: string): unknown {
  return resultOf(value)[name] ?? false
}

/** Results of tasks without async say nothing of it: they have begun and ended. */
function isOne(value: unknown): boolean {
  return value === undefined || equals(value, 1)
}
