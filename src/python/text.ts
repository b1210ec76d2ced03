import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import { Float } from '../values/float.ts'
import { keysOf, nameOf } from '../values/keys.ts'
import { PythonError } from './errors.ts'
import { floatRepr } from './float-repr.ts'
import { PythonObject } from './object.ts'
import { DictView, Tuple } from './tuple.ts'
import { isDict } from './type-name.ts'
import { Undefined } from './undefined.ts'

/** A value as Python's `str` writes it: "True", "None", "['a', 1.0]". Raises an UndefinedError. */
export function str(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Undefined) value.fail()
  if (value instanceof PythonObject) return value.toString()
  return write(value, 0, [])
}

/** A value as Python's `repr` writes it: as `str`, and texts in quotes. */
export function repr(value: unknown): string {
  return write(value, 0, [])
}

/** `open` are the lists and dicts around, as one may hold itself. */
function write(value: unknown, depth: number, open: object[]): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : numberText(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'object':
      return value === null ? 'None' : writeObject(value, depth, open)
    default:
      return String(value)
  }
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(BigInt(value)) : floatRepr(value)
}

function writeObject(value: object, depth: number, open: object[]): string {
  if (value instanceof Float) return floatRepr(value.valueOf())
  if (value instanceof PythonObject) return value.repr()
  if (value instanceof Undefined) return undefinedText(value, depth, open)
  const isList = Array.isArray(value)
  if (!isList && !isDict(value)) return String(value)
  if (open.includes(value)) return isList ? '[...]' : '{...}'
  if (depth >= DEEPEST) throw new PythonError('ValueError', `the value is ${TOO_DEEP}`)
  open.push(value)
  const text = isList ? listText(value, depth, open) : dictText(value, depth, open)
  open.pop()
  return text
}

function listText(list: readonly unknown[], depth: number, open: object[]): string {
  const items: string[] = []
  for (const item of list) items.push(write(item, depth + 1, open))
  const text = items.join(', ')
  if (list instanceof Tuple) return items.length === 1 ? `(${text},)` : `(${text})`
  return list instanceof DictView ? `${list.kind}([${text}])` : `[${text}]`
}

function dictText(map: { [name: string]: unknown }, depth: number, open: object[]): string {
  const entries: string[] = []
  for (const key of keysOf(map))
    entries.push(`${write(key, depth, open)}: ${write(map[nameOf(key)], depth + 1, open)}`)
  return `{${entries.join(', ')}}`
}

/** As Ansible writes one within a list; alone, it raises. */
function undefinedText({ missing }: Undefined, depth: number, open: object[]): string {
  const of = 'of' in missing ? write(missing.of, depth + 1, open) : 'missing'
  const [hint, name] = [missing.hint ?? null, missing.name ?? null].map((part) => write(part, depth, open))
  return `AnsibleUndefined(hint=${hint}, obj=${of}, name=${name})`
}

// The blank, and ASCII that prints, but ' and \.
const PLAIN = /^[ -&(-[\]-~]*$/
const SPECIAL = /[\\\x00-\x1f\x7f-\u{10ffff}]/gu
const NOT_PRINTED = /^[\p{C}\p{Z}]$/u
const ESCAPES: { readonly [char: string]: string } = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quoted(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(
    SPECIAL,
    (char) => ESCAPES[char] ?? (NOT_PRINTED.test(char) ? escapeOf(char) : char),
  )
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`
}

function escapeOf(char: string): string {
  const code = char.codePointAt(0)!
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** As Python's `ascii` writes a value: `repr` with all that is not ASCII escaped. */
export function ascii(value: unknown): string {
  return repr(value).replace(/[^\x00-\x7f]/gu, escapeOf)
}

/** Whether Python prints all characters of a text as they are. */
export function isPrintable(text: string): boolean {
  return !/[^ \P{Z}]|\p{C}/u.test(text)
}
