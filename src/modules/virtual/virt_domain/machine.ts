import { element, elementAt, withAttributes, withChildren, type XmlElement } from '../xml.ts'

/**
 * A description for another machine or architecture: what the old one had its devices plugged into is no longer there,
 * and libvirt plugs them in anew.
 */
export function withMachine(
  root: XmlElement,
  kind: { readonly machine?: string | undefined; readonly arch?: string | undefined },
): XmlElement {
  const os = elementAt(root, 'os') ?? element('os')
  const type = elementAt(os, 'type') ?? element('type', {}, [], 'hvm')
  const devices = elementAt(root, 'devices') ?? element('devices')
  const left = devices.children
    .filter(({ name }) => name !== 'controller' && (kind.arch === undefined || name !== 'emulator'))
    .map((device) => ({
      ...device,
      children: device.children.filter(
        ({ name, attributes }) => name !== 'address' || attributes.type !== 'pci',
      ),
    }))
  const changed = withChildren(os, 'type', [withAttributes(type, kind)])
  return withChildren(withChildren(root, 'os', [changed]), 'devices', [{ ...devices, children: left }])
}
