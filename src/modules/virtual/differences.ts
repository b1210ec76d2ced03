import type { Change } from '../../sdk/module.ts'
import type { XmlElement } from './xml.ts'

/**
 * How a description that libvirt has differs from a wanted one. What the wanted one leaves out libvirt fills in, so only
 * what it never fills in is missed.
 */
export function xmlDifferences(wanted: XmlElement, is: XmlElement): Change[] {
  return elementDifferences('', wanted, is)
}

/** What libvirt adds to no description by itself: one more of these is a difference. */
const NEVER_ADDED = new Set([
  ...['title', 'description', 'memoryBacking', 'cputune', 'numatune', 'memtune', 'blkiotune', 'iothreads'],
  ...['kernel', 'initrd', 'cmdline', 'disk', 'interface', 'hostdev', 'filesystem', 'channel', 'tpm', 'shmem'],
  ...[
    'redirdev',
    'rng',
    'sound',
    'graphics',
    'parallel',
    'smartcard',
    'vsock',
    'vlan',
    'bandwidth',
    'filterref',
  ],
  ...['virtualport', 'mtu', 'readonly', 'shareable', 'iotune', 'encryption'],
])

/** Sizes are of one unit to libvirt, and it shows no password. */
const MEMORY = new Set(['memory', 'currentMemory', 'maxMemory'])
const UNSEEN = /^(passwd|xmlns(:.*)?|id)$/

function elementDifferences(path: string, wanted: XmlElement, is: XmlElement): Change[] {
  if (MEMORY.has(wanted.name)) {
    const [before, after] = [kibibytes(is), kibibytes(wanted)]
    return Object.is(before, after) ? [] : [{ what: path, before: `${before} KiB`, after: `${after} KiB` }]
  }
  const attributes = Object.entries(wanted.attributes).flatMap(([name, after]): Change[] => {
    const before = is.attributes[name] ?? null
    if (UNSEEN.test(name) || (before !== null && isSame(name, before, after))) return []
    return [{ what: `${path} ${name}`.trim(), before, after }]
  })
  const isText = wanted.children.length === 0 && wanted.text !== ''
  const text =
    isText && !isSame(wanted.name, is.text, wanted.text)
      ? [{ what: path, before: is.text, after: wanted.text }]
      : []
  const names = [...new Set([...wanted.children, ...is.children].map(({ name }) => name))]
  return [...attributes, ...text, ...names.flatMap((name) => childDifferences(path, name, wanted, is))]
}

/** Children of one name: each wanted one is looked for among those that are there, the most alike first. */
function childDifferences(path: string, name: string, wanted: XmlElement, is: XmlElement): Change[] {
  const left = is.children.filter((child) => child.name === name)
  const below = `${path} ${name}`.trim()
  const changes: Change[] = []
  for (const child of wanted.children.filter((one) => one.name === name)) {
    const compared = left.map((other) => elementDifferences(labelled(below, child), child, other))
    const least = Math.min(...compared.map(({ length }) => length))
    const at = compared.findIndex(({ length }) => length === least)
    if (at === -1) {
      changes.push({ what: labelled(below, child), before: null, after: summary(child) })
      continue
    }
    left.splice(at, 1)
    changes.push(...compared[at]!)
  }
  const more = NEVER_ADDED.has(name) ? left : []
  return [
    ...changes,
    ...more.map((one) => ({ what: labelled(below, one), before: summary(one), after: null })),
  ]
}

/** A device by what tells it from its like: the name of its target, or its address. */
function labelled(path: string, { children }: XmlElement): string {
  const of = (name: string, attribute: string) =>
    children.find((child) => child.name === name)?.attributes[attribute]
  const label = of('target', 'dev') ?? of('mac', 'address')
  const last = path.split(' ').slice(-1)
  return (label === undefined ? path : `${last} ${label}`).replace(/^devices /, '')
}

function summary({ name, attributes, children, text }: XmlElement): string {
  const inner = children.map(summary).join('')
  const shown = Object.entries(attributes).filter(([attribute]) => !UNSEEN.test(attribute))
  const head = [name, ...shown.map(([attribute, value]) => `${attribute}=${JSON.stringify(value)}`)].join(' ')
  return inner === '' && text === '' ? `<${head}/>` : `<${head}>${text}${inner}</${name}>`
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ b: 1, bytes: 1, KB: 1e3, k: 2 ** 10, KiB: 2 ** 10, MB: 1e6, M: 2 ** 20, MiB: 2 ** 20 },
  ...{ GB: 1e9, G: 2 ** 30, GiB: 2 ** 30, TB: 1e12, T: 2 ** 40, TiB: 2 ** 40 },
}

export function kibibytes({ attributes: { unit = 'KiB' }, text }: XmlElement): number {
  return Math.ceil((Number(text) * (UNITS[unit] ?? Number.NaN)) / 1024)
}

/** Machines of QEMU by the short names that stand for their newest version. */
const MACHINES: Readonly<Record<string, RegExp>> = {
  pc: /^pc-i440fx-/,
  q35: /^pc-q35-/,
  virt: /^virt-/,
}

/** Whether a value is the wanted one in the form in which libvirt shows it. */
export function isSame(name: string, before: string, after: string): boolean {
  if (name === 'machine' && MACHINES[after]?.test(before)) return true
  return canonical(before) === canonical(after)
}

/** Numbers, addresses of Ethernet and UUIDs in the form in which libvirt shows them. */
function canonical(text: string): string {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(text)) return String(Number(text))
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return text.toLowerCase()
  return /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text)
    ? text.toLowerCase().replaceAll('-', '')
    : text
}
