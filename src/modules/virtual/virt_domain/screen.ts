import { element, elementAt, withAttributes, withChildren, type XmlElement } from '../xml.ts'
import type { Args } from './options.ts'
import type { Part } from './part.ts'

const FIRST_PORT = 5900
const LOCAL = '127.0.0.1'

/** How its screen differs from the wanted one; other kinds of graphics stay. */
export function screenParts({ vnc, vnclisten, vncdisplay }: Args, root: XmlElement): Part[] {
  const is = elementAt(root, 'devices')?.children.find(isScreen)
  const wanted = vnc ?? (vnclisten !== undefined || vncdisplay !== undefined ? true : undefined)
  if (wanted === undefined || (!wanted && is === undefined)) return []
  if (!wanted) return [{ what: 'vnc', before: true, after: false, edit: (whole) => withScreen(whole, []) }]
  const made = screen(
    is ?? element('graphics', { type: 'vnc' }),
    vnclisten ?? (is && listenOf(is)) ?? LOCAL,
    vncdisplay,
  )
  const edit = (whole: XmlElement) => withScreen(whole, [made])
  if (is === undefined) return [{ what: 'vnc', before: false, after: true, edit }]
  const display = displayOf(is)
  return [
    ...(vnclisten === undefined || vnclisten === listenOf(is)
      ? []
      : [{ what: 'vnclisten', before: listenOf(is), after: vnclisten, edit }]),
    ...(vncdisplay === undefined || vncdisplay === display
      ? []
      : [{ what: 'vncdisplay', before: display, after: vncdisplay, edit }]),
  ]
}

function isScreen({ name, attributes }: XmlElement): boolean {
  return name === 'graphics' && attributes.type === 'vnc'
}

function listenOf(is: XmlElement): string {
  return is.attributes.listen ?? elementAt(is, 'listen')?.attributes.address ?? LOCAL
}

function displayOf({ attributes: { port = '-1' } }: XmlElement): number | null {
  return Number(port) < 0 ? null : Number(port) - FIRST_PORT
}

function screen(is: XmlElement, listen: string, display: number | undefined): XmlElement {
  const port = display === undefined ? {} : { port: String(display + FIRST_PORT), autoport: 'no' }
  const given =
    is.attributes.port === undefined && display === undefined ? { port: '-1', autoport: 'yes' } : port
  return withChildren(withAttributes(is, { ...given, listen }), 'listen', [
    element('listen', { type: 'address', address: listen }),
  ])
}

function withScreen(root: XmlElement, screens: readonly XmlElement[]): XmlElement {
  const devices = elementAt(root, 'devices') ?? element('devices')
  const others = devices.children.filter((child) => !isScreen(child))
  return withChildren(root, 'devices', [{ ...devices, children: [...others, ...screens] }])
}
