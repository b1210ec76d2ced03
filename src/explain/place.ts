import type { Runnable } from '../analysis/every-step.ts'
import { LEVELS, type Origin } from '../template/origin.ts'
import type { Layer, Variables } from '../template/variables.ts'
import type { SourceSpan } from '../values/source.ts'
import type { Node, Value } from '../values/value.ts'

/** Where a variable gets a value. */
export interface Place {
  readonly origin: Origin | Beyond
  /** The value as it is written. */
  readonly node?: Node
  /** One that stands in no file. */
  readonly value?: (variables: Variables) => Value
  readonly at?: SourceSpan | undefined
  /** What it takes for it to hold; without it, it holds from the beginning and everywhere. */
  readonly when?: When
  /** A task that sees it, where not all do. */
  readonly step?: Runnable
}

/** Levels above Ansible's. */
interface Beyond {
  readonly level: 'the item of a loop' | 'the run itself'
  readonly owner?: string
  readonly folder?: string
}

/** `tasks`: in these alone. `run`: once the run has come there. */
type When =
  | { readonly kind: 'tasks'; readonly tasks: string[] }
  | { readonly kind: 'run'; readonly by: string }

/** Its number among Ansible's 22; what cannot be overridden has a higher one. */
export function rankOf({ origin: { level } }: Place): number {
  if (level === 'the run itself') return RUN_ITSELF
  return level === 'the item of a loop' ? LOOP : LEVELS[level]
}

export function isAnsibles({ origin: { level } }: Place): boolean {
  return Object.hasOwn(LEVELS, level)
}

const LOOP = 30
const RUN_ITSELF = 40

/** What a layer says of a name; undefined when it says nothing. */
export function placeIn(layer: Layer, name: string): Place | undefined {
  const { origin = { level: 'the run itself' } } = layer
  if ('variables' in layer) {
    const node = layer.variables.get(name)
    return node === undefined ? undefined : { origin, node, at: node.place }
  }
  if ('values' in layer) {
    const value = layer.values.get(name)
    return value === undefined ? undefined : { origin, value: () => value }
  }
  const computed = layer.computed.get(name)
  return computed === undefined ? undefined : { origin, value: computed }
}

export function namesIn(layer: Layer): Iterable<string> {
  if ('variables' in layer) return layer.variables.keys()
  return 'values' in layer ? layer.values.keys() : layer.computed.keys()
}

/** Highest first; of one level those that are given later first. */
export function byRank(places: readonly Place[]): Place[] {
  return [...places].sort((one, other) => rankOf(other) - rankOf(one))
}
