import type { ValueMap } from '../../../values/value.ts'
import type { Element } from './document.ts'

/** A name as it stands in a document, and its namespace. */
export interface Name {
  readonly uri: string | null
  readonly qualified: string
}

const PLAIN = /^[\p{L}_][\p{L}\p{N}_.-]*$/u

/** Whether it is a name without a prefix. */
export function isName(text: string): boolean {
  return PLAIN.test(text)
}

/** The name of an element: plain, or `{namespace}name`. Raises for what is none. */
export function elementName(text: string, parent: Element): Name {
  const [, uri, name] = /^\{([^{}]*)\}(.+)$/s.exec(text) ?? [undefined, null, text]
  if (!isName(name!)) throw new Error(`Invalid tag name '${name}'`)
  if (!uri) return { uri: null, qualified: name! }
  const prefix =
    parent.lookupNamespaceURI(null) === uri ? '' : (parent.lookupPrefix(uri) ?? freePrefix(parent))
  return { uri, qualified: prefix === '' ? name! : `${prefix}:${name}` }
}

/** The name `prefix:name` with one of the task's prefixes as `{namespace}name`; others stay as they are. */
export function expanded(text: string, namespaces: ValueMap): string {
  const [prefix, name] = text.split(':')
  if (name === undefined) return text
  return `{${namespaceOf(prefix!, namespaces)}}${name}`
}

/** The name of an attribute, plain or with a prefix of the task's. */
export function attributeName(text: string, element: Element, namespaces: ValueMap): Name {
  const [prefix, name] = text.split(':')
  if (name === undefined) return { uri: null, qualified: checked(text) }
  const uri = namespaceOf(prefix!, namespaces)
  if (prefix === 'xml') return { uri, qualified: text }
  return { uri, qualified: `${element.lookupPrefix(uri) || freePrefix(element)}:${checked(name)}` }
}

function checked(name: string): string {
  if (!isName(name)) throw new Error(`Invalid attribute name '${name}'`)
  return name
}

function namespaceOf(prefix: string, namespaces: ValueMap): string {
  const uri = prefix === 'xml' ? 'http://www.w3.org/XML/1998/namespace' : namespaces[prefix]
  if (uri === undefined || uri === '') throw new Error(`"namespaces" has no prefix "${prefix}"`)
  return String(uri)
}

function freePrefix(element: Element): string {
  for (let number = 0; ; number += 1) {
    if (element.lookupNamespaceURI(`ns${number}`) === null) return `ns${number}`
  }
}

/** A name as Ansible returns it: `{namespace}name`. */
export function clark(node: { namespaceURI: string | null; localName: string | null }): string {
  return node.namespaceURI ? `{${node.namespaceURI}}${node.localName}` : String(node.localName)
}
