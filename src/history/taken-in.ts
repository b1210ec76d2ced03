import type { Database } from './database.ts'
import type { KeptRun } from './kept-run.ts'
import { MOST_RUNS, numberIn, spooledRun } from './spool.ts'
import { writeRun } from './written-run.ts'

/** Bytes of a database; the oldest runs go. */
const MOST_BYTES = 256 * 1024 * 1024

/** A file of a run, as it was read. */
export interface SpooledFile {
  readonly name: string
  readonly content: Uint8Array
}

export interface Taken {
  /** The files whose runs the database has now, or is to forget. */
  readonly names: readonly string[]
  /** Those that hold no whole run. */
  readonly broken: readonly string[]
  /** The database is another than before. */
  readonly isNew: boolean
}

/** Takes the runs of files into a database, oldest first; of those that it has then, only so many stay. */
export async function takeIn(
  db: Database,
  files: readonly SpooledFile[],
  mostBytes = MOST_BYTES,
): Promise<Taken> {
  const [names, broken]: [string[], string[]] = [[], []]
  let isNew = false
  for (const { name, content } of files) {
    const run = await spooledRun(content)
    const isKnown = run !== undefined && has(db, name, run)
    const isTaken = isKnown || (run !== undefined && isWritten(db, name, run))
    if (isTaken) names.push(name)
    else broken.push(name)
    isNew ||= isTaken && !isKnown
  }
  if (isNew) forget(db, mostBytes)
  return { names, broken, isNew }
}

/** A file of an earlier version may have the name of another one before it. */
function has(db: Database, name: string, { events }: KeptRun): boolean {
  return db.rows('SELECT 1 FROM runs WHERE file = ? AND ended = ?', [name, events.at(-1)!.at]).length > 0
}

/** False where a run has not the shape of one. */
function isWritten(db: Database, name: string, run: KeptRun): boolean {
  const [{ last }] = db.rows<{ last: number }>('SELECT coalesce(max(number), 0) AS last FROM runs') as [
    { last: number },
  ]
  const own = numberIn(name)
  const number = own !== undefined && own > last ? own : last + 1
  try {
    db.atOnce(() => writeRun(db, number, name, run))
    return true
  } catch {
    return false
  }
}

function forget(db: Database, mostBytes: number): void {
  const oldest = 'SELECT number FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?'
  db.run(`DELETE FROM runs WHERE number <= (${oldest})`, [MOST_RUNS])
  while (db.size > mostBytes && db.rows('SELECT 1 FROM runs LIMIT 2').length === 2)
    db.run('DELETE FROM runs WHERE number = (SELECT min(number) FROM runs)')
}
