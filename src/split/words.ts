import type { VariablesTold, Word } from '../engine/together.ts'
import { type Json, packed, unpacked } from './packed.ts'
import { NodePacker, NodeUnpacker } from './packed-nodes.ts'
import { packValues, unpackValues } from './states.ts'

interface PackedVariables {
  readonly host: string
  readonly facts: Json
  readonly assigned: Json
  readonly included: Json
  /** Names that are gone, of each of the three. */
  readonly gone: readonly [facts: readonly string[], assigned: readonly string[], included: readonly string[]]
}

interface PackedWord {
  readonly of: readonly (readonly [string, Json])[]
  readonly variables: readonly PackedVariables[]
  readonly shared?: PackedVariables
  readonly stale: readonly string[]
  readonly sources: readonly Json[]
}

/** What is said at a meeting, as a text. */
export function packWord({ of, variables, shared, stale }: Word): string {
  const packer = new NodePacker()
  const word: PackedWord = {
    of: of.map(([host, found]) => [host, packed(found)]),
    variables: variables.map((told) => packVariables(told, packer)),
    ...(shared && { shared: packVariables(shared, packer) }),
    stale,
    sources: packer.sources,
  }
  return JSON.stringify(word)
}

/** What `packWord` was given. */
export function unpackWord(text: string): Word {
  const { of, variables, shared, stale, sources } = JSON.parse(text) as PackedWord
  const unpacker = new NodeUnpacker(sources)
  return {
    of: of.map(([host, found]) => [host, unpacked(found)]),
    variables: variables.map((told) => unpackVariables(told, unpacker)),
    ...(shared && { shared: unpackVariables(shared, unpacker) }),
    stale,
  }
}

function packVariables(
  { host, facts, assigned, included }: VariablesTold,
  packer: NodePacker,
): PackedVariables {
  return {
    host,
    facts: packValues(new Map(facts.set)),
    assigned: packValues(new Map(assigned.set)),
    included: packer.nodes(new Map(included.set)),
    gone: [facts.gone, assigned.gone, included.gone],
  }
}

function unpackVariables(
  { host, facts, assigned, included, gone }: PackedVariables,
  unpacker: NodeUnpacker,
): VariablesTold {
  return {
    host,
    facts: { set: [...unpackValues(facts)], gone: gone[0] },
    assigned: { set: [...unpackValues(assigned)], gone: gone[1] },
    included: { set: [...unpacker.nodes(included)], gone: gone[2] },
  }
}
