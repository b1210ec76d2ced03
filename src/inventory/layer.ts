import type { Origin } from '../template/origin.ts'
import type { Node } from '../values/value.ts'

/** Variables from one place, shared by all hosts that they hold for; layers lie over each other, lowest first. */
export interface Layer {
  /** Where they come from, for people: "group_vars/all beside the inventory". */
  readonly name: string
  readonly origin: Origin
  readonly variables: ReadonlyMap<string, Node>
}

/** What the inventory files themselves say of a host or group, lowest first; none when they say nothing. */
export function ownLayers(kind: 'host' | 'group', { name, variables, overridden }: Owner): Layer[] {
  if (variables.size === 0) return []
  const origin: Origin = { level: `inventory ${kind} vars`, owner: name }
  const said = { name: `${kind} ${name} in the inventory`, origin }
  return [...overridden, variables].map((values) => ({ ...said, variables: values }))
}

interface Owner {
  readonly name: string
  readonly variables: ReadonlyMap<string, Node>
  readonly overridden: readonly ReadonlyMap<string, Node>[]
}
