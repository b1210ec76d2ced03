import { Float } from '../../../values/float.ts'
import { mapOf } from '../../../values/keys.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { verbOf } from './statements.ts'

/** What one query has come to. */
export interface Result {
  readonly rows: readonly ValueMap[]
  readonly rowcount: number
  readonly warnings: number
  readonly milliseconds: number
}

export interface Printed {
  /** The server has let somebody in. */
  readonly isIn: boolean
  /** Those of the queries that were carried out. */
  readonly results: readonly Result[]
}

type Row = readonly (readonly [name: string, text: string | null])[]

/** What a script of queries has printed. */
export function resultsIn(printed: string): Printed {
  const mark = /^([0-9a-f]{32})\n/.exec(printed)?.[1]
  if (mark === undefined) return { isIn: false, results: [] }
  const [, xml = '', described = ''] = printed.split(`${mark}\n`)
  const sets = setsIn(xml)
  const ends = sets.flatMap((rows, at) => (rows[0]?.[0]?.[0] === mark ? [at] : []))
  const types = typesIn(described, mark)
  const results = ends.slice(1).map((end, index) => {
    // A procedure may give several sets, of which the first is its result.
    const [start, first] = sets.slice(ends[index]!, end)
    return resultOf(start![0]!, first, sets[end]![0]!, types[index] ?? {})
  })
  return { isIn: ends.length > 0, results }
}

function resultOf(start: Row, rows: readonly Row[] | undefined, end: Row, types: Types): Result {
  const [, , before] = start.map(([, text]) => Number(text))
  const [count, warnings, after] = end.map(([, text]) => Number(text))
  if (count === undefined || warnings === undefined || before === undefined || after === undefined)
    throw new Error('the client did not print what it was asked for')
  return {
    rows:
      rows?.map((row) => mapOf(row.map(([name, text]) => [name, typed(text, types[name])] as const))) ?? [],
    rowcount: rows?.length ?? count,
    warnings,
    milliseconds: Math.max(0, Math.round((after - before) * 1e6) / 1e3),
  }
}

/** Sets of rows, of the client's XML. */
function setsIn(xml: string): Row[][] {
  return [...xml.matchAll(/<resultset statement="[^"]*"[^>]*>([\s\S]*?)<\/resultset>/g)].map(([, rows]) =>
    [...rows!.matchAll(/<row>([\s\S]*?)<\/row>/g)].map(([, fields]) =>
      [...fields!.matchAll(/<field name="([^"]*)"(?: xsi:nil="true" \/>|>([^<]*)<\/field>)/g)].map(
        ([, name, text]) => [plain(name!), text === undefined ? null : plain(text)] as const,
      ),
    ),
  )
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

function plain(text: string): string {
  return text.replace(/&(lt|gt|amp|quot);/g, (_, name: string) => ENTITIES[name]!)
}

type Types = Readonly<Record<string, string>>

/** Types of the columns of each query, by name; none where they are not known. */
function typesIn(described: string, mark: string): Types[] {
  const found: Types[] = []
  let last: Types = {}
  for (const group of described.split(/^(?=Field +1: )/m)) {
    const names = [...group.matchAll(/^Field +\d+: +`(.*)`$/gm)].map(([, name]) => name!)
    const types = [...group.matchAll(/^Type: +(\w+)/gm)].map(([, type]) => type!)
    if (names[0] === mark) {
      found.push(last)
      last = {}
    } else if (names.length === types.length)
      last = mapOf(names.map((name, index) => [name, types[index]!] as const))
  }
  return found
}

const INTEGERS = ['TINY', 'SHORT', 'LONG', 'INT24', 'LONGLONG', 'YEAR']
const NUMBERS = ['DECIMAL', 'NEWDECIMAL', 'FLOAT', 'DOUBLE']

function typed(text: string | null, type = ''): Value {
  if (text === null) return null
  if (INTEGERS.includes(type)) return Number.isSafeInteger(Number(text)) ? Number(text) : text
  if (NUMBERS.includes(type)) return Number.isFinite(Number(text)) ? Float.of(Number(text)) : text
  return type === 'DATETIME' || type === 'TIMESTAMP' ? isoOf(text) : text
}

/** A time as Python writes it: 2020-01-02T03:04:05.600000. */
function isoOf(text: string): string {
  const [, day, time, fraction = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?$/.exec(text) ?? []
  if (day === undefined || day.startsWith('0000')) return text
  return `${day}T${time}${Number(fraction) === 0 ? '' : `.${fraction.padEnd(6, '0')}`}`
}

const ROWS = ['INSERT', 'UPDATE', 'DELETE', 'REPLACE']
const THINGS = ['CREATE', 'DROP', 'ALTER', 'RENAME', 'TRUNCATE']

/** Whether a query has changed something: rows, or what there is of tables and the like. */
export function hasChanged(query: string, { rowcount, warnings }: Result): boolean {
  const verb = verbOf(query)
  if (ROWS.includes(verb)) return rowcount > 0
  // What IF EXISTS passes over is a warning.
  return THINGS.includes(verb) && !(/\bif\s+(not\s+)?exists\b/i.test(query) && warnings > 0)
}

/** The results in Ansible's words. */
export function told(results: readonly Result[], queries: readonly string[]): ValueMap {
  return {
    executed_queries: [...queries],
    query_result: results.map(({ rows }) => [...rows]),
    rowcount: results.map(({ rowcount }) => rowcount),
    execution_time_ms: results.map(({ milliseconds }) => Float.of(milliseconds)),
  }
}
