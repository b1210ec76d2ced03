import { createRequire } from 'node:module'
import type { ValueMap } from '../../../values/value.ts'
import { attributesOf, isElement, type Node, nodesIn, type Xml } from './document.ts'

/** What is used of the library, whose own types bring those of a browser along. */
interface Library {
  parse(expression: string): {
    evaluate(options: { node: Node; namespaces: Record<string, string> }): {
      readonly toArray?: () => Node[]
      booleanValue(): boolean
      numberValue(): number
    }
  }
}

/** What is wrong with an expression; undefined for nothing. */
export function syntaxOf(expression: string): string | undefined {
  try {
    library().parse(expression)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/**
 * Nodes that an expression selects, in their order, or whether it is true: a path that is compared with a text. Raises for
 * an unknown prefix.
 */
export function select(xml: Xml, expression: string, namespaces: ValueMap, from?: Node): Node[] | boolean {
  const result = evaluated(xml, expression, namespaces, from)
  return result.toArray?.() ?? result.booleanValue()
}

/** Nodes that an expression selects; none for one that gives something else. */
export function selectNodes(...asked: Parameters<typeof select>): Node[] {
  const found = select(...asked)
  return typeof found === 'boolean' ? [] : found
}

/** How many nodes an expression selects. */
export function count(xml: Xml, expression: string, namespaces: ValueMap): number {
  return evaluated(xml, `count(${expression})`, namespaces).numberValue()
}

function evaluated(xml: Xml, expression: string, namespaces: ValueMap, from: Node = xml.dom) {
  const prefixes = Object.fromEntries(
    Object.entries(namespaces).map(([prefix, uri]) => [prefix, String(uri)]),
  )
  inOrder(xml)
  return library()
    .parse(expression)
    .evaluate({ node: from, namespaces: { xml: XML, ...prefixes } })
}

const XML = 'http://www.w3.org/XML/1998/namespace'

/** Nodes know their place, as their own way to find it out walks through all of them for each comparison. */
function inOrder({ dom }: Xml): void {
  const nodes = nodesIn(dom).flatMap((node) => (isElement(node) ? [node, ...attributesOf(node)] : [node]))
  const places = new Map(nodes.map((node, place) => [node as object, place]))
  for (const node of nodes) {
    node.compareDocumentPosition = (other: Node) => {
      const [own, others] = [places.get(node) ?? 0, places.get(other) ?? 0]
      return own === others ? 0 : own < others ? FOLLOWING : PRECEDING
    }
  }
}

const [PRECEDING, FOLLOWING] = [2, 4]

function library(): Library {
  return createRequire(import.meta.url)('xpath')
}
