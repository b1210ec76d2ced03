import { intOf } from '../../../../python/numbers.ts'
import { toFloatValue, toInt } from '../../../../python/parse-number.ts'
import { str } from '../../../../python/text.ts'
import { typeName } from '../../../../python/type-name.ts'
import { toBoolean } from '../../../../values/truth.ts'
import { isMap, type Value } from '../../../../values/value.ts'

type Converter = (value: Value) => Value

/** What the types of an argument spec make of a value. Each throws an Error in Ansible's words. */
const CONVERTERS: Readonly<Record<string, Converter>> = {
  str: (value) => str(value),
  path: (value) => str(value),
  raw: (value) => value,
  list: toList,
  dict: toDict,
  bool: toBool,
  int: toWhole,
  float: toReal,
  bytes: (value) => toSize(value, 'Byte'),
  bits: (value) => toSize(value, 'bit'),
  json: toJson,
  jsonarg: toJson,
}

/** The types that an option can have. */
export const OPTION_TYPES = Object.keys(CONVERTERS)

/** A value as the type of an option takes it. Throws an Error in Ansible's words. */
export function converted(value: Value, type: string): Value {
  const convert = Object.hasOwn(CONVERTERS, type) ? CONVERTERS[type] : undefined
  if (convert === undefined) throw new Error(`"${type}" is not a type of options`)
  return convert(value)
}

/** A value's type as Python prints it. */
export function classOf(value: Value): string {
  return `<class '${typeName(value)}'>`
}

function toList(value: Value): Value {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return value.split(',')
  if (intOf(value) !== undefined || typeName(value) === 'float') return [str(value)]
  throw cannot(value, 'a list')
}

function toDict(value: Value): Value {
  if (isMap(value)) return value
  if (typeof value !== 'string') throw cannot(value, 'a dict')
  if (value.startsWith('{')) return readDict(value)
  if (!value.includes('=')) throw new Error('dictionary requested, could not parse JSON or key=value')
  const words = value.trim().match(/(?:\\.|'[^']*'|"[^"]*"|[^\s,'"\\])+/g) ?? []
  return Object.fromEntries(
    words.map((word) => {
      const text = word.replace(/\\(.)|['"]/g, '$1')
      const at = text.indexOf('=')
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

function readDict(text: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    throw new Error('unable to evaluate string as dictionary')
  }
}

function toBool(value: Value): Value {
  if (typeof value === 'object') throw cannot(value, 'a bool')
  const truth = toBoolean(typeof value === 'string' ? value.trim() : value)
  if (truth !== undefined) return truth
  const valid = "'1', 'on', 1, '0', 0, 'n', 'f', 'false', 'true', 'y', 't', 'yes', 'no', 'off'"
  throw new Error(`The value '${str(value)}' is not a valid boolean.  Valid booleans include: ${valid}`)
}

function toWhole(value: Value): Value {
  if (intOf(value) !== undefined) return value
  try {
    if (typeof value === 'string') return toInt(value) as Value
  } catch {
    // It is told below.
  }
  throw cannot(value, 'an int')
}

function toReal(value: Value): Value {
  try {
    if (typeof value !== 'object' || typeName(value) === 'float') return toFloatValue(value) as Value
  } catch {
    // It is told below.
  }
  throw cannot(value, 'a float')
}

/** Sizes as in "10 MB", or "10 Mb" for bits. */
function toSize(value: Value, unit: 'Byte' | 'bit'): Value {
  const found = /^\s*(\d*\.?\d+|\d+\.)\s*([YZEPTGMK]?)([Bb]?|bytes?|bits?)\s*$/i.exec(str(value))
  if (found === null) throw cannot(value, unit === 'Byte' ? 'a Byte value' : 'a Bit value')
  const power = found[2] === '' ? 0 : 'KMGTPEZY'.indexOf(found[2]!.toUpperCase()) + 1
  return Math.round(Number(found[1]) * 1024 ** power)
}

function toJson(value: Value): Value {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  throw cannot(value, 'a json string')
}

function cannot(value: Value, what: string): Error {
  return new Error(`${classOf(value)} cannot be converted to ${what}`)
}
