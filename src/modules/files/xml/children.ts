import { str } from '../../../python/text.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { type Element, readXml } from './document.ts'
import { elementName, isName } from './names.ts'

/** Makes an element below `parent`, which it is not yet put into. */
export type Child = (parent: Element) => Element

/** Children as a task gives them. Raises for what is no child, with a sentence. */
export function childrenFrom(given: readonly Value[], type: 'xml' | 'yaml'): Child[] {
  return given.map(type === 'xml' ? fromXml : fromValue)
}

function fromXml(text: Value): Child {
  if (typeof text !== 'string') throw new Error('Error while parsing child element: it is no text')
  try {
    const { root } = readXml(text)
    return (parent) => parent.ownerDocument!.importNode(root, true) as Element
  } catch (error) {
    throw new Error(`Error while parsing child element: ${(error as Error).message}`)
  }
}

function fromValue(child: Value): Child {
  if (typeof child === 'string') return named(child, {}, [])
  if (!isMap(child))
    throw new Error(
      `Invalid child type: ${JSON.stringify(child)}. Children must be either strings or hashes.`,
    )
  const [entry, ...others] = Object.entries(child)
  if (others.length > 0 || entry === undefined)
    throw new Error('Can only create children from hashes with one key')
  const [name, value] = entry
  if (!isMap(value)) return named(name, {}, [], textValue(value))
  const { _: children = null, ...attributes } = value
  if (children !== null && !Array.isArray(children))
    throw new Error(`Invalid children type: ${JSON.stringify(children)}, must be list.`)
  return named(name, attributes, childrenFrom(children ?? [], 'yaml'))
}

function named(
  name: string,
  attributes: ValueMap,
  children: readonly Child[],
  text: string | null = null,
): Child {
  const plain = name.replace(/^\{[^{}]*\}/, '')
  if (!isName(plain)) throw new Error(`Invalid tag name '${name}'`)
  const odd = Object.keys(attributes).find((attribute) => !isName(attribute))
  if (odd !== undefined) throw new Error(`Invalid attribute name '${odd}'`)
  return (parent) => {
    const { uri, qualified } = elementName(name, parent)
    const element = parent.ownerDocument!.createElementNS(uri, qualified)
    for (const [attribute, value] of Object.entries(attributes))
      element.setAttribute(attribute, textValue(value) ?? '')
    if (text !== null && text !== '') element.appendChild(parent.ownerDocument!.createTextNode(text))
    for (const child of children) element.appendChild(child(element))
    return element
  }
}

/** A value as the text of an element or attribute; null for none. */
export function textValue(value: Value): string | null {
  return value === null ? null : str(value)
}

function isMap(value: Value): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === Object.prototype
  )
}
