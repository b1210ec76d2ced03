import { itemsOf } from '../../python/sequence.ts'
import { str } from '../../python/text.ts'
import { isTruthy } from '../../python/truth.ts'
import { mapOf } from '../../values/keys.ts'
import { didYouMean } from '../../values/problem.ts'
import { text } from '../given.ts'

const DIALECTS: Readonly<Record<string, string>> = { excel: ',', 'excel-tab': '\t', unix: ',' }

/** The lines of CSV as maps of the names in the first line, or of names that are given. Raises an Error with a sentence. */
export function fromCsv(
  value: unknown,
  dialect: unknown,
  fieldNames: unknown,
  delimiter: unknown,
  skipBlanks: unknown,
  strict: unknown,
): unknown {
  const known = DIALECTS[str(dialect)]
  if (known === undefined) {
    const hint =
      didYouMean(str(dialect), Object.keys(DIALECTS)) ?? `take one of ${Object.keys(DIALECTS).join(', ')}`
    throw new Error(`there is no dialect of CSV "${str(dialect)}"; ${hint}`)
  }
  const sign = delimiter === null ? known : text(delimiter)
  if (Array.from(sign).length !== 1) throw new Error('the delimiter must be one character')
  const rows = rowsOf(text(value), sign, isTruthy(skipBlanks ?? false), isTruthy(strict ?? false)).filter(
    (row) => row.length > 0,
  )
  const names = fieldNames === null ? rows.shift() : itemsOf(fieldNames).map(str)
  if (names === undefined) return []
  return rows.map((row) =>
    mapOf([...names.map((name, index) => [name, row[index] ?? null] as const), ...rest(row, names)]),
  )
}

/** What stands behind the last name has none. */
function rest(row: readonly string[], names: readonly string[]): (readonly [null, unknown])[] {
  return row.length > names.length ? [[null, row.slice(names.length)]] : []
}

function rowsOf(csv: string, delimiter: string, skipBlanks: boolean, strict: boolean): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  const endRow = () => {
    rows.push(row)
    row = []
  }
  while (at < csv.length) {
    if (row.length === 0 && /^\r?\n|^\r/.test(csv.slice(at, at + 2))) {
      at += csv.startsWith('\r\n', at) ? 2 : 1
      endRow()
      continue
    }
    const [field, next] = fieldAt(csv, at, delimiter, skipBlanks, strict)
    row.push(field)
    at = next
    if (csv[at] === delimiter) {
      at += 1
      if (at === csv.length) row.push('')
      continue
    }
    if (csv[at] === '\r') at += 1
    if (csv[at] === '\n') at += 1
    endRow()
  }
  if (row.length > 0) endRow()
  return rows
}

function fieldAt(
  csv: string,
  from: number,
  delimiter: string,
  skipBlanks: boolean,
  strict: boolean,
): [string, number] {
  let at = from
  if (skipBlanks) while (csv[at] === ' ') at += 1
  let field = ''
  if (csv[at] === '"') {
    at += 1
    for (;;) {
      const end = csv.indexOf('"', at)
      if (end === -1) {
        if (strict) throw new Error('this is not CSV: a quote is missing')
        return [field + csv.slice(at), csv.length]
      }
      field += csv.slice(at, end)
      at = end + 1
      if (csv[at] !== '"') break
      field += '"'
      at += 1
    }
  }
  const start = at
  while (at < csv.length && csv[at] !== delimiter && csv[at] !== '\n' && csv[at] !== '\r') at += 1
  if (strict && field !== '' && at > start)
    throw new Error(`this is not CSV: "${delimiter}" is missing behind a quote`)
  return [field + csv.slice(start, at), at]
}
