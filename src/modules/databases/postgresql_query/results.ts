import { loadJson } from '../../../python/json/load.ts'
import { Float } from '../../../values/float.ts'
import { mapOf } from '../../../values/keys.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { NULL } from './script.ts'
import { isPrepared, statementsOf } from './statements.ts'

interface Result {
  /** Undefined where there are no columns. */
  readonly rows: readonly ValueMap[] | undefined
  readonly rowcount: number
  /** What the server says of it: INSERT 0 1. */
  readonly status: string
}

/** What queries have come to, of what their script has printed; undefined if they were not carried out. */
export function resultsIn(printed: string, queries: readonly string[]): Result[] | undefined {
  const mark = /^([0-9a-f]{32})\n/.exec(printed)?.[1]
  if (mark === undefined) throw new Error('psql did not print what it was asked for')
  const sections = printed.split(`${mark}\n`).slice(1, -1)
  if (sections.length === 0) return undefined
  return queries.map((query) => {
    const statements = statementsOf(query)
    const [only] = statements
    if (only === undefined) return { rows: undefined, rowcount: 0, status: sections.shift() ?? '' }
    const isTyped = statements.length === 1 && isPrepared(only)
    const columns = isTyped ? columnsIn(sections.shift() ?? '') : undefined
    const section = sections.shift()
    if (section === undefined) throw new Error('psql did not print the result of every query')
    const { rows, tag } = columns === undefined ? plainRows(section) : typedRows(section, columns)
    const rowcount = rows?.length ?? Number(/ (\d+)$/.exec(tag)?.[1] ?? 0)
    const verb = statements.at(-1)!.verb
    const status = tag || (isTyped ? `SELECT ${rowcount}` : verb === 'SELECT' ? `SELECT ${rowcount}` : verb)
    return { rows, rowcount, status }
  })
}

type Column = readonly [name: string, type: string]

function columnsIn(section: string): Column[] {
  const [, , ...fields] = section.split('\0').slice(0, -1)
  return pairs(fields)
}

function pairs(fields: readonly string[]): Column[] {
  return fields.flatMap((field, index) =>
    index % 2 === 0 ? [[field, fields[index + 1] ?? ''] as const] : [],
  )
}

interface Rows {
  readonly rows: ValueMap[] | undefined
  readonly tag: string
}

function typedRows(section: string, columns: readonly Column[]): Rows {
  if (columns.length === 0) return { rows: undefined, tag: section.trim() }
  const fields = section.split('\0')
  const tag = fields.pop()!.trim()
  if (fields.length % columns.length !== 0) throw new Error('psql printed rows of another width')
  const rows: ValueMap[] = []
  for (let at = columns.length; at < fields.length; at += columns.length)
    rows.push(
      mapOf(columns.map(([name, type], index) => [name, fieldOf(fields[at + index]!, type)] as const)),
    )
  return { rows, tag }
}

/** Rows whose types are not known. */
function plainRows(section: string): Rows {
  const records = section.split('\0')
  const tag = records.pop()!.trim()
  const [header, ...rest] = records.map((record) => record.split('\u001f'))
  if (header === undefined) return { rows: undefined, tag }
  const row = (fields: readonly string[]) =>
    mapOf(header.map((name, index) => [name, fieldOf(fields[index] ?? NULL, 'text')] as const))
  return { rows: rest.map(row), tag }
}

function fieldOf(text: string, type: string): Value {
  if (text === NULL) return null
  if (type.endsWith('[]')) return arrayIn(text, type.slice(0, -2))
  const [name] = type.split('(') as [string]
  if (type === 'boolean') return text === 't'
  if (INTEGERS.has(type)) return Number.isSafeInteger(Number(text)) ? Number(text) : text
  if (['numeric', 'real', 'double precision'].includes(name))
    return Number.isFinite(Number(text)) ? Float.of(Number(text)) : text
  if (type === 'json' || type === 'jsonb') return loadJson(text) as Value
  return name.startsWith('timestamp') ? isoOf(text) : text
}

const INTEGERS = new Set(['smallint', 'integer', 'bigint', 'oid'])

/** A time as Python writes it: 2020-01-02T03:04:05.600000+00:00. */
function isoOf(text: string): string {
  const found = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d)?(:\d\d)?$/.exec(text)
  if (found === null) return text
  const [, day, time, fraction, hours, minutes = ':00'] = found
  const parts = fraction === undefined ? '' : fraction.padEnd(7, '0')
  return `${day}T${time}${parts}${hours === undefined ? '' : hours + minutes}`
}

/** A server has no arrays of more. */
const DIMENSIONS = 6

/** An array as the server writes it; the text itself if its indices do not begin at 1. */
function arrayIn(text: string, type: string): Value {
  if (!text.startsWith('{')) return text
  let at = 0
  const list = (depth: number): Value[] => {
    if (depth > DIMENSIONS) throw new Error('psql printed an array that cannot be read')
    const values: Value[] = []
    for (at += 1; text[at] !== '}' && at < text.length; ) {
      if (text[at] === ',') at += 1
      else if (text[at] === '{') values.push(list(depth + 1))
      else values.push(element())
    }
    at += 1
    return values
  }
  const element = (): Value => {
    const written = /"(?:\\[\s\S]|[^"\\])*"|(?:\\[\s\S]|[^,{}"\\])+/y
    written.lastIndex = at
    const word = written.exec(text)?.[0]
    if (word === undefined) throw new Error('psql printed an array that cannot be read')
    at += word.length
    if (word === 'NULL') return null
    return fieldOf((word.startsWith('"') ? word.slice(1, -1) : word).replace(/\\([\s\S])/g, '$1'), type)
  }
  return list(1)
}

/** Whether something has changed: a query that gives rows alone changes nothing, nor one that finds none to change. */
export function hasChanged({ rows, status }: Result): boolean {
  const [verb] = status.split(' ')
  if (['UPDATE', 'INSERT', 'DELETE', 'MERGE'].includes(verb!)) return !/ 0$/.test(status)
  return rows === undefined
    ? status !== ''
    : !['SELECT', 'SHOW', 'EXPLAIN', 'VALUES', 'TABLE', 'WITH'].includes(verb!)
}

/** The results in Ansible's words. */
export function told(
  results: readonly Result[],
  queries: readonly string[],
  list: readonly string[],
): ValueMap {
  const all = results.map(({ rows }): Value => (rows === undefined ? {} : [...rows]))
  return {
    query: queries.at(-1) ?? '',
    query_list: [...list],
    query_result: all.at(-1) ?? {},
    query_all_results: all,
    rowcount: results.reduce((sum, { rowcount }) => sum + rowcount, 0),
    statusmessage: results.at(-1)?.status ?? '',
  }
}
