import { elementAt, withChildren, type XmlElement } from '../xml.ts'
import type { Part } from './part.ts'

/** What a device of a description is asked for and told. */
export interface Field {
  readonly name: string
  of(device: XmlElement): string | null
  put(device: XmlElement, value: string | null): XmlElement
  /** Whether a running guest takes another value. */
  isLive?(device: XmlElement): boolean
}

/** A wanted device. */
export interface Device {
  readonly kind: 'disk' | 'interface'
  /** As changes call it. */
  readonly label: string
  /** By the names of its fields; undefined for what may be as it is. */
  readonly values: Readonly<Record<string, string | null | undefined>>
  /** What a new one is made of. */
  readonly blank: XmlElement
}

function devicesIn(root: XmlElement, kind: Device['kind']): XmlElement[] {
  return elementAt(root, 'devices')?.children.filter(({ name }) => name === kind) ?? []
}

/** How the devices of a kind differ from the wanted ones; `labels` tells by what name each one that is there goes. */
export function deviceParts(
  noun: string,
  kind: Device['kind'],
  fields: readonly Field[],
  wanted: readonly Device[],
  root: XmlElement,
  labels: (devices: readonly XmlElement[]) => string[],
): Part[] {
  const there = devicesIn(root, kind)
  const names = labels(there)
  const edited = (edit: (devices: XmlElement[]) => XmlElement[]) => (whole: XmlElement) => {
    const devices = elementAt(whole, 'devices')!
    return withChildren(whole, 'devices', [withChildren(devices, kind, edit(devicesIn(whole, kind)))])
  }
  const removed = names
    .map((label, index): Part => {
      return {
        what: `${noun} ${label}`,
        before: summary(fields, there[index]!),
        after: null,
        edit: edited((devices) => {
          const at = labels(devices).indexOf(label)
          return devices.filter((_, one) => one !== at)
        }),
      }
    })
    .filter((_, index) => !wanted.some(({ label }) => label === names[index]))
    .toReversed()
  const others = wanted.flatMap((device): Part[] => {
    const is = there[names.indexOf(device.label)]
    const what = `${noun} ${device.label}`
    if (is === undefined) {
      const made = filled(fields, device)
      return [
        { what, before: null, after: summary(fields, made), edit: edited((devices) => [...devices, made]) },
      ]
    }
    return fields.flatMap((field): Part[] => {
      const [before, after] = [field.of(is), device.values[field.name]]
      if (after === undefined || before === after) return []
      const put = (devices: XmlElement[]) => {
        const at = labels(devices).indexOf(device.label)
        return devices.map((one, index) => (index === at ? field.put(one, after) : one))
      }
      const part = { what: `${what} ${field.name}`, before, after, edit: edited(put) }
      return [field.isLive?.(is) ? { ...part, live: { device: field.put(is, after) } } : part]
    })
  })
  return [...removed, ...others]
}

function filled(fields: readonly Field[], { blank, values }: Device): XmlElement {
  return fields.reduce((device, { name, put }) => {
    const value = values[name]
    return value === undefined ? device : put(device, value)
  }, blank)
}

/** In the manner of xl.cfg(5). */
function summary(fields: readonly Field[], device: XmlElement): string {
  return fields
    .flatMap(({ name, of }) => {
      const value = of(device)
      return value === null ? [] : [`${name}=${value}`]
    })
    .join(',')
}
