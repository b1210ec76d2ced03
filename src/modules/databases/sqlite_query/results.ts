import { Float } from '../../../values/float.ts'
import { mapOf } from '../../../values/keys.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { keptBy, type Statement } from './statements.ts'

/** What one statement has come to. */
export interface Result {
  readonly rows: readonly ValueMap[]
  readonly rowcount: number
  readonly changed: boolean
}

export interface Printed {
  /** The database is open. */
  readonly isIn: boolean
  /** Those of the statements that were carried out. */
  readonly results: readonly Result[]
}

/** What a script of statements has printed. Raises an Error with a sentence for what makes no sense. */
export function resultsIn(printed: string, statements: readonly Statement[]): Printed {
  const mark = /^([0-9a-f]{32})\n/.exec(printed)?.[1]
  if (mark === undefined) return { isIn: false, results: [] }
  const [opening, ...sections] = sectionsIn(rowsIn(printed.slice(mark.length + 1)), mark)
  if (opening === undefined) return { isIn: false, results: [] }
  const results: Result[] = []
  let before = opening.told
  for (const statement of statements) {
    const isKept = keptBy(statement) !== undefined
    const [first, second, third] = sections.splice(0, isKept ? 3 : 1)
    const section = isKept ? second : first
    if (section === undefined || (isKept && third === undefined)) break
    const isReset = isKept && JSON.stringify(first!.rows) !== JSON.stringify(third!.rows)
    results.push(resultOf(statement, section, before, isReset))
    before = section.told
  }
  return { isIn: true, results }
}

interface Told {
  readonly total: number
  readonly last: number
  readonly version: number
}

interface Section {
  readonly rows: readonly ValueMap[]
  readonly told: Told
}

/** Statements that change something, though no row. */
const WORKING = ['VACUUM', 'REINDEX', 'ANALYZE']

function resultOf({ verb }: Statement, { rows, told }: Section, before: Told, isReset: boolean): Result {
  const changes = told.total - before.total
  return {
    rows,
    rowcount: rows.length > 0 ? rows.length : changes > 0 ? told.last : 0,
    changed: changes > 0 || told.version !== before.version || isReset || WORKING.includes(verb),
  }
}

function sectionsIn(rows: readonly Value[][], mark: string): Section[] {
  const found: Section[] = []
  let start = 0
  for (const [at, row] of rows.entries()) {
    if (row[0] !== mark) continue
    const [names = [], ...own] = rows.slice(start, at)
    const [total, last, version] = (rows[at + 1] ?? []).map(Number)
    if (total === undefined || last === undefined || version === undefined) break
    const keyed = own.map((fields) =>
      mapOf(names.map((name, index) => [String(name), fields[index] ?? null])),
    )
    found.push({ rows: keyed, told: { total, last, version } })
    start = at + 2
  }
  return found
}

const LITERAL = /'((?:''|[^'])*)'|X'([0-9a-f]*)'|(NULL)|([-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|inf|nan))/iy

/** Rows of literals, as SQL writes them. */
function rowsIn(text: string): Value[][] {
  const rows: Value[][] = []
  let row: Value[] = []
  let at = 0
  while (at < text.length) {
    LITERAL.lastIndex = at
    const found = LITERAL.exec(text)
    if (found === null) throw new Error('sqlite3 did not print what it was asked for')
    row.push(fieldOf(found))
    at = LITERAL.lastIndex + 1
    if (text[at - 1] === ',') continue
    if (text[at - 1] !== '\n') throw new Error('sqlite3 did not print what it was asked for')
    rows.push(row)
    row = []
  }
  return rows
}

function fieldOf([literal, plain, hex, isNull]: RegExpExecArray): Value {
  if (plain !== undefined) return plain.replaceAll("''", "'")
  if (hex !== undefined) return Buffer.from(hex, 'hex').toString('base64')
  if (isNull !== undefined) return null
  const number = Number(literal)
  if (/[.e]/i.test(literal)) return Number.isFinite(number) ? Float.of(number) : literal
  return Number.isSafeInteger(number) ? number : literal
}

/** The results in the words of Ansible's modules of other databases: of each query, what its last statement gives. */
export function told(
  results: readonly Result[],
  queries: readonly string[],
  counts: readonly number[],
): ValueMap {
  let end = 0
  const last = counts.map((count) => {
    end += count
    return count === 0 ? undefined : results[end - 1]
  })
  return {
    executed_queries: [...queries],
    query_result: last.map((result) => [...(result?.rows ?? [])]),
    rowcount: last.map((result) => result?.rowcount ?? 0),
  }
}
