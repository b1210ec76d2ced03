import type { Node } from '../values/value.ts'
import { VaultedScalar } from './vaulted.ts'

interface Extent {
  readonly height: number
  /** Nodes, and the characters in them. */
  readonly size: number
}

/** How far down and how much nodes are, all that they repeat counted; each is measured once. */
export class Extents {
  readonly #known = new Map<Node, Extent>()

  of(node: Node): Extent {
    const known = this.#known.get(node)
    if (known !== undefined) return known
    const extent = { height: node.kind === 'scalar' ? 0 : 1, size: 1 }
    if (node instanceof VaultedScalar) extent.size += node.place.end - node.place.start
    else if (node.kind === 'scalar') extent.size += String(node.value).length
    else {
      for (const part of node.kind === 'list' ? node.items : node.entries.map(({ value }) => value)) {
        const { height, size } = this.of(part)
        extent.height = Math.max(extent.height, height + 1)
        extent.size += size
      }
    }
    this.#known.set(node, extent)
    return extent
  }
}
