import { maskedValue } from '../engine/masked.ts'
import { mapOf } from '../values/keys.ts'
import type { Node, Value } from '../values/value.ts'
import { VaultedScalar } from '../yaml/vaulted.ts'

/** What stands for a value that was encrypted. */
export const HIDDEN = '********'

/** What is written in a file, with nothing of what was encrypted. */
export function writtenValue(node: Node): Value {
  if (node instanceof VaultedScalar || node.place.source.isSecret) return HIDDEN
  if (node.kind === 'scalar') return maskedValue(node.value)
  if (node.kind === 'list') return node.items.map(writtenValue)
  return mapOf(node.entries.map(({ key, keyValue = key, value }) => [keyValue, writtenValue(value)] as const))
}

/** Whether a value is hidden as a whole, so that there is no use in rendering it. */
export function isHidden(node: Node): boolean {
  return node instanceof VaultedScalar || node.place.source.isSecret
}
