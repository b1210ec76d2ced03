import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { open, rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { ContentMissing, type LaterFile } from '../values/later-file.ts'
import type { Asking } from './asking.ts'
import { digestOf } from './digest.ts'
import type { Seal } from './key.ts'
import { contentName } from './pieces.ts'

/** Bytes of contents that stay on a worker, how long one stays that no run asks for, and one that some run may be reading, in ms. */
const MOST = 4 * 1024 ** 3
const STAYS = 14 * 86_400_000
const IN_USE = 3_600_000

/** Contents of files, each kept once by its digest for all runs. */
export class Contents {
  readonly #folder: string
  readonly #seal: Seal
  readonly #coming = new Map<string, { readonly run: string; readonly path: Promise<string> }>()

  constructor(folder: string, seal: Seal) {
    this.#folder = folder
    this.#seal = seal
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** The path at which a content lies, when it has come. Raises ContentMissing. */
  async pathOf(path: string, file: LaterFile, asking: Asking): Promise<string> {
    const name = contentName(this.#seal, file.sha256)
    for (;;) {
      const known = await this.#known(name)
      if (known !== undefined) return known
      const coming = this.#coming.get(name) ?? this.#fetch(path, name, file, asking)
      try {
        return await coming.path
      } catch (error) {
        // The coordinator of another run did not have it.
        if (coming.run === asking.run) throw error
      }
    }
  }

  /** The same of a file of this machine, which is kept as it is now. Raises ContentMissing when it is not as it was. */
  keep(path: string, { sha256 }: LaterFile, whose: string): string {
    const known = join(this.#folder, contentName(this.#seal, sha256))
    if (existsSync(known)) return known
    const beside = besides(known)
    try {
      copyFileSync(path, beside)
      if (digestAt(beside) === sha256) renameSync(beside, known)
    } catch {
      // It is as good as another.
    } finally {
      rmSync(beside, { force: true })
    }
    if (existsSync(known)) return known
    throw new ContentMissing(path, `is not on this machine as it was when ${whose} began the run`)
  }

  async #known(name: string): Promise<string | undefined> {
    const path = join(this.#folder, name)
    try {
      const now = new Date()
      await utimes(path, now, now)
      return path
    } catch {
      return undefined
    }
  }

  #fetch(path: string, name: string, file: LaterFile, asking: Asking) {
    const coming = { run: asking.run, path: this.#fetched(path, name, file, asking) }
    this.#coming.set(name, coming)
    const forget = () => this.#coming.delete(name)
    coming.path.then(forget, forget)
    return coming
  }

  async #fetched(path: string, name: string, file: LaterFile, asking: Asking): Promise<string> {
    const place = join(this.#folder, name)
    const beside = besides(place)
    const hash = createHash('sha256')
    try {
      const written = await open(beside, 'wx', 0o600)
      try {
        for await (const piece of asking.pieces(path, name, file)) {
          hash.update(piece)
          await written.write(piece)
        }
      } finally {
        await written.close()
      }
      if (hash.digest('hex') !== file.sha256) throw new ContentMissing(path, 'was changed while it was sent')
      await rename(beside, place)
    } finally {
      await rm(beside, { force: true })
    }
    this.#tidy()
    return place
  }

  /** Removes what nobody has asked for, the longest first, and what a worker has left that was killed. */
  #tidy(): void {
    const found = readdirSync(this.#folder).flatMap((name) => {
      const path = join(this.#folder, name)
      const stats = lstatSync(path, { throwIfNoEntry: false })
      return stats === undefined ? [] : [{ path, size: stats.size, used: stats.mtimeMs }]
    })
    let bytes = 0
    for (const { path, size, used } of found.sort((one, other) => other.used - one.used)) {
      bytes += size
      const unused = Date.now() - used
      if (unused > STAYS || (unused > IN_USE && bytes > MOST)) rmSync(path, { force: true })
    }
  }
}

function digestAt(path: string): string {
  const file = openSync(path, 'r')
  try {
    return digestOf(file)
  } finally {
    closeSync(file)
  }
}

function besides(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}`
}
