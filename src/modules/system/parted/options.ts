import { type ArgsOf, options } from '../../../sdk/options.ts'

const UNITS = [
  's',
  'B',
  'KB',
  'KiB',
  'MB',
  'MiB',
  'GB',
  'GiB',
  'TB',
  'TiB',
  '%',
  'cyl',
  'chs',
  'compact',
] as const

export const declared = options({
  device: { type: 'str', required: true, help: 'The disk, or a file that stands for one.' },
  number: { type: 'int', help: 'The partition; needed but for reading.' },
  state: {
    type: 'str',
    choices: ['absent', 'present', 'info'],
    default: 'info',
    help: 'Whether the partition is there; info only reads the table.',
  },
  label: {
    type: 'str',
    choices: ['aix', 'amiga', 'bsd', 'dvh', 'gpt', 'loop', 'mac', 'msdos', 'pc98', 'sun'],
    default: 'msdos',
    help: 'The kind of table; with another one the disk is made anew, and all partitions are lost.',
  },
  part_type: {
    type: 'str',
    choices: ['extended', 'logical', 'primary'],
    default: 'primary',
    help: 'The kind of a new partition.',
  },
  part_start: {
    type: 'str',
    default: '0%',
    help: 'Where a new partition starts; negative from the end of the disk.',
  },
  part_end: {
    type: 'str',
    default: '100%',
    help: 'Where a partition ends; negative from the end of the disk.',
  },
  fs_type: { type: 'str', help: 'The type of file system that a new partition is said to have.' },
  name: { type: 'str', help: 'The name of the partition, in tables that have names.' },
  flags: { type: 'strings', help: 'The flags of the partition; others are taken away.' },
  resize: { type: 'bool', default: false, help: 'Let a partition that is there end at part_end.' },
  align: {
    type: 'str',
    choices: ['cylinder', 'minimal', 'none', 'optimal', 'undefined'],
    default: 'optimal',
    help: 'How new partitions are aligned; undefined is as parted does by itself.',
  },
  unit: {
    type: 'str',
    choices: UNITS,
    default: 'KiB',
    help: 'The unit of what is told, and of places that have none.',
  },
})

export type Args = ArgsOf<typeof declared>

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { device, number, state, part_start, part_end, name, fs_type, flags = [] } = args
  const found: string[] = []
  if (device !== undefined && !/^\/[^\n]+$/.test(device))
    found.push(`device: ${JSON.stringify(device)} is not a whole path of a device`)
  if (number !== undefined && number < 1) found.push('The partition number must be greater then 0.')
  for (const [option, place] of Object.entries({ part_start, part_end })) {
    if (place !== undefined && !isPlace(place))
      found.push(`The argument '${option}' doesn't respect required format. The size unit is case sensitive.`)
  }
  if (name !== undefined && /["\n]/.test(name)) found.push('name holds a line break or a quotation mark')
  for (const word of [...flags, ...(fs_type === undefined ? [] : [fs_type])])
    if (!/^[A-Za-z][A-Za-z0-9_+()-]*$/.test(word))
      found.push(`${JSON.stringify(word)} is not a word of parted's`)
  if (complete && (state === 'present' || state === 'absent') && number === undefined)
    found.push(`state is ${state} but all of the following are missing: number`)
  return found
}

function isPlace(text: string): boolean {
  if (/^\d+,\d+,\d+$/.test(text)) return true
  const [, unit = ''] = /^-?\d+(?:\.\d*)?\s*([A-Za-z%]*)$/.exec(text) ?? []
  return /^-?\d/.test(text) && (unit === '' ? /\d\.?$/.test(text) : UNITS.some((one) => one === unit))
}
