import type { Node } from '../values/value.ts'

/** Variables from one place, shared by all hosts that they hold for; layers lie over each other, lowest first. */
export interface Layer {
  /** Where they come from, for people: "group_vars/all beside the inventory". */
  readonly name: string
  readonly variables: ReadonlyMap<string, Node>
}

/** What the inventory file itself says of a host or group; none when it says nothing. */
export function ownLayer(
  kind: 'host' | 'group',
  { name, variables }: { name: string; variables: ReadonlyMap<string, Node> },
): Layer[] {
  return variables.size === 0 ? [] : [{ name: `${kind} ${name} in the inventory`, variables }]
}
