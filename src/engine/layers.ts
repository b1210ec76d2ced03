import type { Role, Step } from '../playbook/ast.ts'
import type { Level } from '../template/origin.ts'
import type { Layer } from '../template/variables.ts'
import { entriesOf, type MapNode, type Node } from '../values/value.ts'

/** A host's layers: how it is reached, those below those of plays, those above those of steps, and what it knows of itself. */
export interface HostLayers {
  readonly address: Layer[]
  readonly below: readonly Layer[]
  readonly above: readonly Layer[]
  readonly magic: readonly Layer[]
}

/** A step's layers, which lie between those of hosts. */
export interface StepLayers {
  readonly lowest: readonly Layer[]
  readonly middle: readonly Layer[]
  readonly upper: readonly Layer[]
  readonly own: readonly Layer[]
  /** What it says of how hosts are reached; undefined where that depends on the host. */
  readonly reach: string | undefined
}

/** The roles whose variables a step sees before those of the play's others, its own last. */
export function seenBy(role: Role | undefined): Role[] {
  return role === undefined ? [] : [role, ...role.around].reverse()
}

/** Variables from one place in a playbook or role, or set by tasks. */
export function layer(level: Level, variables: ReadonlyMap<string, Node>, owner?: string): Layer {
  return { name: level, origin: { level, ...(owner !== undefined && { owner }) }, variables }
}

export function defaultsOf({ name, defaults }: Role): Layer {
  return layer('role defaults', defaults, name)
}

export function varsOf({ name, vars }: Role): Layer {
  return layer('role vars', vars, name)
}

/** Variables of blocks, and those that stand in the step itself. */
export function stepLayers({
  inherited,
  place,
}: Pick<Step, 'inherited'> & Partial<Pick<Step, 'place'>>): Layer[] {
  const isOwn = (node: MapNode) =>
    node.place.source === place?.source && node.place.start >= place.start && node.place.end <= place.end
  return inherited.vars.map((node) => layer(isOwn(node) ? 'task vars' : 'block vars', entriesOf(node)))
}
