import { isSame, kibibytes } from '../differences.ts'
import { element, elementAt, withAttributes, withChildren, type XmlElement } from '../xml.ts'
import { type Device, deviceParts } from './device.ts'
import { DISK_FIELDS, disksOf } from './disks.ts'
import { INTERFACE_FIELDS, interfacesOf } from './interfaces.ts'
import { withMachine } from './machine.ts'
import type { Args } from './options.ts'
import { type Part, part, within } from './part.ts'
import { screenParts } from './screen.ts'

/** How a description, or a running guest, differs from what the arguments say; what they leave out may be as it is. */
export function partsOf(args: Args, root: XmlElement, isRunning = false): Part[] {
  const devices = [
    ...(args.disks === undefined ? [] : diskParts(disksOf(args.disks), root)),
    ...(args.vif === undefined ? [] : interfaceParts(interfacesOf(args.vif), root)),
  ]
  const all = [
    ...kindParts(args, root),
    ...memoryParts(args, root),
    ...cpuParts(args, root),
    ...bootParts(args, root),
    ...(['on_poweroff', 'on_reboot', 'on_crash'] as const).flatMap((event) =>
      textPart(event, args[event], root, []),
    ),
    ...devices,
    ...screenParts(args, root),
  ]
  return isRunning ? all.filter(({ isHidden }) => !isHidden) : all
}

function diskParts(wanted: readonly Device[], root: XmlElement): Part[] {
  const labels = (disks: readonly XmlElement[]) =>
    disks.map((disk) => elementAt(disk, 'target')?.attributes.dev ?? '')
  return deviceParts('disk', 'disk', DISK_FIELDS, wanted, root, labels)
}

function interfaceParts(wanted: readonly Device[], root: XmlElement): Part[] {
  const labels = (list: readonly XmlElement[]) => list.map((_, index) => String(index))
  return deviceParts('vif', 'interface', INTERFACE_FIELDS, wanted, root, labels)
}

/** A text below the root, "" for none. */
function textPart(
  name: string,
  after: string | undefined,
  root: XmlElement,
  path: readonly string[],
  child = name,
): Part[] {
  const before = elementAt(root, ...path, child)?.text ?? null
  const made = after ? [element(child, {}, [], after)] : []
  return part(name, before, after === '' ? null : after, (whole) =>
    within(whole, path, (parent) => withChildren(parent, child, made)),
  )
}

function kindParts({ type, arch, machine, firmware, cpu }: Args, root: XmlElement): Part[] {
  const os = elementAt(root, 'os')
  const is = elementAt(root, 'os', 'type')?.attributes ?? {}
  const isUefi =
    os?.attributes.firmware === 'efi' || elementAt(root, 'os', 'loader')?.attributes.type === 'pflash'
  const model = elementAt(root, 'cpu')
  const { mode = 'custom' } = model?.attributes ?? {}
  const known = mode === 'custom' ? model && elementAt(model, 'model')?.text : mode
  const made =
    cpu !== undefined && /^(host-passthrough|host-model|maximum)$/.test(cpu)
      ? element('cpu', { mode: cpu })
      : element('cpu', { mode: 'custom', match: 'exact' }, [
          element('model', { fallback: 'forbid' }, [], cpu),
        ])
  const sameMachine = machine !== undefined && isSame('machine', is.machine ?? '', machine)
  return [
    ...part('type', root.attributes.type ?? null, type, (whole) => withAttributes(whole, { type })),
    ...part('arch', is.arch ?? null, arch, (whole) => withMachine(whole, { arch })),
    ...(sameMachine
      ? []
      : part('machine', is.machine ?? null, machine, (whole) => withMachine(whole, { machine }))),
    ...part('firmware', isUefi ? 'uefi' : 'bios', firmware, (whole) => withFirmware(whole, firmware!), {
      isHidden: true,
    }),
    ...part('cpu', known ?? null, cpu, (whole) => withChildren(whole, 'cpu', [made]), { isHidden: true }),
  ]
}

function withFirmware(root: XmlElement, firmware: 'bios' | 'uefi'): XmlElement {
  return within(root, ['os'], (os) => {
    const bare = ['firmware', 'loader', 'nvram'].reduce((at, name) => withChildren(at, name, []), os)
    return withAttributes(bare, { firmware: firmware === 'uefi' ? 'efi' : undefined })
  })
}

