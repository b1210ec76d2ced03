/** What the output looks like: the names of Ansible's callbacks of which one is in charge of it. */
const SHOWN = ['default', 'minimal', 'oneline', 'dense', 'json', 'jsonl'] as const
/** What is done besides: the names of callbacks that are added to such a one. */
const ADDED = ['tree', 'profile_tasks', 'timer'] as const

/** All of those names. */
export const FORMATS: readonly string[] = [...SHOWN, ...ADDED]

export type ShownFormat = (typeof SHOWN)[number]
export type AddedFormat = (typeof ADDED)[number]

export interface Format {
  readonly shown: ShownFormat
  readonly added: readonly AddedFormat[]
}

/** What `--format` names, with commas between. Raises an Error that says what is expected. */
export function readFormat(text: string): Format {
  const words = text
    .split(',')
    .map((word) => word.trim().replace(/^ansible\.(builtin|posix)\.|^community\.general\./, ''))
  const shown = SHOWN.filter((name) => words.includes(name))
  const added = ADDED.filter((name) => words.includes(name))
  if (shown.length > 1) throw new Error(`${shown.join(' and ')} exclude each other.`)
  if (words.some((word) => !FORMATS.includes(word)))
    throw new Error(`It is one of ${SHOWN.join(', ')}, and any of ${ADDED.join(', ')}, with commas between.`)
  return { shown: shown[0] ?? 'default', added }
}
