import { str } from '../python/text.ts'
import { mapOf } from '../values/keys.ts'
import { toNumber } from '../values/number.ts'
import { didYouMean } from '../values/problem.ts'
import { toBoolean } from '../values/truth.ts'
import { isMap, type Value, type ValueMap } from '../values/value.ts'
import type { Option, OptionTypes } from './options.ts'

/**
 * A value as an option's type has it, converted as Ansible's modules convert what they are given. Raises an Error with
 * a sentence.
 */
export function convert(option: Option, value: unknown): unknown {
  if (option.preserve && value === 'preserve') return value
  const converted = convertType(option.type, value)
  const { choices } = option
  if (choices === undefined) return converted
  return Array.isArray(converted)
    ? converted.map((one) => chosen(String(one), option, choices))
    : chosen(String(converted), option, choices)
}

/** One of the choices. YAML makes a boolean of `yes`: it is the only choice that says the same. */
function chosen(text: string, { synonyms = {} }: Option, choices: readonly string[]): string {
  if (choices.includes(text)) return text
  if (Object.hasOwn(synonyms, text)) return synonyms[text]!
  const same = choices.filter((one) => /^(True|False)$/.test(text) && toBoolean(one) === toBoolean(text))
  if (same.length === 1) return same[0]!
  const hint = didYouMean(text, choices)
  throw new Error(`"${text}" is none of ${choices.join(', ')}${hint === undefined ? '' : `; ${hint}`}`)
}

function convertType(type: keyof OptionTypes, value: unknown): unknown {
  switch (type) {
    case 'str':
    case 'path':
      return str(value)
    case 'bool': {
      const truth = toBoolean(typeof value === 'string' ? value.trim() : (value as Value))
      if (truth === undefined) throw new Error(`${JSON.stringify(value)} is neither true nor false`)
      return truth
    }
    case 'int':
    case 'float':
      return numberOf(value as Value, type)
    case 'mode':
      return toMode(value)
    case 'strings':
      if (Array.isArray(value)) return value.map(str)
      if (isMap(value as Value)) throw new Error('expected a list, found a map')
      return str(value)
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    case 'list':
      return Array.isArray(value) ? value : [value]
    case 'map':
      return typeof value === 'string' ? readMap(value) : asMap(value)
    default:
      return value
  }
}

function numberOf(value: Value, type: 'int' | 'float'): number {
  const number = toNumber(value)
  if (number === undefined) throw new Error(`${JSON.stringify(value)} is not a number`)
  if (type === 'int' && !Number.isInteger(number)) throw new Error(`${number} is not a whole number`)
  return number
}

function asMap(value: unknown): ValueMap {
  if (!isMap(value as Value)) throw new Error(`${JSON.stringify(value)} is not a map of names to values`)
  return value as ValueMap
}

/** A map written as JSON or as `a=1, b="two words"`. */
function readMap(text: string): ValueMap {
  if (text.startsWith('{')) return asMap(parsed(text))
  const pairs = splitFields(text).map((field) => field.split(/=(.*)/s, 2) as [string, string | undefined])
  const entries = pairs.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  if (entries.length === 0 || entries.length < pairs.length) return asMap(text)
  return mapOf(entries)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Fields at commas and blanks outside of quotes, which go away; a backslash keeps the character behind it. */
function splitFields(text: string): string[] {
  const fields = text.match(/(?:\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^, ])+/gs) ?? []
  return fields.map((field) => field.replace(/\\(.)|["']/gs, (_, kept: string | undefined) => kept ?? ''))
}

// A decimal number with these digits is octal whose zero was forgotten; 420, 384, ... are what 0644, 0600 were read as.
const FORGOTTEN_ZERO = /^[0-7]?[4-7][0-7][0-7]$/
const COMMON = new Set([
  0o644, 0o640, 0o600, 0o664, 0o660, 0o755, 0o750, 0o700, 0o775, 0o770, 0o777, 0o400, 0o440, 0o444,
])

function toMode(value: unknown): string {
  if (typeof value === 'number') {
    const asWritten = String(value)
    if (FORGOTTEN_ZERO.test(asWritten) && !COMMON.has(value)) {
      throw new Error(
        `${asWritten} is a decimal number, which as permissions means ${value.toString(8)}; write "0${asWritten}"`,
      )
    }
    return value.toString(8).padStart(4, '0')
  }
  const text = str(value)
  const octal = /^(?:0o)?([0-7]{1,5})$/i.exec(text)?.[1]
  if (octal !== undefined) return octal.padStart(4, '0')
  if (/^([ugoa]*([-+=]([rwxXst]*|[ugo]))+)(,[ugoa]*([-+=]([rwxXst]*|[ugo]))+)*$/.test(text)) return text
  throw new Error(`"${text}" are no permissions; write octal such as "0644" or symbolic such as "u=rw,go=r"`)
}
