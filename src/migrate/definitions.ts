import { parseExpression } from '../jinja/parse.ts'
import { SyntaxFault } from '../jinja/syntax-error.ts'
import { isTemplate } from '../template/template.ts'
import type { MapNode, Node } from '../values/value.ts'
import { magic } from './facts.ts'
import { either, kindOf, optional, type Shape, shape, UNKNOWN } from './shape.ts'
import { shapeOfExpression } from './shape-of.ts'

/** `isSure`: whoever uses the variable finds it there. */
interface Definition {
  readonly node: Node
  readonly isSure: boolean
}

/** Values that lie deeper in each other than this are not looked at. */
const DEEPEST = 8

/** The variables that the files in sight define, and what their values are. */
export class Definitions {
  readonly #nodes = new Map<string, Definition[]>()
  readonly #shapes = new Map<string, Shape[]>()
  readonly #known = new Map<string, Shape>()
  #depth = 0

  addAll(map: Node | undefined, isSure: boolean): void {
    if (map?.kind !== 'map') return
    for (const { key, value } of (map as MapNode).entries) {
      const known = this.#nodes.get(key) ?? []
      this.#nodes.set(key, [...known, { node: value, isSure }])
    }
  }

  addShape(name: string, one: Shape): void {
    this.#shapes.set(name, [...(this.#shapes.get(name) ?? []), one])
  }

  /** What is known of a variable's values. */
  shapeOf(name: string): Shape {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    // One that is made of itself, or of very many others.
    this.#known.set(name, UNKNOWN)
    const made = this.#newShape(name)
    this.#known.set(name, made)
    return made
  }

  #newShape(name: string): Shape {
    const nodes = this.#nodes.get(name) ?? []
    const shapes = [...nodes.map(({ node }) => this.shapeOfNode(node)), ...(this.#shapes.get(name) ?? [])]
    if (shapes.length === 0) return magic.get(name) ?? UNKNOWN
    const joined = either(shapes)
    return nodes.some(({ isSure }) => isSure) ? { ...joined, mayBeMissing: false } : optional(joined)
  }

  /** What is known of the values of what stands in a file. */
  shapeOfNode(node: Node): Shape {
    this.#depth += 1
    try {
      return this.#depth > DEEPEST ? UNKNOWN : this.#ofNode(node)
    } finally {
      this.#depth -= 1
    }
  }

  #ofNode(node: Node): Shape {
    if (node.kind === 'list') {
      const items =
        node.items.length === 0 ? undefined : either(node.items.map((item) => this.shapeOfNode(item)))
      return shape('list', { items })
    }
    if (node.kind === 'map') {
      const fields = new Map(node.entries.map(({ key, value }) => [key, this.shapeOfNode(value)]))
      return shape('map', { fields })
    }
    const { value } = node
    // What is left empty is to be filled in by whoever uses the role.
    if (value === null) return { ...UNKNOWN, mayBeMissing: false, mayBeNull: true }
    if (typeof value !== 'string' || node.unsafe || !isTemplate(value)) {
      const seen = typeof value === 'string' || typeof value === 'number' ? [value] : []
      return shape(kindOf(value), { seen })
    }
    return this.#ofTemplate(value)
  }

  #ofTemplate(text: string): Shape {
    const inner = /^\{\{([^{}]*)\}\}$/.exec(text)?.[1]
    if (inner === undefined) return text.startsWith('{') || text.startsWith('[') ? UNKNOWN : shape('text')
    try {
      return shapeOfExpression(parseExpression(inner), (name) => this.shapeOf(name))
    } catch (error) {
      if (error instanceof SyntaxFault) return UNKNOWN
      throw error
    }
  }
}
