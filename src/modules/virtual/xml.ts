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
  if (depth > DEEPEST) throw new Error(`the XML is ${TOO_DEEP}`)
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
