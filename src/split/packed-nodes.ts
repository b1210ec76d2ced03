import type { Key } from '../values/keys.ts'
import { Source, type SourceSpan, type TemplateLanguage } from '../values/source.ts'
import type { MapEntry, Node, ScalarNode } from '../values/value.ts'
import { VaultedScalar } from '../yaml/vaulted.ts'
import { type Json, packed, unpacked } from './packed.ts'

/** Nodes of files as JSON: their texts once, and the nodes with their places in these. */
export class NodePacker {
  readonly sources: Json[] = []
  readonly #numbers = new Map<Source, number>()

  node(node: Node): Json {
    switch (node.kind) {
      case 'scalar':
        // What is encrypted stays so.
        if (node instanceof VaultedScalar) return { v: node.encrypted, at: this.#place(node.place) }
        return { s: packed(node.value), at: this.#place(node.place), ...(node.unsafe && { unsafe: true }) }
      case 'list':
        return { l: node.items.map((item) => this.node(item)), at: this.#place(node.place) }
      case 'map':
        return { m: node.entries.map((entry) => this.#entry(entry)), at: this.#place(node.place) }
    }
  }

  nodes(named: ReadonlyMap<string, Node>): Json {
    return [...named].map(([name, node]) => [name, this.node(node)])
  }

  #entry({ key, keyValue, keyPlace, value }: MapEntry): Json {
    const written = keyValue === undefined ? [] : [keyValue]
    return [key, this.#place(keyPlace), this.node(value), ...written]
  }

  /** The number of a source, which goes along. */
  source(source: Source): number {
    let number = this.#numbers.get(source)
    if (number === undefined) {
      number = this.sources.length
      this.#numbers.set(source, number)
      const { path, text, hasMark, isSecret, language = null } = source
      this.sources.push([path, text, hasMark, isSecret, language])
    }
    return number
  }

  #place({ source, start, end }: SourceSpan): Json {
    return [this.source(source), start, end]
  }
}

/** Makes nodes of what a NodePacker has packed; nodes of one file have one source again. */
export class NodeUnpacker {
  readonly #sources: readonly Source[]

  constructor(sources: readonly Json[]) {
    this.#sources = sources.map((one) => {
      const [path, text, hasMark, isSecret, language] = one as [
        string,
        string,
        boolean,
        boolean,
        string | null,
      ]
      const source = new Source(path, text, hasMark, isSecret)
      source.language = (language as TemplateLanguage | null) ?? undefined
      return source
    })
  }

  source(number: number): Source {
    return this.#sources[number]!
  }

  node(json: Json): Node {
    const { s, l, m, v, at, unsafe } = json as Record<string, Json>
    const place = this.#place(at!)
    if (v !== undefined) return new VaultedScalar(v as string, place)
    if (l !== undefined) return { kind: 'list', items: (l as Json[]).map((item) => this.node(item)), place }
    if (m !== undefined)
      return { kind: 'map', entries: (m as Json[]).map((entry) => this.#entry(entry)), place }
    const value = unpacked(s!) as ScalarNode['value']
    return { kind: 'scalar', value, place, ...(unsafe === true && { unsafe }) }
  }

  nodes(json: Json): Map<string, Node> {
    return new Map((json as [string, Json][]).map(([name, node]) => [name, this.node(node)]))
  }

  #entry(json: Json): MapEntry {
    const [key, keyPlace, value, ...written] = json as [string, Json, Json, ...Key[]]
    return {
      key,
      keyPlace: this.#place(keyPlace),
      value: this.node(value),
      ...(written.length > 0 && { keyValue: written[0]! }),
    }
  }

  #place(json: Json): SourceSpan {
    const [number, start, end] = json as [number, number, number]
    return { source: this.#sources[number]!, start, end }
  }
}
