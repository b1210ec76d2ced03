import { Float } from '../values/float.ts'
import { isMap, type Value } from '../values/value.ts'

export type ValueKind = 'text' | 'number' | 'float' | 'boolean' | 'null' | 'list' | 'map'

/** What is known of the values that a variable, or a part of one, may have. */
export interface Shape {
  /** undefined: of any kind. */
  readonly kinds: ReadonlySet<ValueKind> | undefined
  readonly mayBeMissing: boolean
  /** Besides being of one of its kinds. */
  readonly mayBeNull: boolean
  /** Texts and numbers that it is seen to have. */
  readonly seen: readonly (string | number)[]
  readonly fields: ReadonlyMap<string, Shape>
  readonly items: Shape | undefined
}

/** Nothing is known: it may even be missing. */
export const UNKNOWN: Shape = {
  kinds: undefined,
  mayBeMissing: true,
  mayBeNull: false,
  seen: [],
  fields: new Map(),
  items: undefined,
}

export function shape(kind: ValueKind, more: Partial<Shape> = {}): Shape {
  return { ...UNKNOWN, kinds: new Set([kind]), mayBeMissing: false, ...more }
}

export function mapShape(fields: Readonly<Record<string, Shape>>): Shape {
  return shape('map', { fields: new Map(Object.entries(fields)) })
}

export function optional(one: Shape): Shape {
  return { ...one, mayBeMissing: true }
}

/** What has one shape or another. */
export function either(shapes: readonly Shape[]): Shape {
  const [first, ...others] = shapes
  if (first === undefined) return UNKNOWN
  return others.reduce(join, first)
}

function join(a: Shape, b: Shape): Shape {
  if (a === b) return a
  const names = new Set([...a.fields.keys(), ...b.fields.keys()])
  const fields = [...names].map((name) => [name, joinField(a, b, name)] as const)
  return {
    kinds: a.kinds && b.kinds && new Set([...a.kinds, ...b.kinds]),
    mayBeMissing: a.mayBeMissing || b.mayBeMissing,
    mayBeNull: a.mayBeNull || b.mayBeNull,
    seen: [...new Set([...a.seen, ...b.seen])].slice(0, SEEN_AT_MOST),
    fields: new Map(fields),
    items: a.items && b.items ? join(a.items, b.items) : (a.items ?? b.items),
  }
}

const SEEN_AT_MOST = 8

/** A field that only one of two maps has may be missing; one that is no map does not count. */
function joinField(a: Shape, b: Shape, name: string): Shape {
  const [one, other] = [a.fields.get(name), b.fields.get(name)]
  if (one !== undefined && other !== undefined) return join(one, other)
  const lacks = one === undefined ? a : b
  const known = (one ?? other)!
  return lacks.kinds?.has('map') ? optional(known) : known
}

export function kindOf(value: Value): ValueKind {
  if (value === null) return 'null'
  if (value instanceof Float) return 'float'
  if (Array.isArray(value)) return 'list'
  if (isMap(value)) return 'map'
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : 'float'
  return typeof value === 'string' ? 'text' : 'boolean'
}

export function fieldOf(of: Shape, name: string): Shape {
  return of.fields.get(name) ?? UNKNOWN
}
