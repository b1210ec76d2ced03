import type { Source, SourceSpan } from '../../values/source.ts'
import type { MapEntry, MapNode } from '../../values/value.ts'

/** The bytes of a tree, where entries are read that somebody asks for. */
export interface LateTree {
  readonly bytes: Uint8Array
  readonly source: Source
  /** Those at a place of the bytes, of a map that begins at `start` in its text. */
  entriesAt(at: number, start: number): readonly MapEntry[]
}

/** A map of a kept tree: its entries are read when somebody asks for them. All its keys are texts, each another one. */
export class LateMap implements MapNode {
  readonly kind = 'map'
  readonly place: SourceSpan
  readonly #keys: readonly string[]
  readonly tree: LateTree
  /** Where its entries are in the bytes. */
  readonly at: number
  #entries: readonly MapEntry[] | undefined

  constructor(place: SourceSpan, keys: readonly string[], tree: LateTree, at: number) {
    this.place = place
    this.#keys = keys
    this.tree = tree
    this.at = at
  }

  /** The very same list in all maps of a text that have the same keys. */
  get keys(): readonly string[] {
    return this.#keys
  }

  get entries(): readonly MapEntry[] {
    this.#entries ??= this.tree.entriesAt(this.at, this.place.start)
    return this.#entries
  }
}
