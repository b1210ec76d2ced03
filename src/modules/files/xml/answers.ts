import type { ValueMap } from '../../../values/value.ts'
import {
  attributesOf,
  childrenOf,
  type Element,
  isElement,
  isText,
  KIND,
  type Node,
  textOf,
  type Xml,
} from './document.ts'
import { clark } from './names.ts'
import type { Args } from './options.ts'
import { count, selectNodes, syntaxOf } from './select.ts'

/** What a task asks about the document; undefined for one that is to change it. */
export function answer(xml: Xml, args: Args): ValueMap | undefined {
  const { xpath = '', namespaces } = args
  if (args.print_match) {
    const matches = selectNodes(xml, xpath, namespaces).map(pathOf)
    return {
      msg: `selector '${xpath}' match: [${matches.map((path) => JSON.stringify(path)).join(', ')}]`,
      matches,
    }
  }
  if (args.count) {
    // Ansible counts at any depth what an absolute path names.
    const anywhere = `/${xpath}`
    const hits = count(xml, syntaxOf(anywhere) === undefined ? anywhere : xpath, namespaces)
    return { msg: `found ${hits} nodes`, count: hits }
  }
  if (args.content === undefined) return undefined
  const elements = selectNodes(xml, xpath, namespaces).filter(isElement)
  if (elements.length === 0) throw new Error(`Xpath ${xpath} does not reference a node!`)
  const matches = elements.map((element) => ({
    [clark(element)]: args.content === 'text' ? textOf(element) : values(element),
  }))
  return { msg: matches.length, count: matches.length, matches }
}

function values(element: Element): ValueMap {
  const attributes = attributesOf(element).filter(({ name }) => !/^xmlns(:|$)/.test(name))
  return Object.fromEntries(attributes.map((attribute) => [clark(attribute), attribute.value]))
}

/** A path that selects a node and no other. */
function pathOf(node: Node): string {
  if (node.nodeType === KIND.attribute) {
    const { ownerElement, name } = node as unknown as { ownerElement: Element; name: string }
    return `${pathOf(ownerElement)}/@${name}`
  }
  if (node.parentNode === null) return ''
  const name = stepOf(node)
  const same = childrenOf(node.parentNode).filter((other) => isLike(other, name))
  const place = same.length > 1 ? `[${same.indexOf(node) + 1}]` : ''
  return `${pathOf(node.parentNode)}/${name}${place}`
}

/** Names of a default namespace mean something else in an expression. */
function stepOf(node: Node): string {
  if (isElement(node)) return node.namespaceURI !== null && node.prefix === null ? '*' : node.nodeName
  if (isText(node)) return 'text()'
  return node.nodeType === KIND.comment ? 'comment()' : `processing-instruction('${node.nodeName}')`
}

function isLike(node: Node, step: string): boolean {
  return step === '*' ? isElement(node) : stepOf(node) === step
}
