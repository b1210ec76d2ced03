import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { readColor } from '../../report/colors.ts'
import type { Takes } from '../../schema/settings.ts'
import { toPeriod } from '../../values/period.ts'
import type { SourceSpan } from '../../values/source.ts'
import { toBoolean } from '../../values/truth.ts'

/** A setting as it was written: one text, or the texts of a list in YAML. */
export type Written = string | readonly string[]

/** What a setting takes. */
export interface Type<T> {
  /** For people: "number", "list of paths". */
  readonly name: string
  /** For schemas. */
  readonly takes: Takes
  /** `folder` is where relative paths begin. Raises an Error whose sentence says what is expected. */
  read(written: Written, folder: string): T
}

export const text: Type<string> = { name: 'text', takes: { kind: 'text' }, read: single }

export const truth: Type<boolean> = {
  name: 'true or false',
  takes: { kind: 'truth' },
  read: (written) => {
    const word = single(written)
    const value = word === '' ? false : toBoolean(word)
    if (value === undefined) throw new Error('true or false is expected')
    return value
  },
}

/** A span of time, in seconds. */
export const period: Type<number> = {
  name: 'time, such as 60s, 5m or 0',
  takes: { kind: 'text' },
  read: (written) => {
    const value = toPeriod(single(written))
    if (value === undefined) throw new Error('a time is expected, such as 60s, 5m, 1h or 0')
    return value
  },
}

export const list: Type<readonly string[]> = {
  name: 'list',
  takes: { kind: 'list' },
  read: (written) => words(written, ','),
}

export const path: Type<string> = {
  name: 'path',
  takes: { kind: 'text' },
  read: (written, folder) => absolute(single(written), folder),
}

/** Inventories, separated by commas in one text. */
export const paths: Type<readonly string[]> = {
  name: 'list of paths',
  takes: { kind: 'list' },
  read: (written, folder) => words(written, ',').map((word) => absolute(word, folder)),
}

/** Folders to search, separated by colons in one text. */
export const searchPath: Type<readonly string[]> = {
  name: 'list of folders',
  takes: { kind: 'list' },
  read: (written, folder) => words(written, /[,:]/).map((word) => absolute(word, folder)),
}

/** A number above 0, and no more than `most`. */
export function number(most = Number.POSITIVE_INFINITY): Type<number> {
  const expected =
    most === Number.POSITIVE_INFINITY
      ? 'a number above 0 is expected'
      : `a number from 1 to ${most} is expected`
  return numeric({ kind: 'number', above: 0, most, whole: false }, expected)
}

export const count: Type<number> = numeric(
  { kind: 'number', above: -1, most: Number.POSITIVE_INFINITY, whole: true },
  'a whole number from 0 on is expected',
)

export function choice<const T extends string>(...known: T[]): Type<T> {
  const names = known.length === 1 ? known[0]! : `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`
  return {
    name: names,
    takes: { kind: 'choice', choices: known },
    read: (written) => {
      const word = single(written).replace(/^ansible\.builtin\./, '')
      const value = known.find((one) => one === word)
      if (value === undefined) throw new Error(`${names} is expected`)
      return value
    },
  }
}

/** One of Ansible's names of colours; its code for terminals is given (ECMA-48, SGR). */
export const color: Type<string> = {
  name: 'colour',
  takes: { kind: 'text' },
  read: (written) => readColor(single(written)),
}

function numeric(takes: Takes & { readonly kind: 'number' }, expected: string): Type<number> {
  const { above, most, whole } = takes
  return {
    name: 'number',
    takes,
    read: (written) => {
      const value = Number(single(written) || Number.NaN)
      const isRight = value > above && value <= most && (!whole || Number.isInteger(value))
      if (!isRight) throw new Error(expected)
      return value
    },
  }
}

function single(written: Written): string {
  if (typeof written === 'string') return written.trim()
  throw new Error('a single value is expected')
}

function words(written: Written, separator: string | RegExp): string[] {
  const texts = typeof written === 'string' ? written.split(separator) : written
  return texts.map((word) => word.trim()).filter(Boolean)
}

/** A path as Ansible reads it: `~`, `$NAME` and the macros of ansible.cfg stand for something. */
function absolute(written: string, folder: string): string {
  const expanded = written
    .replaceAll('{{CWD}}', process.cwd())
    .replace(/\{\{ *ANSIBLE_HOME *\}\}/g, process.env.ANSIBLE_HOME ?? '~/.ansible')
    .replaceAll('%(here)s', folder)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, plain, braced) => process.env[plain ?? braced] ?? whole)
    .replace(/^~(?=\/|$)/, homedir())
  return resolve(folder, expanded)
}

/** What one place says of a setting. */
export interface Found {
  readonly written: Written
  /** The file or the variable of the environment, for people. */
  readonly from: string
  readonly folder: string
  readonly place?: SourceSpan
}
