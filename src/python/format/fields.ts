import { PythonError } from '../errors.ts'
import { checkLength } from '../limits.ts'
import { PythonObject } from '../object.ts'
import { itemOf } from '../slices.ts'
import { ascii, repr, str } from '../text.ts'
import { isDict, typeName } from '../type-name.ts'
import { Undefined } from '../undefined.ts'
import { format } from './value.ts'

/** What the fields of a text are filled with. */
export interface FieldValues {
  readonly args: readonly unknown[]
  readonly named: { readonly [name: string]: unknown }
}

/**
 * Python's `text.format(...)`: {}, {0}, {name}, {a[0]}, {a!r:>5}, {{ and }}. Raises what Python raises, and refuses
 * attributes, as values have none that a text may read, but those of dates.
 */
export function formatFields(text: string, values: FieldValues): string {
  return filled(text, new Filling(values), 2)
}

/** Takes the values of fields, and counts those without a name. */
class Filling {
  readonly #values: FieldValues
  #next: number | undefined
  #isNumbered = false

  constructor(values: FieldValues) {
    this.#values = values
  }

  /** The value of a field's name, such as `a.b[0]`. */
  value(name: string): unknown {
    const first = /^[^.[]*/.exec(name)![0]
    return stepInto(this.#first(first), name.slice(first.length))
  }

  #first(name: string): unknown {
    const { args, named } = this.#values
    if (name !== '' && !/^\d+$/.test(name)) {
      if (Object.hasOwn(named, name)) return named[name]
      throw new PythonError('KeyError', repr(name))
    }
    const index = name === '' ? this.#automatic() : this.#numbered(name)
    if (index < args.length) return args[index]
    const message = `Replacement index ${index} out of range for positional args tuple`
    throw new PythonError('IndexError', message)
  }

  #automatic(): number {
    if (this.#isNumbered) {
      const message = 'cannot switch from manual field specification to automatic field numbering'
      throw new PythonError('ValueError', message)
    }
    this.#next = (this.#next ?? -1) + 1
    return this.#next
  }

  #numbered(name: string): number {
    if (this.#next !== undefined) {
      const message = 'cannot switch from automatic field numbering to manual field specification'
      throw new PythonError('ValueError', message)
    }
    this.#isNumbered = true
    return Number(name)
  }
}

const STEP = /\.([^.[]*)|\[([^\]]*)\]/y

function stepInto(start: unknown, path: string): unknown {
  let value = start
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const at = STEP.lastIndex
    const step = STEP.exec(path)
    if (step === null) {
      const message =
        path[at] === '['
          ? "Missing ']' in format string"
          : "Only '.' or '[' may follow ']' in format field specifier"
      throw invalid(message)
    }
    if ((step[1] ?? step[2]) === '') throw invalid('Empty attribute in format string')
    const end = STEP.lastIndex
    value = step[1] === undefined ? item(value, step[2]!) : attribute(value, step[1])
    STEP.lastIndex = end
  }
  return value
}

function item(value: unknown, written: string): unknown {
  const key = /^\d+$/.test(written) ? Number(written) : written
  const found = itemOf(value, key)
  if (found !== undefined) return found
  if (isDict(value)) throw new PythonError('KeyError', repr(key))
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new PythonError('TypeError', `'${typeName(value)}' object is not subscriptable`)
  const type = typeName(value)
  const name = type === 'str' ? 'string' : type
  if (typeof key === 'number') throw new PythonError('IndexError', `${name} index out of range`)
  throw new PythonError(
    'TypeError',
    `${name} indices must be integers${type === 'str' ? '' : ' or slices'}, not ${type === 'str' ? "'str'" : 'str'}`,
  )
}

function attribute(value: unknown, name: string): unknown {
  if (value instanceof Undefined) return value
  const found = value instanceof PythonObject && !name.startsWith('_') ? value.attribute(name) : undefined
  if (found !== undefined && typeof found !== 'function') return found
  const entry = isDict(value) ? `; an entry is written [${name}]` : ''
  throw new PythonError('AttributeError', `'${typeName(value)}' object has no attribute '${name}'${entry}`)
}

function filled(text: string, filling: Filling, depth: number): string {
  if (depth === 0) throw invalid('Max string recursion exceeded')
  let result = ''
  let from = 0
  while (from < text.length) {
    const at = nextBrace(text, from)
    result += text.slice(from, at)
    if (at === text.length) break
    if (text[at + 1] === text[at]) {
      result += text[at]
      from = at + 2
      continue
    }
    if (text[at] === '}') throw invalid("Single '}' encountered in format string")
    if (at + 1 === text.length) throw invalid("Single '{' encountered in format string")
    const end = endOfField(text, at)
    result += field(text.slice(at + 1, end), filling, depth)
    checkLength(result.length, 'characters')
    from = end + 1
  }
  return result
}

function nextBrace(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '{' && text[at] !== '}') at += 1
  return at
}

/** Fields may hold fields; within [ ] braces mean nothing. */
function endOfField(text: string, open: number): number {
  let depth = 0
  let isItem = false
  for (let at = open; at < text.length; at += 1) {
    const char = text[at]
    if (char === '[') isItem = true
    else if (char === ']') isItem = false
    else if (isItem) continue
    else if (char === '{') depth += 1
    else if (char === '}') depth -= 1
    if (depth === 0) return at
  }
  throw invalid("expected '}' before end of string")
}

const FIELD = /^((?:\[[^\]]*\]|[^!:[{}])*)(?:!([\s\S]?)(?=:|$))?(?::([\s\S]*))?$/

function field(written: string, filling: Filling, depth: number): string {
  const read = FIELD.exec(written)
  if (read === null) throw fieldFault(written)
  const [, name, conversion, spec = ''] = read
  const value = convert(filling.value(name!), conversion)
  return format(value, spec.includes('{') || spec.includes('}') ? filled(spec, filling, depth - 1) : spec)
}

function fieldFault(written: string): PythonError {
  if (/^[^:]*!./s.test(written)) return invalid("expected ':' after conversion specifier")
  return invalid(written.includes('{') ? "unexpected '{' in field name" : "expected '}' before end of string")
}

function convert(value: unknown, conversion: string | undefined): unknown {
  switch (conversion) {
    case undefined:
      return value
    case 'r':
      return repr(value)
    case 's':
      return str(value)
    case 'a':
      return ascii(value)
    case '':
      throw invalid("unmatched '{' in format spec")
    default:
      throw invalid(`Unknown conversion specifier ${conversion}`)
  }
}

function invalid(message: string): PythonError {
  return new PythonError('ValueError', message)
}
