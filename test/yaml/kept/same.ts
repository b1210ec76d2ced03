import * as assert from 'node:assert/strict'
import type { Node } from '../../../src/values/value.ts'
import { VaultedScalar } from '../../../src/yaml/vaulted.ts'

/** Holds two trees to be the same: kinds, values, places, and which nodes are there more than once. */
export function assertSame(actual: Node | undefined, expected: Node | undefined): void {
  assert.deepEqual(actual, expected)
  if (actual !== undefined) assert.deepEqual(repeated(actual), repeated(expected!))
}

/** For each place in a tree in turn, the number of its node, or the text of its vault. */
function repeated(node: Node): (number | string)[] {
  const numbers = new Map<Node, number>()
  const found: (number | string)[] = []
  const visit = (one: Node): void => {
    const known = numbers.get(one)
    found.push(known ?? numbers.size)
    if (known !== undefined) return
    numbers.set(one, numbers.size)
    if (one.kind === 'list') one.items.forEach(visit)
    else if (one.kind === 'map') for (const { value } of one.entries) visit(value)
    else if (one instanceof VaultedScalar) found.push(one.encrypted)
  }
  visit(node)
  return found
}
