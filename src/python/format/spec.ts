import { PythonError } from '../errors.ts'
import { checkLength } from '../limits.ts'
import { textLength } from '../sequence.ts'
import { typeName } from '../type-name.ts'

/** A format specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`. */
export interface Spec {
  readonly fill: string
  readonly align: string | undefined
  readonly sign: string | undefined
  readonly noMinusZero: boolean
  readonly alternate: boolean
  readonly width: number
  readonly grouping: string | undefined
  readonly precision: number | undefined
  readonly type: string | undefined
}

const SPEC = /^(?:(.)?([<>=^]))?([ +-])?(z)?(#)?(0)?(\d+)?([,_]+)?(?:\.(\d+))?([^.])?$/su

/** Reads a format specification. Raises a ValueError; `value` is what is formatted. */
export function parseSpec(written: string, value: unknown): Spec {
  const read = SPEC.exec(written)
  if (read === null) throw invalidSpec(written, value)
  const [, fill, align, sign, z, alternate, zero, width, grouping, precision, type] = read
  if (grouping !== undefined && grouping.length > 1) {
    const message =
      grouping === ',,' || grouping === '__'
        ? `Cannot specify '${grouping[0]}' with '${grouping[1]}'.`
        : "Cannot specify both ',' and '_'."
    throw new PythonError('ValueError', message)
  }
  const wide = Number(width ?? 0)
  checkLength(wide, 'characters')
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero !== undefined && typeof value !== 'string' ? '=' : undefined),
    sign,
    noMinusZero: z !== undefined,
    alternate: alternate !== undefined,
    width: wide,
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  }
}

function invalidSpec(written: string, value: unknown): PythonError {
  const message = /\.(?!\d)/.test(written)
    ? 'Format specifier missing precision'
    : `Invalid format specifier '${written}' for object of type '${typeName(value)}'`
  return new PythonError('ValueError', message)
}

/** A text in its width. */
export function padded(text: string, { fill, align, width }: Spec, usual: '<' | '>'): string {
  const missing = width - textLength(text)
  if (missing <= 0) return text
  switch (align ?? usual) {
    case '<':
      return text + fill.repeat(missing)
    case '^':
      return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2))
    default:
      return fill.repeat(missing) + text
  }
}
