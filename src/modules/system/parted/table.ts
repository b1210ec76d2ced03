import type { Value } from '../../../values/value.ts'

/** What `parted -m` prints of a disk, in one unit. */
export interface Table {
  readonly disk: { readonly [name: string]: Value }
  readonly partitions: readonly Partition[]
}

export type Partition = {
  readonly num: number
  readonly begin: Value
  readonly end: Value
  readonly size: Value
  readonly fstype: string
  readonly name: string
  readonly flags: string[]
  readonly unit: string
}

/** Reads what `parted -s -m DEVICE -- unit UNIT print` prints. Raises an Error for what makes no sense. */
export function readTable(text: string): Table {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/;$/, ''))
    .filter(Boolean)
  const start = lines.findIndex((line) => /^(BYT|CHS|CYL)$/.test(line))
  const [kind, disk, ...others] = start === -1 ? [] : lines.slice(start)
  const fields = disk?.split(':')
  if (kind === undefined || fields === undefined || fields.length < 7) throw senseless(text)
  const [dev, whole, , logical, physical, table, model] = fields
  const { value: size, unit } = readPlace(whole!)
  const hasGeometry = unit === 'chs' || unit === 'cyl'
  return {
    disk: {
      dev: dev!,
      size,
      unit,
      table: table!,
      model: model!,
      logical_block: Number(logical),
      physical_block: Number(physical),
      ...(hasGeometry && { chs_info: readGeometry(others[0] ?? '') }),
    },
    partitions: others.slice(hasGeometry ? 1 : 0).map((line) => readPartition(line, unit)),
  }
}

function senseless(text: string): Error {
  return new Error(`parted of the host answered what makes no sense: ${text.trim().slice(0, 200)}`)
}

function readPartition(line: string, unit: string): Partition {
  const [num, begin, end, ...rest] = line.split(':')
  if (end === undefined || !/^\d+$/.test(num ?? '')) throw senseless(line)
  // That of cylinders, heads and sectors tells no size.
  const [size, fstype = '', name = '', flags = ''] = unit === 'chs' ? [undefined, ...rest] : rest
  return {
    num: Number(num),
    begin: readPlace(begin!).value,
    end: readPlace(end).value,
    size: size === undefined ? '' : readPlace(size).value,
    fstype,
    name,
    flags: flags
      .split(',')
      .map((flag) => flag.trim())
      .filter(Boolean),
    unit,
  }
}

function readGeometry(line: string): { [name: string]: Value } {
  const [cylinders, heads, sectors, size = ''] = line.split(':')
  const { value, unit } = readPlace(size)
  return {
    cylinders: Number(cylinders),
    heads: Number(heads),
    sectors: Number(sectors),
    cyl_size: value,
    cyl_size_unit: unit,
  }
}

function readPlace(text: string): { value: Value; unit: string } {
  const chs = /^(\d+),(\d+),(\d+)$/.exec(text)
  if (chs !== null) {
    const [cylinder, head, sector] = chs.slice(1).map(Number)
    return { value: { cylinder: cylinder!, head: head!, sector: sector! }, unit: 'chs' }
  }
  const [, number, unit] = /^(-?[\d.]+) *([A-Za-z%]+)?$/.exec(text) ?? []
  if (number === undefined) throw senseless(text)
  return { value: Number(number), unit: (unit ?? '').toLowerCase() }
}

const FACTORS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
  // Without a unit of bytes, parted takes megabytes.
  compact: 1e6,
}

/** A place on a disk of so many bytes, in bytes; undefined for one that is told in cylinders. */
export function bytesAt(place: string, unit: string, disk: number, sector: number): number | undefined {
  const [, number = '', own] = /^(-?[\d.]+) *([A-Za-z%]+)?$/.exec(place) ?? []
  const called = (own ?? unit).toLowerCase()
  const factor = called === '%' ? disk / 100 : called === 's' ? sector : FACTORS[called]
  if (factor === undefined || number === '') return undefined
  const bytes = Number(number) * factor
  return bytes < 0 || number.startsWith('-') ? disk + bytes : bytes
}
