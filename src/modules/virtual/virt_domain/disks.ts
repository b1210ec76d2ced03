import { isMap, type Value } from '../../../values/value.ts'
import { mapProblems, textIn } from '../maps.ts'
import { element, elementAt, withAttributes, withChildren, type XmlElement } from '../xml.ts'
import type { Device, Field } from './device.ts'

const SHAPES = {
  vdev: /^(vd|sd|hd|xvd)[a-z]{1,2}$/,
  target: /^\/[^\0\n]*$/,
  format: /^[a-z0-9]+$/,
  access: /^(rw|ro)$/,
  devtype: /^(disk|cdrom)$/,
  bus: /^(virtio|scsi|sata|ide|usb|xen)$/,
  cache: /^(default|none|writethrough|writeback|directsync|unsafe)$/,
  discard: /^(unmap|ignore)$/,
}

/** What is wrong with the disks of a guest as they are written, a sentence each. */
export function diskProblems(disks: readonly Value[] | undefined): string[] {
  const names = (disks ?? []).flatMap((disk) => (isMap(disk) ? (textIn(disk, 'vdev') ?? []) : []))
  const twice = names.filter((name, index) => names.indexOf(name) < index)
  return [
    ...mapProblems('disks', 'disk', SHAPES, disks, (disk) => [
      ...(textIn(disk, 'vdev') === undefined ? ['needs a vdev'] : []),
      ...(textIn(disk, 'target') === undefined && textIn(disk, 'devtype') !== 'cdrom'
        ? ['needs a target']
        : []),
    ]),
    ...twice.map((name) => `disks: ${name} is there twice`),
  ]
}

/** What names of disks say about how they are attached. */
const BUSES: readonly (readonly [RegExp, string])[] = [
  [/^vd/, 'virtio'],
  [/^sd/, 'sata'],
  [/^hd/, 'ide'],
  [/^xvd/, 'xen'],
]

/** Disks of the arguments, each known by its vdev. */
export function disksOf(disks: readonly Value[]): Device[] {
  return disks.filter(isMap).map((disk): Device => {
    const vdev = textIn(disk, 'vdev')!
    const devtype = textIn(disk, 'devtype') ?? 'disk'
    const values = {
      devtype,
      target: textIn(disk, 'target') ?? null,
      format: textIn(disk, 'format') ?? 'raw',
      access: devtype === 'cdrom' ? 'ro' : (textIn(disk, 'access') ?? 'rw'),
      bus: textIn(disk, 'bus'),
      cache: textIn(disk, 'cache'),
      discard: textIn(disk, 'discard'),
    }
    const bus = BUSES.find(([pattern]) => pattern.test(vdev))![1]
    const target = element('target', { dev: vdev, bus: values.bus ?? bus })
    const blank = element('disk', { type: 'file', device: devtype }, [
      element('driver', { name: 'qemu' }),
      target,
    ])
    return { kind: 'disk', label: vdev, values, blank }
  })
}

/** Where the source of each kind of disk is told. */
const SOURCES: Readonly<Record<string, string>> = { file: 'file', block: 'dev', dir: 'dir' }

export const DISK_FIELDS: readonly Field[] = [
  {
    name: 'devtype',
    of: ({ attributes }) => attributes.device ?? 'disk',
    put: (disk, device) => withAttributes(disk, { device: device! }),
  },
  {
    name: 'target',
    of: targetOf,
    put(disk, target) {
      const block = target?.startsWith('/dev/')
      const type = block ? 'block' : 'file'
      const source = target === null ? [] : [element('source', { [SOURCES[type]!]: target })]
      // What was found out about the file before it is that of another one.
      const rest = withChildren(withChildren(disk, 'backingStore', []), 'source', source)
      return withAttributes(rest, { type })
    },
    isLive: (disk) => disk.attributes.device === 'cdrom',
  },
  driver('format', 'type', 'raw'),
  driver('cache', 'cache', 'default'),
  driver('discard', 'discard', 'ignore'),
  {
    name: 'access',
    of: (disk) => (elementAt(disk, 'readonly') === undefined ? 'rw' : 'ro'),
    put: (disk, access) => withChildren(disk, 'readonly', access === 'ro' ? [element('readonly')] : []),
  },
  {
    name: 'bus',
    of: (disk) => elementAt(disk, 'target')?.attributes.bus ?? null,
    put: (disk, bus) =>
      withChildren(withChildren(disk, 'address', []), 'target', [
        withAttributes(elementAt(disk, 'target')!, { bus: bus! }),
      ]),
  },
]

function targetOf({ attributes: { type = 'file' }, children }: XmlElement): string | null {
  const source = children.find(({ name }) => name === 'source')?.attributes
  if (source === undefined) return null
  const attribute = SOURCES[type]
  if (attribute !== undefined) return source[attribute] ?? null
  return [type, source.pool ?? source.protocol, source.volume ?? source.name].filter(Boolean).join(':')
}

function driver(name: string, attribute: string, standard: string): Field {
  const found = (disk: XmlElement) => elementAt(disk, 'driver') ?? element('driver', { name: 'qemu' })
  return {
    name,
    of: (disk) => found(disk).attributes[attribute] ?? standard,
    put: (disk, value) =>
      withChildren(disk, 'driver', [withAttributes(found(disk), { [attribute]: value! })]),
  }
}
