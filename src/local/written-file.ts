import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, readlink, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { ownWay } from './own-way.ts'

/**
 * A file of this machine that is being written: beside its place, and renamed into it when it is whole. Its folder is
 * held open meanwhile, and no link of another user is followed on the way, so nobody can lead it elsewhere.
 */
export class WrittenFile {
  readonly stream: Writable
  readonly #folder: FileHandle
  readonly #beside: string
  readonly #path: string

  private constructor(folder: FileHandle, file: FileHandle, beside: string, path: string, most: number) {
    this.#folder = folder
    this.#beside = beside
    this.#path = path
    this.stream = new Capped(file, most)
  }

  /**
   * Makes its folder if need be. Writing more than `most` bytes is an error of the stream; `mode` is the file's, less the
   * umask. Raises the file system's error, or one with a sentence for a link of another user on the way.
   */
  static async open(path: string, most = Number.POSITIVE_INFINITY, mode = 0o666): Promise<WrittenFile> {
    const real = await ownWay(dirname(resolve(path)))
    const folder = await open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    try {
      const held = await holding(folder, real)
      const beside = join(held, `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)
      const file = await open(beside, 'wx', mode)
      return new WrittenFile(folder, file, beside, join(held, basename(path)), most)
    } catch (error) {
      await folder.close()
      throw error
    }
  }

  /** Puts it in its place; all has been written. */
  async keep(): Promise<void> {
    await rename(this.#beside, this.#path)
  }

  /** Ends it, and leaves nothing that was not kept. */
  async close(): Promise<void> {
    await closed(this.stream)
    await rm(this.#beside, { force: true })
    await this.#folder.close()
  }
}

/** Writes a whole file into a folder that is there; see `openWhole`. */
export async function writeWhole(path: string, chunks: Iterable<string>): Promise<void> {
  await written(await openWhole(path), chunks)
}

/**
 * A file to be written into a folder that is there; see `WrittenFile`. What is there and is no file (a terminal, a pipe) is
 * written to as it is.
 */
export async function openWhole(path: string): Promise<Kept> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) throw new Error(`${path} is a folder`)
  if (found !== undefined && !found.isFile()) {
    const handle = await open(path, 'w')
    const stream = new Capped(handle, Number.POSITIVE_INFINITY)
    return { stream, keep: async () => {}, close: () => closed(stream) }
  }
  await stat(dirname(resolve(path)))
  return WrittenFile.open(path)
}

/** What is being written, and becomes of it. */
export type Kept = Pick<WrittenFile, 'stream' | 'keep' | 'close'>

/** Writes a whole file that only its user may read; see `WrittenFile`. */
export async function writePrivate(path: string, text: string | Uint8Array): Promise<void> {
  await write(path, [text], 0o600)
}

async function write(path: string, chunks: Iterable<string | Uint8Array>, mode?: number): Promise<void> {
  await written(await WrittenFile.open(path, undefined, mode), chunks)
}

async function written(file: Kept, chunks: Iterable<string | Uint8Array>): Promise<void> {
  try {
    for (const chunk of chunks) {
      await new Promise<void>((done, fail) =>
        file.stream.write(chunk, (error) => (error ? fail(error) : done())),
      )
    }
    await file.keep()
  } finally {
    await file.close()
  }
}

async function closed(stream: Writable): Promise<void> {
  if (stream.closed) return
  const over = new Promise((done) => stream.once('close', done))
  stream.on('error', () => {}).destroy()
  await over
}

/** A path that leads to what is held open, whatever becomes of `real`; that itself where the system has none (no Linux). */
async function holding({ fd }: FileHandle, real: string): Promise<string> {
  const held = `/proc/self/fd/${fd}`
  const is = await readlink(held).catch(() => undefined)
  if (is === undefined) return real
  if (is !== real) throw new Error(`somebody has swapped ${real} meanwhile; nothing was written`)
  return held
}

class Capped extends Writable {
  readonly #file: FileHandle
  readonly #most: number
  #size = 0

  constructor(file: FileHandle, most: number) {
    super()
    this.#file = file
    this.#most = most
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#size += chunk.length
    if (this.#size > this.#most) done(new Error(`more came than the ${this.#most} bytes that were announced`))
    else this.#file.appendFile(chunk).then(() => done(), done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#file.close().then(
      () => done(error),
      (other: Error) => done(error ?? other),
    )
  }
}
