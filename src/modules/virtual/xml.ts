import { createRequire } from 'node:module'
import type { Element, Node } from '@xmldom/xmldom'
import { DEEPEST, TOO_DEEP } from '../../values/depth.ts'

/** An element of a description of libvirt's. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** What stands in it besides elements, without white space around. */
  readonly text: string
}

/** The root of an XML text. Raises an Error with a sentence. */
export function xmlOf(text: string): XmlElement {
  const { DOMParser } = createRequire(import.meta.url)('@xmldom/xmldom') as typeof import('@xmldom/xmldom')
  const said: string[] = []
  const onError = (_level: string, message: string, { locator }: { locator?: { lineNumber: number } }) => {
    const line = locator?.lineNumber || 0
    said.push(`${message.split('\n')[0]}${line === 0 ? '' : ` in line ${line} of the XML`}`)
  }
  let root: Element | null = null
  try {
    root = new DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement
  } catch (error) {
    if (said.length === 0) throw error
  }
  if (said.length > 0) throw new Error(said[0])
  return elementOf(root!)
}

function elementOf(element: Element, depth = 0): XmlElement {
  if (depth >= DEEPEST) throw new Error(`the XML is ${TOO_DEEP}`)
  const nodes = Array.from(element.childNodes)
  return {
    name: element.nodeName,
    attributes: Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value])),
    children: nodes.filter(isElement).map((child) => elementOf(child, depth + 1)),
    text: nodes
      .filter(({ nodeType }) => nodeType === TEXT || nodeType === CDATA)
      .map(({ nodeValue }) => nodeValue)
      .join('')
      .trim(),
  }
}

const [ELEMENT, TEXT, CDATA] = [1, 3, 4]

function isElement(node: Node): node is Element {
  return node.nodeType === ELEMENT
}

/** The first element at a path of names below another one. */
export function elementAt(root: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>(
    (at, name) => at?.children.find((child) => child.name === name),
    root,
  )
}

/** One that is made here. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly XmlElement[] = [],
  text = '',
): XmlElement {
  return { name, attributes, children, text }
}

/** The same with other children of a name: in the place of the first one that is there, else at the end. */
export function withChildren(root: XmlElement, name: string, children: readonly XmlElement[]): XmlElement {
  const first = root.children.findIndex((child) => child.name === name)
  const at = first === -1 ? root.children.length : first
  const others = (list: readonly XmlElement[]) => list.filter((child) => child.name !== name)
  const [before, after] = [root.children.slice(0, at), others(root.children.slice(at))]
  return { ...root, children: [...before, ...children, ...after] }
}

/** The same with other attributes; undefined takes one away. */
export function withAttributes(
  root: XmlElement,
  attributes: Readonly<Record<string, string | undefined>>,
): XmlElement {
  const all = Object.entries({ ...root.attributes, ...attributes })
  const left = all.filter((one): one is [string, string] => one[1] !== undefined)
  return { ...root, attributes: Object.fromEntries(left) }
}

/** An element as text, its children a line each. */
export function xmlText({ name, attributes, children, text }: XmlElement, indent = ''): string {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`)]
  const start = `${indent}<${head.join(' ')}`
  if (children.length === 0) return text === '' ? `${start}/>\n` : `${start}>${escaped(text)}</${name}>\n`
  const inner = children.map((child) => xmlText(child, `${indent}  `)).join('')
  return `${start}>${escaped(text)}\n${inner}${indent}</${name}>\n`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (sign) => ESCAPES[sign]!)
    .replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
