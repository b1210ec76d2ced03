import { lstat, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { whileLocked } from '../local/lock.ts'
import { ownWay } from '../local/own-way.ts'
import { reasonOf } from '../local/replaced-files.ts'
import { WrittenFile, writeTo } from '../local/written-file.ts'
import { ProblemError } from '../values/problem.ts'
import { Damaged, Database } from './database.ts'
import { ownFile } from './own-file.ts'
import { spoolNames } from './spool.ts'
import { type SpooledFile, type Taken, takeIn } from './taken-in.ts'

const FILE = 'history.db'

const HOUR = 3_600_000

/** Hears a sentence that the user should know. */
type Warn = (sentence: string) => void

/**
 * Asks the runs that are kept in a folder something. Those that have ended since somebody last did are in files of their
 * own, and are taken into the folder's history.db first. Nothing is waited for: while somebody else does that, or it cannot
 * be written, they are taken into what is in memory alone. Raises ProblemError for what cannot be read.
 */
export async function askHistory<T>(folder: string, warn: Warn, query: (past: Database) => T): Promise<T> {
  const real = await wayTo(folder)
  if (real === undefined) return answered(await Database.open(), query)
  const past = new Past(real, warn)
  try {
    const db = await past.asItIs()
    if (db !== undefined) return answered(db, query)
  } catch (error) {
    // What is damaged is put aside below.
    if (!(error instanceof Damaged)) throw error
  }
  const db = (await past.takenIn()) ?? (await past.inMemory())
  try {
    return answered(db, query)
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    const hint = 'SQLite finds nothing wrong with it; moved away, a new one is begun'
    throw new ProblemError({ message: `${join(real, FILE)} is damaged: ${error.message}`, hint })
  }
}

function answered<T>(db: Database, query: (past: Database) => T): T {
  try {
    return query(db)
  } finally {
    db.close()
  }
}

/** The folder without links; undefined where there is none yet. */
async function wayTo(folder: string): Promise<string | undefined> {
  try {
    const real = await ownWay(resolve(folder), lstat)
    await readdir(real)
    return real
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ProblemError({ message: `the history in ${folder} cannot be read: ${reasonOf(error)}` })
  }
}

/** What history.db holds; nothing, and why, where it cannot be used. */
interface Stored {
  readonly db: Database
  readonly fault?: Error
}

class Past {
  readonly #folder: string
  readonly #file: string
  readonly #warn: Warn

  constructor(folder: string, warn: Warn) {
    this.#folder = folder
    this.#file = join(folder, FILE)
    this.#warn = warn
  }

  /** The database, where there is nothing to take in. Raises Damaged, as far as that is seen at once. */
  async asItIs(): Promise<Database | undefined> {
    if ((await spoolNames(this.#folder)).length > 0) return undefined
    const { db, fault } = await this.#stored()
    if (fault instanceof Damaged) throw fault
    if (fault !== undefined) this.#refuse(fault)
    return db
  }

  /** The database that now holds all runs; undefined, and nothing is done, while somebody else does that or nobody can. */
  async takenIn(): Promise<Database | undefined> {
    try {
      return await whileLocked(join(this.#folder, 'history.lock'), async ({ isHeld }) => {
        const files = await this.#spooled()
        const { db, fault } = await this.#stored(true)
        if (fault instanceof Damaged) await this.#putAside(fault)
        else if (fault !== undefined) this.#refuse(fault)
        const taken = await takeIn(db, files)
        for (const name of taken.broken) await this.#putBrokenAside(name)
        if (fault === undefined || fault instanceof Damaged) await this.#keep(db, taken, isHeld)
        await this.#tidy()
        return db
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
      this.#warn(`${this.#folder} cannot be written (${reasonOf(error)}); runs stay in files of their own`)
      return undefined
    }
  }

  /** All runs, and everything on the disk stays as it is. */
  async inMemory(): Promise<Database> {
    const files = await this.#spooled()
    const { db, fault } = await this.#stored(true)
    if (fault !== undefined) this.#refuse(fault)
    const { broken } = await takeIn(db, files)
    for (const name of broken) this.#warn(`${join(this.#folder, name)} holds no whole run`)
    return db
  }

  /** To be read before the database: what has gone from here meanwhile is there. */
  async #spooled(): Promise<SpooledFile[]> {
    const files: SpooledFile[] = []
    for (const name of await spoolNames(this.#folder)) {
      const path = join(this.#folder, name)
      const content = await ownFile(path).catch((error: Error) => {
        this.#warn(`${path} ${error.message}`)
        return undefined
      })
      if (content) files.push({ name, content })
    }
    return files
  }

  async #stored(isChecked = false): Promise<Stored> {
    try {
      const db = await Database.open(await ownFile(this.#file))
      if (isChecked) await db.check()
      return { db }
    } catch (error) {
      return { db: await Database.open(), fault: error as Error }
    }
  }

  #refuse(fault: Error): void {
    const reason = fault instanceof Damaged ? `is damaged (${fault.message})` : fault.message
    this.#warn(`${this.#file} ${reason}; the runs in it are left out`)
  }

  async #putAside(fault: Damaged): Promise<void> {
    const aside = `${this.#file}.damaged`
    await rename(this.#file, aside)
    this.#warn(`${this.#file} is damaged (${fault.message}); it is ${aside} now, and a new one is begun`)
  }

  async #putBrokenAside(name: string): Promise<void> {
    const path = join(this.#folder, name)
    await rename(path, `${path}.damaged`)
    this.#warn(`${path} holds no whole run; it is ${path}.damaged now`)
  }

  /** Writes the database, and removes what it was not in before, when that is on the disk. */
  async #keep(db: Database, { names, isNew }: Taken, isHeld: () => Promise<boolean>): Promise<void> {
    try {
      if (isNew) await this.#write(db.bytes(), isHeld)
    } catch (error) {
      return this.#warn(
        `${this.#file} cannot be written (${reasonOf(error)}); runs stay in files of their own`,
      )
    }
    for (const name of names) await rm(join(this.#folder, name), { force: true })
  }

  async #write(bytes: Uint8Array, isHeld: () => Promise<boolean>): Promise<void> {
    const file = await WrittenFile.open(this.#file, undefined, 0o600)
    try {
      await writeTo(file.stream, [bytes])
      await file.sync()
      if (!(await isHeld())) throw new Error('somebody else writes it')
      await file.keep()
    } finally {
      await file.close()
    }
  }

  /** Takes away what processes have left, for an hour or more, that were killed as they wrote. */
  async #tidy(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name)
      const stats = /^\..+\.[\da-f]{8}\.part$/.test(name) && (await lstat(path).catch(() => undefined))
      if (stats && Date.now() - stats.mtimeMs > HOUR) await rm(path, { force: true })
    }
  }
}
