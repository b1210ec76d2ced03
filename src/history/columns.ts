import type { SqlValue } from 'sql.js'
import type { Row } from './database.ts'

/** How a field stands in its column: a text, a number, true or false as 1 or 0, or any value as JSON. */
type Kind = 'text' | 'number' | 'flag' | 'json'

/** The fields of a table that are columns of the same name. */
export type Fields = Readonly<Record<string, Kind>>

/** What columns cannot give back: NUL ends a text there, and half of a surrogate pair is no character. */
const INEXACT = /[\0\p{Surrogate}]/u

/** A row for an object: the fields that are columns, and all others as JSON in the column "rest". */
export function rowOf(object: object, fields: Fields): Row {
  const row: Record<string, SqlValue> = {}
  const rest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue
    const column = fields[name] && inColumn(value, fields[name])
    if (column !== undefined) row[name] = column
    if (column === undefined || !isExact(value, fields[name]!)) rest[name] = value
  }
  return Object.keys(rest).length === 0 ? row : { ...row, rest: JSON.stringify(rest) }
}

/** The object of such a row. Raises a SyntaxError where JSON in it is damaged. */
export function objectOf(row: Row, fields: Fields): Record<string, unknown> {
  const told = Object.entries(fields).flatMap(([name, kind]) => {
    const value = row[name]
    return value === null || value === undefined ? [] : [[name, outOfColumn(value, kind)]]
  })
  return { ...Object.fromEntries(told), ...(typeof row.rest === 'string' && JSON.parse(row.rest)) }
}

function inColumn(value: unknown, kind: Kind): SqlValue | undefined {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : undefined
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'flag':
      return typeof value === 'boolean' ? Number(value) : undefined
    case 'json':
      return JSON.stringify(value)
  }
}

function isExact(value: unknown, kind: Kind): boolean {
  return kind !== 'text' || !INEXACT.test(value as string)
}

function outOfColumn(value: SqlValue, kind: Kind): unknown {
  if (kind === 'flag') return value === 1
  return kind === 'json' ? JSON.parse(String(value)) : value
}
