import { createRequire } from 'node:module'
import type { Attr, Document, Element, Node } from '@xmldom/xmldom'
import { inUtf8, sourceOf, withEntities } from './source.ts'

export type { Element, Node }

/** A document: its elements, and what stands around them. */
export interface Xml {
  readonly dom: Document
  readonly root: Element
  readonly prolog: string
  /** White space behind all. */
  readonly end: string
}

/** What a node is, in the numbers of the DOM. */
export const KIND = { element: 1, attribute: 2, text: 3, cdata: 4, instruction: 7, comment: 8 } as const

/** More than these no document has that a person or a program has set something in; each host's takes its time here. */
const MOST_NODES = 100_000
const MOST_DEPTH = 256

/** Raises for a text that is no XML, with a sentence. */
export function readXml(text: string): Xml {
  const { prolog, body } = sourceOf(text.replace(/^\ufeff/, ''))
  const dom = parsed(body)
  return { dom, root: dom.documentElement!, prolog: inUtf8(prolog), end: /\s*$/.exec(body)![0] }
}

function parsed(body: string): Document {
  const signs = body.length - body.replaceAll('<', '').length
  if (signs > MOST_NODES) throw new Error(`it has more than ${MOST_NODES} elements`)
  const { DOMParser } = library()
  let trouble: string | undefined
  const onError = (_: string, message: string) => {
    trouble ??= message
    throw new Error(message)
  }
  let dom: Document
  try {
    dom = new DOMParser({ onError }).parseFromString(body, 'text/xml')
  } catch (error) {
    throw new Error(trouble ?? (error as Error).message)
  }
  if (depthOf(dom.documentElement!) > MOST_DEPTH)
    throw new Error(`its elements are more than ${MOST_DEPTH} deep`)
  return dom
}

function depthOf(root: Element): number {
  let deepest = 0
  for (let level: Element[] = [root]; level.length > 0; deepest += 1) {
    level = level.flatMap((element) => childrenOf(element).filter(isElement))
  }
  return deepest
}

/** All of a document as text. */
export function writtenXml({ dom, prolog, end }: Xml): string {
  return `${prolog}${childrenOf(dom).map(writtenNode).join('').trimEnd()}${end}`
}

export function writtenNode(node: Node): string {
  const { XMLSerializer } = library()
  // A parser would take the character itself for the end of a line.
  return withEntities(new XMLSerializer().serializeToString(node).replaceAll('\r', '&#13;'))
}

export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

export function attributesOf(element: Element): Attr[] {
  return Array.from({ length: element.attributes.length }, (_, index) => element.attributes.item(index)!)
}

export function isElement(node: Node): node is Element {
  return node.nodeType === KIND.element
}

/** Whether it is characters: a text, or a section of CDATA. */
export function isText(node: Node): boolean {
  return node.nodeType === KIND.text || node.nodeType === KIND.cdata
}

/** All nodes within a node, and itself, in the order of the document. */
export function nodesIn(node: Node): Node[] {
  const nodes: Node[] = []
  const visit = (one: Node) => {
    nodes.push(one)
    for (const child of childrenOf(one)) visit(child)
  }
  visit(node)
  return nodes
}

/** The characters before the first child; null for none. */
export function textOf(element: Element): string | null {
  const texts = leading(element).map((node) => node.nodeValue)
  return texts.length === 0 ? null : texts.join('')
}

export function setText(element: Element, text: string | null): void {
  if (textOf(element) === text) return
  for (const node of leading(element)) element.removeChild(node)
  if (text === null || text === '') return
  element.insertBefore(element.ownerDocument!.createTextNode(text), element.firstChild)
}

function leading(element: Element): Node[] {
  const children = childrenOf(element)
  const first = children.findIndex((node) => !isText(node))
  return first === -1 ? children : children.slice(0, first)
}

/** Takes a node away, and the characters behind it. */
export function removeNode(node: Node): void {
  const parent = node.parentNode!
  for (let next = node.nextSibling; next !== null && isText(next); next = node.nextSibling) {
    parent.removeChild(next)
  }
  parent.removeChild(node)
}

function library(): typeof import('@xmldom/xmldom') {
  return createRequire(import.meta.url)('@xmldom/xmldom')
}
