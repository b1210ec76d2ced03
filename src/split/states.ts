import type { HostState } from '../engine/host.ts'
import type { HostStats } from '../protocol/event.ts'
import type { Value } from '../values/value.ts'
import { keepForms, keptForms } from '../vault/secrets.ts'
import { type Json, packed, unpacked } from './packed.ts'
import { NodePacker, NodeUnpacker } from './packed-nodes.ts'

/**
 * States of hosts as a text, with what was decrypted and must not be shown. Whoever has the text has their secrets.
 * `inventory`, packed, is another one than that of the files.
 */
export function packStates(hosts: Iterable<HostState>, inventory?: string): string {
  const packer = new NodePacker()
  const states = [...hosts].map((host) => [host.name, packState(host, packer)])
  const packedStates = { states, sources: packer.sources, secrets: keptForms() }
  return JSON.stringify({ ...packedStates, ...(inventory !== undefined && { inventory }) })
}

/** The packed inventory that goes with states, if it is another one than that of the files. */
export function inventoryIn(text: string): string | undefined {
  return text === '' ? undefined : (JSON.parse(text) as PackedStates).inventory
}

function packState(
  { facts, included, assigned, stats, out, ended, removed }: HostState,
  packer: NodePacker,
): Json {
  return {
    facts: packValues(facts),
    assigned: packValues(assigned),
    included: packer.nodes(included),
    stats: { ...stats },
    ended,
    removed,
    ...(out !== undefined && { out }),
  }
}

export function packValues(values: ReadonlyMap<string, Value>): Json {
  return [...values].map(([name, value]) => [name, packed(value)])
}

interface PackedState {
  readonly facts: Json
  readonly assigned: Json
  readonly included: Json
  readonly stats: HostStats
  readonly ended: boolean
  readonly removed: boolean
  readonly out?: 'failed' | 'unreachable'
}

interface PackedStates {
  readonly states: readonly [name: string, PackedState][]
  readonly sources: readonly Json[]
  readonly secrets: readonly string[]
  readonly inventory?: string
}

/** Puts hosts into the states that `packStates` has packed; `stateOf` gives a host by its name. */
export function unpackStates(text: string, stateOf: (name: string) => HostState): void {
  if (text === '') return
  const { states, sources, secrets } = JSON.parse(text) as PackedStates
  keepForms(secrets)
  const unpacker = new NodeUnpacker(sources)
  for (const [name, packedState] of states) {
    const host = stateOf(name)
    const { facts, assigned, included, stats, ended, removed, out } = packedState
    host.facts = unpackValues(facts)
    host.assigned = unpackValues(assigned)
    host.included = unpacker.nodes(included)
    Object.assign(host.stats, stats)
    Object.assign(host, { ended, removed, out })
  }
}

export function unpackValues(json: Json): Map<string, Value> {
  return new Map((json as [string, Json][]).map(([name, value]) => [name, unpacked(value) as Value]))
}