/** What may be had at most follows what is had, unless it is told or was another one. */
function most(told: number | undefined, wanted: number | undefined, now: number, limit: number): number {
  if (told !== undefined) return told
  return limit === now ? (wanted ?? limit) : Math.max(limit, wanted ?? 0)
}

function memoryParts({ memory, maxmem }: Args, root: XmlElement): Part[] {
  const size = (name: string) => {
    const found = elementAt(root, name)
    return found && kibibytes(found)
  }
  const limit = size('memory') ?? 0
  const now = size('currentMemory') ?? limit
  const [wanted, told] = [inKibibytes(memory), inKibibytes(maxmem)]
  const then = most(told, wanted, now, limit)
  const put = (whole: XmlElement) =>
    Object.entries({ memory: then, currentMemory: Math.min(wanted ?? now, then) }).reduce(
      (at, [name, kib]) => withChildren(at, name, [element(name, { unit: 'KiB' }, [], String(kib))]),
      whole,
    )
  const live = wanted !== undefined && wanted <= limit ? { live: { memory: wanted } } : {}
  return [
    ...part('maxmem', mebibytes(limit), told && mebibytes(told), put),
    ...part('memory', mebibytes(now), wanted && mebibytes(wanted), put, live),
  ]
}

function inKibibytes(size: number | undefined): number | undefined {
  return size && size * 1024
}

function mebibytes(kib: number): string {
  return `${Math.round((kib / 1024) * 100) / 100} MiB`
}

function cpuParts({ vcpus, maxvcpus, cpus }: Args, root: XmlElement): Part[] {
  const is = elementAt(root, 'vcpu') ?? element('vcpu', {}, [], '1')
  const limit = Number(is.text)
  const now = Number(is.attributes.current ?? limit)
  const then = most(maxvcpus, vcpus, now, limit)
  const current = Math.min(vcpus ?? now, then)
  const put = (whole: XmlElement) =>
    within(whole, ['vcpu'], (vcpu) => ({
      ...withAttributes(vcpu, { current: current === then ? undefined : String(current) }),
      text: String(then),
    }))
  const live = vcpus !== undefined && vcpus <= limit ? { live: { vcpus } } : {}
  const used = is.attributes.cpuset
  return [
    ...part('maxvcpus', limit, maxvcpus, put),
    ...part('vcpus', now, vcpus, put, live),
    ...part('cpus', used === undefined ? 'all' : processors(used), cpus && processors(cpus), (whole) =>
      within(whole, ['vcpu'], (vcpu) =>
        withAttributes(vcpu, { cpuset: cpus === 'all' ? undefined : processors(cpus!) }),
      ),
    ),
  ]
}

/** Numbers and ranges as libvirt shows them. */
function processors(text: string): string {
  if (text === 'all') return text
  const found = new Set<number>()
  for (const [, no, first, last = first] of text.matchAll(/(\^?)(\d+)(?:-(\d+))?/g))
    for (let at = Number(first); at <= Math.min(Number(last), 65535); at++)
      if (no === '') found.add(at)
      else found.delete(at)
  const numbers = [...found].toSorted((a, b) => a - b)
  const starts = numbers.filter((number) => !found.has(number - 1))
  const ends = numbers.filter((number) => !found.has(number + 1))
  return starts.map((start, index) => (start === ends[index] ? start : `${start}-${ends[index]}`)).join(',')
}

function bootParts({ boot, kernel, ramdisk, cmdline }: Args, root: XmlElement): Part[] {
  const devices = elementAt(root, 'os')?.children.filter(({ name }) => name === 'boot') ?? []
  const before = devices.map(({ attributes }) => attributes.dev).join(' ') || null
  return [
    ...part('boot', before, boot && (boot.join(' ') || null), (whole) => {
      const made = boot!.map((dev) => element('boot', { dev: String(dev) }))
      // An order that devices have of their own and this one exclude each other.
      const freed = within(whole, ['devices'], (list) => ({
        ...list,
        children: list.children.map((device) => withChildren(device, 'boot', [])),
      }))
      return within(freed, ['os'], (os) => withChildren(os, 'boot', made))
    }),
    ...textPart('kernel', kernel, root, ['os']),
    ...textPart('ramdisk', ramdisk, root, ['os'], 'initrd'),
    ...textPart('cmdline', cmdline, root, ['os']),
  ]
}
