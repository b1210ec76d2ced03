import type { ValueMap } from '../../../values/value.ts'
import { type Child, childrenFrom, textValue } from './children.ts'
import {
  attributesOf,
  childrenOf,
  type Element,
  isElement,
  isText,
  KIND,
  type Node,
  removeNode,
  setText,
  writtenNode,
  type Xml,
} from './document.ts'
import { attributeName, expanded } from './names.ts'
import type { Args } from './options.ts'
import { select, selectNodes } from './select.ts'
import { meaning, removeChildren } from './shape.ts'
import { type Making, making } from './target.ts'

/** Changes the document as a task asks. Raises what cannot be done, in Ansible's words. */
export function edit(xml: Xml, args: Args): void {
  const { state, set_children, add_children, input_type } = args
  const xpath = args.xpath!
  const nodes = (path: string) => selectNodes(xml, path, args.namespaces)
  if (state === 'absent') remove(nodes(xpath), xpath)
  else if (set_children !== undefined) {
    const wanted = childrenFrom(set_children, input_type)
    for (const element of nodes(xpath).filter(isElement)) setChildren(element, wanted)
  } else if (add_children !== undefined && add_children.length > 0) {
    addChildren(nodes(xpath), childrenFrom(add_children, input_type), args)
  } else if (args.value !== undefined && args.value !== null) {
    setValue(xml, args)
  } else make(xml, xpath, args.namespaces)
}

function remove(found: readonly Node[], xpath: string): void {
  for (const node of found) {
    const owner =
      node.nodeType === KIND.attribute
        ? (node as unknown as { ownerElement: Element }).ownerElement
        : undefined
    if (owner !== undefined) owner.removeAttributeNode(node as never)
    else if (node.parentNode === null || !isElement(node.parentNode) || isText(node))
      throw new Error(
        `Couldn't delete xpath target: ${xpath} (only elements, comments and attributes within the first element can go)`,
      )
    else removeNode(node)
  }
}

/** Each element has children of its own: a second run finds them. */
function setChildren(element: Element, wanted: readonly Child[]): void {
  const made = wanted.map((child) => child(element))
  const present = childrenOf(element).filter((node) => !isText(node))
  const isSame =
    present.length === made.length && present.every((node, at) => shown(node) === shown(made[at]!))
  if (isSame) return
  removeChildren(element)
  for (const child of made) element.appendChild(child)
}

/** A node as it is compared: white space between its elements makes no difference. */
function shown(node: Node): string {
  return isElement(node) ? meaning({ root: node } as Xml) : writtenNode(node)
}

function addChildren(
  found: readonly Node[],
  children: readonly Child[],
  { insertbefore, insertafter }: Args,
): void {
  const elements = found.filter(isElement)
  if (elements.length === 0) return
  if (!insertbefore && !insertafter) {
    for (const element of elements) for (const child of children) element.appendChild(child(element))
    return
  }
  const place = insertbefore ? elements[0]! : elements.at(-1)!
  const parent = place.parentNode
  if (parent === null || !isElement(parent))
    throw new Error('nothing can stand beside the first element of a document')
  const next = insertbefore ? place : behind(place)
  for (const child of children) parent.insertBefore(child(parent), next)
}

/** What follows an element and the characters behind it, which are its own. */
function behind(element: Element): Node | null {
  let next = element.nextSibling
  while (next !== null && isText(next)) next = next.nextSibling
  return next
}

function setValue(xml: Xml, { xpath = '', namespaces, attribute, value }: Args): void {
  make(xml, xpath, namespaces)
  const elements = selectNodes(xml, xpath, namespaces).filter(isElement)
  if (elements.length === 0)
    throw new Error(`Xpath ${xpath} does not reference a node! tree is ${writtenNode(xml.root)}`)
  const text = textValue(value!)
  for (const element of elements) {
    if (attribute) setAttribute(element, attribute, text ?? '', namespaces)
    else setText(element, text)
  }
}

function setAttribute(element: Element, name: string, value: string, namespaces: ValueMap): void {
  const { uri, qualified } = attributeName(name, element, namespaces)
  const local = qualified.replace(/^.*:/, '')
  const old = uri === null ? element.getAttribute(qualified) : element.getAttributeNS(uri, local)
  const has = uri === null ? element.hasAttribute(qualified) : element.hasAttributeNS(uri, local)
  if (!has || old !== value) element.setAttributeNS(uri, qualified, value)
}

/** Makes what an expression names, if the document lacks it, as far as it is a path of names. */
function make(xml: Xml, xpath: string, namespaces: ValueMap, from?: Element): void {
  const found = select(xml, xpath, namespaces, from)
  if (found === true || (found !== false && found.some(isElement))) return
  const made = making(xpath)
  if (made === undefined || made.parent === '')
    throw new Error(
      `${unprefixed(xml, xpath)}Can't process Xpath ${xpath} in order to spawn nodes! tree is ${writtenNode(xml.root)}`,
    )
  make(xml, made.parent, namespaces, from)
  for (const element of selectNodes(xml, made.parent, namespaces, from).filter(isElement)) {
    makeIn(element, made, namespaces, (path, child) => make(xml, path, namespaces, child))
  }
}

/** What may be the reason that a path finds nothing. */
function unprefixed({ root }: Xml, xpath: string): string {
  const hasNamespaces = attributesOf(root).some(({ name }) => /^xmlns(:|$)/.test(name))
  return hasNamespaces && !xpath.includes(':')
    ? 'XML document has namespace(s) defined, but no namespace prefix(es) used in xpath!\n'
    : ''
}

function makeIn(
  element: Element,
  made: Making,
  namespaces: ValueMap,
  deeper: (path: string, child: Element) => void,
): void {
  if (made.kind === 'attribute') setAttribute(element, made.name, made.value ?? '', namespaces)
  else if (made.kind === 'text') setText(element, made.value)
  else {
    const [child] = childrenFrom([expanded(made.name, namespaces)], 'yaml')
    const added = element.appendChild(child!(element)) as Element
    if (made.text) setText(added, made.text)
    for (const condition of made.conditions) deeper(`./${condition}`, added)
  }
}
