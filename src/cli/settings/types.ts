import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { readColor } from '../../report/colors.ts'
import type { SourceSpan } from '../../values/source.ts'
import { toBoolean } from '../../values/truth.ts'

/** A setting as it was written: one text, or the texts of a list in YAML. */
export type Written = string | readonly string[]

/** What a setting takes. */
export interface Type<T> {
  /** For people: "number", "list of paths". */
  readonly name: string
  /** `folder` is where relative paths begin. Raises an Error whose sentence says what is expected. */
  read(written: Written, folder: string): T
}

export const text: Type<string> = { name: 'text', read: single }

export const truth: Type<boolean> = {
  name: 'true or false',
  read: (written) => {
    const word = single(written)
    const value = word === '' ? false : toBoolean(word)
    if (value === undefined) throw new Error('true or false is expected')
    return value
  },
}

export const list: Type<readonly string[]> = { name: 'list', read: (written) => words(written, ',') }

export const path: Type<string> = {
  name: 'path',
  read: (written, folder) => absolute(single(written), folder),
}

/** Inventories, separated by commas in one text. */
export const paths: Type<readonly string[]> = {
  name: 'list of paths',
  read: (written, folder) => words(written, ',').map((word) => absolute(word, folder)),
}

/** Folders to search, separated by colons in one text. */
export const searchPath: Type<readonly string[]> = {
  name: 'list of folders',
  read: (written, folder) => words(written, /[,:]/).map((word) => absolute(word, folder)),
}

/** A number above 0, and no more than `most`. */
export function number(most = Number.POSITIVE_INFINITY): Type<number> {
  const expected =
    most === Number.POSITIVE_INFINITY
      ? 'a number above 0 is expected'
      : `a number from 1 to ${most} is expected`
  return numeric((value) => value > 0 && value <= most, expected)
}

export const count: Type<number> = numeric(
  (value) => Number.isInteger(value) && value >= 0,
  'a whole number from 0 on is expected',
)

export function choice<const T extends string>(...known: T[]): Type<T> {
  const names = known.length === 1 ? known[0]! : `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`
  return {
    name: names,
    read: (written) => {
      const word = single(written).replace(/^ansible\.builtin\./, '')
      const value = known.find((one) => one === word)
      if (value === undefined) throw new Error(`${names} is expected`)
      return value
    },
  }
}

/** One of Ansible's names of colours; its code for terminals is given (ECMA-48, SGR). */
export const color: Type<string> = { name: 'colour', read: (written) => readColor(single(written)) }

function numeric(isRight: (value: number) => boolean, expected: string): Type<number> {
  return {
    name: 'number',
    read: (written) => {
      const value = Number(single(written) || Number.NaN)
      if (!isRight(value)) throw new Error(expected)
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
