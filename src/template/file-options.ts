import { optionNames } from '../jinja/options.ts'
import { toBoolean } from '../values/truth.ts'
import type { Value, ValueMap } from '../values/value.ts'

/** How a file is written, if in another way than most: Jinja's options by the names that Ansible has for them. */
export type FileOptions = Readonly<Record<string, string | boolean>>

const FLAGS = ['trim_blocks', 'lstrip_blocks']
/** Line ends as they are written within quotes or without. */
const NEWLINES: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\r\\n': '\r\n' }

/** Whether an argument of that name says how a template is written. */
export function isFileOption(name: string): boolean {
  return Object.hasOwn(optionNames, name)
}

/** How a template is written, by the arguments of whoever renders it; undefined for as most. Throws an Error. */
export function fileOptionsIn(named: ValueMap): FileOptions | undefined {
  const given = Object.entries(named).filter(([name, value]) => isFileOption(name) && value !== null)
  if (given.length === 0) return undefined
  return Object.fromEntries(given.map(([name, value]) => [name, optionOf(name, value)]))
}

function optionOf(name: string, value: Value): string | boolean {
  if (FLAGS.includes(name)) return toBoolean(value) ?? false
  if (name !== 'newline_sequence') return String(value)
  const newline = NEWLINES[String(value)] ?? String(value)
  if (Object.values(NEWLINES).includes(newline)) return newline
  throw new Error(`newline_sequence is "\\n", "\\r" or "\\r\\n", and not ${JSON.stringify(value)}`)
}
