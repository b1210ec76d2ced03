/** A size as a task gives it. */
export type Size =
  | { readonly kind: 'bytes'; readonly bytes: number; readonly sign: Sign; readonly words: string }
  | {
      readonly kind: 'percent'
      readonly percent: number
      readonly of: 'VG' | 'PVS' | 'FREE'
      readonly sign: Sign
      readonly words: string
    }

type Sign = '' | '+' | '-'

const UNITS = 'kmgtpe'

/** Reads a size: megabytes, a number with a unit, or a percentage. Raises an Error for any other. */
export function readSize(text: string): Size {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text)!
  const percentage = /^(\d+)%(.*)$/s.exec(rest)
  if (percentage !== null) return readPercentage(percentage, sign as Sign)
  const [, number, unit = ''] = /^(\d+(?:\.\d*)?)([bskmgtpe]?)$/i.exec(rest) ?? []
  if (number === undefined) throw new Error(`Bad size specification of '${text}'`)
  const small = { b: 1, s: 512 }[unit.toLowerCase()]
  const factor = small ?? 1024 ** (UNITS.indexOf(unit.toLowerCase() || 'm') + 1)
  const words = `${number}${unit || 'm'}`
  return { kind: 'bytes', bytes: Number(number) * factor, sign: sign as Sign, words }
}

function readPercentage([words, number, of]: RegExpExecArray, sign: Sign): Size {
  const percent = Number(number)
  if (percent > 100) throw new Error('Size percentage cannot be larger than 100%')
  if (of === 'ORIGIN') throw new Error('Snapshot Volumes are not supported')
  if (of !== 'VG' && of !== 'PVS' && of !== 'FREE')
    throw new Error('Specify extents as a percentage of VG|PVS|FREE')
  return { kind: 'percent', percent, of, sign, words }
}

/** The words of LVM's programs for a size. */
export function sizeWords(size: Size): [option: string, size: string] {
  return [size.kind === 'percent' ? '-l' : '-L', `${size.sign}${size.words}`]
}

/** Bytes, all. */
export interface Group {
  readonly size: number
  readonly free: number
  readonly extent: number
}

/** How many bytes a volume of `present` bytes is to have: whole extents. */
export function wantedBytes(size: Size, present: number, { size: all, free, extent }: Group): number {
  const by = (bytes: number) =>
    size.sign === '+' ? present + bytes : size.sign === '-' ? present - bytes : bytes
  if (size.kind === 'bytes') return Math.ceil(by(size.bytes) / extent) * extent
  const bytes = by((size.percent * (size.of === 'FREE' ? free : all)) / 100)
  return Math.floor(bytes / extent) * extent
}
