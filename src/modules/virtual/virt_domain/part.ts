import type { Value } from '../../../values/value.ts'
import { element, elementAt, withChildren, type XmlElement } from '../xml.ts'

/** Something in which a description differs from the arguments. */
export interface Part {
  /** As the argument is called. */
  readonly what: string
  readonly before: Value
  readonly after: Value
  /** The description with it. */
  edit(root: XmlElement): XmlElement
  /** How a running guest takes it; none: only a restart does. */
  readonly live?: Live
  /** A running guest does not show it as it was told. */
  readonly isHidden?: true
}

type Live = { readonly device: XmlElement } | { readonly memory: number } | { readonly vcpus: number }

/** None if it is as wanted, or if nothing is wanted. */
export function part(
  what: string,
  before: Value,
  after: Value | undefined,
  edit: (root: XmlElement) => XmlElement,
  more: Pick<Part, 'live' | 'isHidden'> = {},
): Part[] {
  return after === undefined || before === after ? [] : [{ what, before, after, edit, ...more }]
}

/** The description with another element at a path, which is there. */
export function within(
  root: XmlElement,
  [name, ...path]: readonly string[],
  edit: (at: XmlElement) => XmlElement,
): XmlElement {
  if (name === undefined) return edit(root)
  return withChildren(root, name, [within(elementAt(root, name) ?? element(name), path, edit)])
}
