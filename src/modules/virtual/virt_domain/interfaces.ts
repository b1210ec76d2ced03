import type { Value } from '../../../values/value.ts'
import { vifsOf } from '../vifs.ts'
import { element, elementAt, withAttributes, withChildren, type XmlElement } from '../xml.ts'
import type { Device, Field } from './device.ts'

/** Interfaces of the arguments, each known by its place. */
export function interfacesOf(vifs: readonly Value[]): Device[] {
  return vifsOf(vifs).map(
    ({ bridge, network, mac, model, vifname }, index): Device => ({
      kind: 'interface',
      label: String(index),
      values: { ...(bridge === undefined ? { network } : { bridge }), mac, model, vifname },
      blank: element('interface', { type: 'bridge' }, [element('model', { type: model ?? 'virtio' })]),
    }),
  )
}

export const INTERFACE_FIELDS: readonly Field[] = [
  source('bridge'),
  source('network'),
  one('mac', 'mac', 'address'),
  one('model', 'model', 'type'),
  one('vifname', 'target', 'dev'),
]

function source(type: 'bridge' | 'network'): Field {
  return {
    name: type,
    of: (device) =>
      device.attributes.type === type ? (elementAt(device, 'source')?.attributes[type] ?? null) : null,
    put: (device, value) =>
      withChildren(withAttributes(device, { type }), 'source', [element('source', { [type]: value! })]),
    isLive: ({ attributes }) => attributes.type === type,
  }
}

function one(name: string, child: string, attribute: string): Field {
  return {
    name,
    of: (device: XmlElement) => elementAt(device, child)?.attributes[attribute] ?? null,
    put: (device, value) => withChildren(device, child, [element(child, { [attribute]: value! })]),
  }
}
