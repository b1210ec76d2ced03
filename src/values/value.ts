import { Float } from './float.ts'
import { type Key, keysOf, mapOf, nameOf } from './keys.ts'
import type { SourceSpan } from './source.ts'

/** What a variable, an argument or a result can hold: what JSON can, and floats that are whole (2.0). */
export type Value = string | number | boolean | null | Float | Value[] | { [name: string]: Value }

export type ValueMap = { [name: string]: Value }

/** A value as it stands in a file: every part knows its place. Templates in it are not yet rendered. */
export type Node = ScalarNode | ListNode | MapNode

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null | Float
  readonly place: SourceSpan
  /** Written with `!unsafe`: braces in it mean nothing. */
  readonly unsafe?: boolean
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly place: SourceSpan
}

export interface MapNode {
  readonly kind: 'map'
  readonly entries: readonly MapEntry[]
  readonly place: SourceSpan
}

export interface MapEntry {
  readonly key: string
  /** What the key was written as, where that is no text (80: ..., yes: ...). */
  readonly keyValue?: Key
  readonly keyPlace: SourceSpan
  readonly value: Node
}

/** The plain value of a node, its templates left as text. */
export function toValue(node: Node): Value {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(toValue)
    case 'map':
      return mapOf(node.entries.map(({ key, keyValue = key, value }) => [keyValue, toValue(value)] as const))
  }
}

/** A node for a value that did not come from a file; every part has the place given. `unsafe`: it is not templated. */
export function toNode(value: Value, place: SourceSpan, unsafe = false): Node {
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => toNode(item, place, unsafe)), place }
  if (isMap(value)) {
    const entries = keysOf(value).map((key) => {
      const name = nameOf(key)
      const own = { key: name, keyPlace: place, value: toNode(value[name]!, place, unsafe) }
      return typeof key === 'string' ? own : { ...own, keyValue: key }
    })
    return { kind: 'map', entries, place }
  }
  return { kind: 'scalar', value, place, ...(unsafe && { unsafe }) }
}

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float)
}

/** What a map holds, by its keys; nothing where there is no map. */
export function entriesOf(node: MapNode | undefined): Map<string, Node> {
  return new Map(node?.entries.map(({ key, value }) => [key, value]))
}
