import type { AddedFormat, Format, ShownFormat } from '../protocol/request.ts'

/** What the output looks like: the names of Ansible's callbacks of which one is in charge of it. */
export const SHOWN = [
  'default',
  'minimal',
  'oneline',
  'dense',
  'json',
  'jsonl',
] as const satisfies ShownFormat[]
/** What is done besides: the names of callbacks that are added to such a one. */
export const ADDED = ['tree', 'profile_tasks', 'timer'] as const satisfies AddedFormat[]

/** All of those names. */
export const FORMATS: readonly string[] = [...SHOWN, ...ADDED]

/** The name of a callback without that of its collection. */
export function plainName(name: string): string {
  return name.trim().replace(/^ansible\.(builtin|posix)\.|^community\.general\./, '')
}

/** What `--format` names, with commas between. Raises an Error that says what is expected. */
export function readFormat(text: string): Format {
  const words = text.split(',').map(plainName)
  const shown = SHOWN.filter((name) => words.includes(name))
  const added = ADDED.filter((name) => words.includes(name))
  if (shown.length > 1) throw new Error(`${shown.join(' and ')} exclude each other.`)
  if (!words.every((word) => FORMATS.includes(word)))
    throw new Error(`It is one of ${SHOWN.join(', ')}, and any of ${ADDED.join(', ')}, with commas between.`)
  return { shown: shown[0] ?? 'default', added }
}
