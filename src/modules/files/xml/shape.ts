import {
  childrenOf,
  type Element,
  isElement,
  isText,
  KIND,
  type Node,
  nodesIn,
  removeNode,
  writtenNode,
  type Xml,
} from './document.ts'

/** The document in the form in which white space between elements and sections of CDATA make no difference. */
export function meaning(xml: Xml): string {
  const root = xml.root.cloneNode(true) as Element
  plainText(root)
  removeBlanks(root)
  return writtenNode(root)
}

/** Sections of CDATA as plain text. */
export function plainText(root: Element): void {
  for (const node of nodesIn(root)) {
    if (node.nodeType !== KIND.cdata) continue
    node.parentNode!.replaceChild(root.ownerDocument!.createTextNode(node.nodeValue ?? ''), node)
  }
  root.normalize()
}

/** White space goes that only stands between elements: not beside text, and not as all that an element holds. */
function removeBlanks(root: Element): void {
  for (const element of nodesIn(root).filter(isElement)) {
    if (keepsSpace(element)) continue
    const children = childrenOf(element)
    if (children.every(isText) || children.some((node) => isText(node) && !isBlank(node))) continue
    for (const node of children.filter(isBlank)) element.removeChild(node)
  }
}

function isBlank(node: Node): boolean {
  return node.nodeType === KIND.text && /^[ \t\r\n]*$/.test(node.nodeValue ?? '')
}

function keepsSpace(element: Element): boolean {
  for (let one: Node | null = element; one !== null && isElement(one); one = one.parentNode) {
    const space = one.getAttribute('xml:space')
    if (space) return space === 'preserve'
  }
  return false
}

/** All of a document, each element on a line of its own. */
export function prettyXml({ dom, prolog }: Xml): string {
  const nodes = childrenOf(dom).filter((node) => !isText(node))
  const parts = [prolog.trimEnd(), ...nodes.map(prettyNode)].filter((part) => part !== '')
  return `${parts.join('\n')}\n`
}

function prettyNode(node: Node): string {
  if (!isElement(node)) return writtenNode(node)
  const root = node.cloneNode(true) as Element
  removeBlanks(root)
  indent(root, '')
  return writtenNode(root)
}

function indent(element: Element, before: string): void {
  const children = childrenOf(element)
  if (children.length === 0 || children.some(isText)) return
  const document = element.ownerDocument!
  for (const child of children) {
    element.insertBefore(document.createTextNode(`\n${before}  `), child)
    if (isElement(child)) indent(child, `${before}  `)
  }
  element.appendChild(document.createTextNode(`\n${before}`))
}

/** Takes all children away that are no text, and the characters behind them. */
export function removeChildren(element: Element): void {
  for (const node of childrenOf(element).filter((child) => !isText(child))) removeNode(node)
}
