import { createRequire } from 'node:module'
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
  const sax = createRequire(import.meta.url)('sax') as typeof import('sax')
  const parser = sax.parser(true)
  const top: XmlElement[] = []
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] =
    []
  parser.onopentag = ({ name, attributes }) => {
    if (open.length >= DEEPEST) throw new Error(`the XML is ${TOO_DEEP}`)
    open.push({ name, attributes: attributes as Record<string, string>, children: [], text: '' })
  }
  const add = (more: string) => {
    const last = open.at(-1)
    if (last !== undefined) last.text += more
  }
  parser.ontext = add
  parser.oncdata = add
  parser.onclosetag = () => {
    const { text: whole, ...element } = open.pop()!
    const into = open.at(-1)?.children ?? top
    into.push({ ...element, text: whole.trim() })
  }
  parser.onerror = ({ message }) => {
    throw new Error(`${message.split('\n')[0]} in line ${parser.line + 1} of the XML`)
  }
  parser.write(text).close()
  if (top[0] === undefined) throw new Error('the XML holds no element')
  return top[0]
}

/** The first element at a path of names below another one. */
export function elementAt(root: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>(
    (at, name) => at?.children.find((child) => child.name === name),
    root,
  )
}
