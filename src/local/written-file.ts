import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
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
  readonly #file: FileHandle
  readonly #beside: string
  readonly #path: string

  private constructor(folder: FileHandle, file: FileHandle, beside: string, path: string, stream: Writable) {
    this.#folder = folder
    this.#file = file
    this.#beside = beside
    this.#path = path
    this.stream = stream
  }

  /**
   * Makes its folder if need be. Writing more than `most` bytes is an error of the stream; `mode` is the file's, less the
   * umask; `onBytes` hears how many bytes have been written. Raises the file system's error, or one with a sentence for a
   * link of another user on the way.
   */
  static async open(
    path: string,
    most = Number.POSITIVE_INFINITY,
    mode = 0o666,
    onBytes?: (bytes: number) => void,
  ): Promise<WrittenFile> {
    const real = await ownWay(dirname(resolve(path)))
    const folder = await open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    try {
      const held = await holding(folder, real)
      const beside = join(held, `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)
      const file = await open(beside, 'wx', mode)
      const stream = new Capped(file, most, onBytes)
      return new WrittenFile(folder, file, beside, join(held, basename(path)), stream)
    } catch (error) {
      await folder.close()
      throw error
    }
  }

  /**
   * Gives it the owner, the group and the permissions of another one, and sees to it that it is on the disk. Raises an
   * Error with a sentence.
   */
  async take({ uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>): Promise<void> {
    const own = await this.#file.stat()
    if (own.uid !== uid || own.gid !== gid) {
      await this.#file.chown(uid, gid).catch(({ code }: NodeJS.ErrnoException) => {
        throw new Error(`its owner (id ${uid}) and group (id ${gid}) cannot be kept (${code})`)
      })
    }
    await this.#file.chmod(mode & 0o7777)
    await this.sync()
  }

  /** Resolves when what has been written is on the disk. */
  async sync(): Promise<void> {
    await this.#file.sync()
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

/** Writes all to it, in this order. Raises the file system's error. */
export async function writeTo(stream: Writable, chunks: Iterable<string | Uint8Array>): Promise<void> {
  for (const chunk of chunks)
    await new Promise<void>((done, fail) => stream.write(chunk, (error) => (error ? fail(error) : done())))
}

async function written(file: Kept, chunks: Iterable<string | Uint8Array>): Promise<void> {
  try {
    await writeTo(file.stream, chunks)
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
export async function holding({ fd }: FileHandle, real: string): Promise<string> {
  const held = `/proc/self/fd/${fd}`
  const is = await readlink(held).catch(() => undefined)
  if (is === undefined) return real
  if (is !== real) throw new Error(`somebody has swapped ${real} meanwhile; nothing was written`)
  return held
}

class Capped extends Writable {
  readonly #file: FileHandle
  readonly #most: number
  readonly #onBytes: ((bytes: number) => void) | undefined
  #size = 0

  constructor(file: FileHandle, most: number, onBytes?: (bytes: number) => void) {
    super()
    this.#file = file
    this.#most = most
    this.#onBytes = onBytes
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#size += chunk.length
    this.#onBytes?.(this.#size)
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
