import { closest, type Problem } from '../values/problem.ts'
import type { MapNode, Node, ScalarNode } from '../values/value.ts'

/** The keywords of one map in a file; what is of the wrong kind or unknown becomes a problem. */
export class Fields {
  readonly node: MapNode
  readonly #problems: Problem[]

  constructor(node: MapNode, problems: Problem[]) {
    this.node = node
    this.#problems = problems
  }

  get(key: string): Node | undefined {
    return this.node.entries.find((entry) => entry.key === key)?.value
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** A keyword that holds one text or number. */
  scalar(key: string): ScalarNode | undefined {
    const node = this.get(key)
    if (node === undefined || isNull(node)) return undefined
    if (node.kind === 'scalar') return node
    this.#problems.push({ message: `"${key}" takes a single value`, place: node.place })
    return undefined
  }

  text(key: string): string | undefined {
    const node = this.scalar(key)
    return node === undefined ? undefined : String(node.value)
  }

  map(key: string): MapNode | undefined {
    const node = this.get(key)
    if (node === undefined || isNull(node)) return undefined
    if (node.kind === 'map') return node
    this.#problems.push({ message: `"${key}" takes a map of names to values`, place: node.place })
    return undefined
  }

  /** A keyword that holds a list; a single value counts as a list of one. */
  list(key: string): readonly Node[] {
    const node = this.get(key)
    if (node === undefined || isNull(node)) return []
    return node.kind === 'list' ? node.items : [node]
  }

  /** A list that must be written as one. */
  items(key: string): readonly Node[] {
    const node = this.get(key)
    if (node === undefined || isNull(node)) return []
    if (node.kind === 'list') return node.items
    this.#problems.push({
      message: `"${key}" takes a list`,
      place: node.place,
      hint: 'begin each entry with "- "',
    })
    return []
  }

  /** A list of plain words, commas allowed. */
  words(key: string): string[] {
    return this.list(key).flatMap((node) => {
      if (node.kind === 'scalar')
        return String(node.value)
          .split(',')
          .map((word) => word.trim())
          .filter(Boolean)
      this.#problems.push({ message: `"${key}" takes words`, place: node.place })
      return []
    })
  }

  /** Reports every keyword that is not in `known`; `hints` says what to write for those that others know. */
  rejectUnknown(what: string, known: Iterable<string>, hints: Readonly<Record<string, string>> = {}): void {
    const names = new Set(known)
    for (const entry of this.node.entries) {
      if (names.has(entry.key)) continue
      const meant = closest(entry.key, names)
      const hint = hints[entry.key] ?? (meant === undefined ? undefined : `did you mean "${meant}"?`)
      this.#problems.push({
        message: `"${entry.key}" is not a keyword of a ${what}`,
        place: entry.keyPlace,
        hint,
      })
    }
  }
}

export function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null
}
