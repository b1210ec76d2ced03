import { DEEPEST, TOO_DEEP } from '../../values/depth.ts'
import { Float } from '../../values/float.ts'
import { type Key, keysOf, nameOf } from '../../values/keys.ts'
import { floatRepr } from '../float-repr.ts'
import { PythonObject } from '../object.ts'
import { compare } from '../order.ts'
import { Undefined } from '../undefined.ts'

/** The keyword arguments of Python's `json.dumps`, with its defaults. */
export interface JsonOptions {
  /** Blanks, or the text itself, that a level is indented by; null for one line. */
  readonly indent?: number | string | null
  readonly sort_keys?: boolean
  readonly ensure_ascii?: boolean
  readonly allow_nan?: boolean
  /** What stands between items, and between a key and its value. */
  readonly separators?: readonly [string, string] | null
}

/** A value as JSON, to the byte as Python's `json.dumps` writes it. Throws what Python refuses. */
export function dumpJson(value: unknown, options: JsonOptions = {}): string {
  const { indent = null, ensure_ascii: ascii = true, allow_nan: allowNan = true } = options
  const step = typeof indent === 'number' ? ' '.repeat(Math.max(0, indent)) : indent
  const [comma, colon] = options.separators ?? [step === null ? ', ' : ',', ': ']
  const open = new Set<object>()

  const scalar = (part: unknown): string => {
    if (part === null || typeof part === 'boolean') return String(part)
    if (typeof part === 'string') return quoted(part, ascii)
    if (typeof part === 'bigint' || Number.isInteger(part)) return BigInt(part as bigint | number).toString()
    if (typeof part === 'number' || part instanceof Float) return floatText(part.valueOf(), allowNan)
    throw new Error(`JSON cannot hold a ${typeof part}`)
  }

  const keyText = (key: Key | Float): string => (typeof key === 'string' ? key : scalar(key))

  const collection = (ends: string, parts: readonly string[], depth: number): string => {
    if (parts.length === 0) return ends
    const [before, after] =
      step === null ? ['', ''] : [`\n${step.repeat(depth + 1)}`, `\n${step.repeat(depth)}`]
    return `${ends[0]}${before}${parts.join(`${comma}${before}`)}${after}${ends[1]}`
  }

  const visit = (part: unknown, depth: number): string => {
    if (typeof part !== 'object' || part === null || part instanceof Float) return scalar(part)
    if (part instanceof PythonObject) return quoted(part.toJsonText(), ascii)
    if (part instanceof Undefined) part.fail()
    if (open.has(part)) throw new Error('this value holds itself; JSON cannot say that')
    if (depth > DEEPEST) throw new Error(`this value is ${TOO_DEEP}`)
    open.add(part)
    const text = Array.isArray(part)
      ? collection(
          '[]',
          Array.from(part, (item) => visit(item, depth + 1)),
          depth,
        )
      : collection('{}', entries(part as { [name: string]: unknown }, depth), depth)
    open.delete(part)
    return text
  }

  const entries = (map: { [name: string]: unknown }, depth: number): string[] =>
    (options.sort_keys ? [...keysOf(map)].sort(compare) : keysOf(map)).map(
      (key) => `${quoted(keyText(key), ascii)}${colon}${visit(map[nameOf(key)], depth + 1)}`,
    )

  return visit(value, 0)
}

/** A value as JSON that can stand in HTML, as Jinja's `tojson` writes it. */
export function dumpHtmlSafeJson(value: unknown, options: JsonOptions = {}): string {
  return dumpJson(value, options).replace(
    /[<>&']/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function floatText(value: number, allowNan: boolean): string {
  if (Number.isFinite(value)) return floatRepr(value)
  if (!allowNan)
    throw new Error(`JSON has no ${Number.isNaN(value) ? 'NaN' : 'infinity'} (allow_nan is false)`)
  return String(value)
}

function quoted(text: string, ascii: boolean): string {
  return `"${text.replace(ascii ? NOT_BARE_ASCII : NOT_BARE, escaped)}"`
}

function escaped(char: string): string {
  return ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const NOT_BARE = /["\\\x00-\x1f]/g
const NOT_BARE_ASCII = /["\\]|[^ -~]/g

const ESCAPES: { readonly [char: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}
