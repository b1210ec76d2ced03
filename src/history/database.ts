import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Database as Sqlite, SqlValue, Statement } from 'sql.js'

/** As user_version: another one has other tables. */
const VERSION = 1

/** One row: what a column holds by its name. */
export type Row = Readonly<Record<string, SqlValue>>

/** What is no database, or no longer whole. */
export class Damaged extends Error {}

/** A database in memory, with the tables of schema.sql. */
export class Database {
  readonly #sqlite: Sqlite
  readonly #inserts = new Map<string, Statement>()

  private constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite
  }

  /**
   * Out of the bytes of a file, or a new one. Raises Damaged, as far as that is seen at once, and an Error with a sentence
   * for one of a later version.
   */
  static async open(bytes?: Uint8Array): Promise<Database> {
    const load = createRequire(import.meta.url)('sql.js') as typeof import('sql.js')
    const { Database: Opened } = await load()
    // A person may have set WAL mode with sqlite3, which left nothing in it; without shared memory SQLite opens no such file.
    if (bytes?.[18] === 2) bytes.fill(1, 18, 20)
    const db = new Database(new Opened(bytes))
    try {
      if (bytes === undefined) db.run(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'))
      db.#checkVersion()
      db.run('PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY')
      return db
    } catch (error) {
      db.close()
      throw error
    }
  }

  #checkVersion(): void {
    const version = Number(this.#pragma('user_version'))
    if (version < VERSION) throw new Damaged('it holds no history')
    if (version > VERSION) throw new Error(`is of a later version of this program (${version})`)
  }

  /** Looks through all of it, which takes longer than most queries. Raises Damaged. */
  async check(): Promise<void> {
    const found = this.#pragma('quick_check(1)')
    if (found !== 'ok') throw new Damaged(String(found).split('\n').at(-1))
    const fresh = await Database.open()
    const own = new Set(this.#schema())
    const missing = fresh.#schema().some((one) => !own.has(one))
    fresh.close()
    if (missing) throw new Damaged('its tables are others')
  }

  #schema(): unknown[] {
    return this.rows('SELECT sql FROM sqlite_schema').map(({ sql }) => sql)
  }

  #pragma(name: string): SqlValue | undefined {
    return Object.values(this.rows(`PRAGMA ${name}`)[0] ?? {})[0]
  }

  /** What a query finds. Raises Damaged: nothing else is wrong with those that are here. */
  rows<R = Row>(query: string, values: readonly SqlValue[] = []): R[] {
    try {
      return this.#found(query, values)
    } catch (error) {
      throw new Damaged((error as Error).message)
    }
  }

  #found<R>(query: string, values: readonly SqlValue[]): R[] {
    const statement = this.#sqlite.prepare(query, [...values])
    try {
      const found: R[] = []
      while (statement.step()) found.push(statement.getAsObject() as R)
      return found
    } finally {
      statement.free()
    }
  }

  /** Carries out statements; with values, only the first one. */
  run(statements: string, values?: readonly SqlValue[]): void {
    this.#sqlite.run(statements, values && [...values])
  }

  insert(table: string, row: Row): void {
    const names = Object.keys(row)
    const into = `${table} (${names.join(', ')})`
    const values = names.map((name) => row[name]!)
    this.#inserting(into, names.length).run(values)
  }

  #inserting(into: string, columns: number): Statement {
    const known = this.#inserts.get(into)
    if (known !== undefined) return known
    const marks = Array.from({ length: columns }, () => '?').join(', ')
    const made = this.#sqlite.prepare(`INSERT INTO ${into} VALUES (${marks})`)
    this.#inserts.set(into, made)
    return made
  }

  /** All that a piece of work does, or nothing of it. */
  atOnce(work: () => void): void {
    this.run('BEGIN')
    try {
      work()
      this.run('COMMIT')
    } catch (error) {
      this.run('ROLLBACK')
      throw error
    }
  }

  /** How long its file is: bytes. */
  get size(): number {
    const [row] = this.rows(
      'SELECT (page_count - freelist_count) * page_size AS size FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
    )
    return Number(row!.size)
  }

  /** The bytes of its file. Nothing is inserted afterwards. */
  bytes(): Uint8Array {
    this.#inserts.clear()
    return this.#sqlite.export()
  }

  close(): void {
    this.#sqlite.close()
  }
}
