import { didYouMean } from '../../values/problem.ts'
import { toBoolean } from '../../values/truth.ts'
import { entriesOf, type MapNode, type Node, toNode, toValue, type Value } from '../../values/value.ts'
import { isNull } from '../../yaml/fields.ts'
import type { Builder } from '../builder.ts'

/** What there is to say of an inventory plugin, and what its file can say. */
export interface InventoryPlugin {
  readonly summary: string
  readonly options: Readonly<
    Record<string, { readonly type: 'bool' | 'list' | 'map' | 'str'; readonly help: string }>
  >
}

/** What the file of an inventory plugin says; what is of the wrong kind is a problem, what is unknown a warning. */
export class Options {
  readonly #entries: ReadonlyMap<string, Node>
  readonly #builder: Builder

  constructor(plugin: string, config: MapNode, known: readonly string[], builder: Builder) {
    this.#builder = builder
    this.#entries = entriesOf(config)
    for (const { key, keyPlace } of config.entries) {
      if (known.includes(key)) continue
      const hint = didYouMean(key, known)
      builder.warnings.push({ message: `${plugin} knows no "${key}"`, place: keyPlace, hint })
    }
  }

  truth(key: string, otherwise: boolean): boolean {
    const node = this.#entries.get(key)
    if (node === undefined || isNull(node)) return otherwise
    const value = toBoolean(toValue(node))
    if (value === undefined) this.#builder.problem(`"${key}" takes true or false`, node.place)
    return value ?? otherwise
  }

  map(key: string): ReadonlyMap<string, Node> | undefined {
    const node = this.#entries.get(key)
    return node === undefined || isNull(node) ? undefined : this.mapIn(node)
  }

  items(key: string): readonly Node[] {
    const node = this.#entries.get(key)
    return node === undefined || isNull(node) ? [] : this.list(node)
  }

  /** The entries of a map; none, and a problem, for what is none. */
  mapIn(node: Node): ReadonlyMap<string, Node> | undefined {
    if (node.kind === 'map') return entriesOf(node)
    this.#builder.problem('a map is expected', node.place)
    return undefined
  }

  entries(node: Node | undefined): Iterable<[string, Node]> {
    return node === undefined || isNull(node) ? [] : (this.mapIn(node) ?? [])
  }

  list(node: Node): readonly Node[] {
    if (node.kind === 'list') return node.items
    this.#builder.problem('a list is expected', node.place)
    return []
  }

  node(value: Value, { place }: Node): Node {
    return toNode(value, place)
  }
}
