import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ownWay } from './own-way.ts'
import { holding, WrittenFile, writeTo } from './written-file.ts'

/** A file as it was when it was read; links of other users have not been followed on the way to it. */
export interface FoundFile {
  /** As it was given. */
  readonly path: string
  /** Without links. */
  readonly real: string
  readonly content: Buffer
  readonly stats: Stats
}

/** What a file is to hold from now on. */
export interface Replacement {
  readonly file: FoundFile
  readonly content: Buffer
  /** What it held is overwritten on the disk: it was a secret. */
  readonly shreds?: boolean
}

/** Reads a file of no more than `most` bytes that may be replaced later. Raises an Error whose sentence goes behind the file's name. */
export async function findFile(path: string, most: number): Promise<FoundFile> {
  try {
    const real = await ownWay(resolve(path), lstat)
    return await heldFile(real, constants.O_RDONLY, async (handle) => {
      const stats = await handle.stat()
      if (stats.isDirectory()) throw new Error('is a folder, a file is expected')
      if (!stats.isFile()) throw new Error('is no file')
      if (stats.size > most) throw new Error(`is larger than ${most / 1024 / 1024} MiB, and no more is read`)
      return { path, real, content: await handle.readFile(), stats }
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Error(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`)
  }
}

/**
 * Replaces the contents of files, of all or of none; owners, groups and permissions stay. Gives what somebody should know:
 * sentences. Raises an Error with a sentence, as when a file is no longer what it was when it was read.
 */
export async function replaceAll(replacements: readonly Replacement[]): Promise<string[]> {
  const written: WrittenFile[] = []
  const old: FileHandle[] = []
  try {
    for (const { file, content } of replacements) written.push(await beside(file, content))
    for (const { file, shreds } of replacements) await asFound(file, shreds ? old : undefined)
    await keepAll(replacements, written)
    return await shredded(old, replacements)
  } finally {
    for (const one of [...written, ...old]) await one.close()
  }
}

/** Writes the new content beside a file. */
async function beside({ path, real, stats }: FoundFile, content: Buffer): Promise<WrittenFile> {
  try {
    const file = await WrittenFile.open(real, undefined, 0o600)
    try {
      await writeTo(file.stream, [content])
      await file.take(stats)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  } catch (error) {
    throw new Error(`${path} cannot be written: ${reasonOf(error)}`)
  }
}

/** Why a file cannot be written; the paths that the system's messages name are not those that the user knows. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

/** Sees that a file is as it was; one that is to be overwritten afterwards is held open. */
async function asFound(file: FoundFile, old: FileHandle[] | undefined): Promise<void> {
  const { path, content } = file
  const now = await findFile(file.real, Number.POSITIVE_INFINITY).catch((error: Error) => {
    throw new Error(`${path} ${error.message} meanwhile; nothing was written`)
  })
  if (!now.content.equals(content))
    throw new Error(`${path} has been changed by somebody else meanwhile; nothing was written`)
  if (old === undefined) return
  const handle = await open(file.real, constants.O_WRONLY | constants.O_NOFOLLOW).catch(() => undefined)
  if (handle === undefined) return
  const { dev, ino } = await handle.stat()
  if (dev === file.stats.dev && ino === file.stats.ino) old.push(handle)
  else await handle.close()
}

/** Puts all in their places. Where one cannot be, those before it become again what they were. */
async function keepAll(replacements: readonly Replacement[], written: readonly WrittenFile[]): Promise<void> {
  for (const [at, one] of written.entries()) {
    try {
      await one.keep()
    } catch (error) {
      for (const { file } of replacements.slice(0, at)) {
        const again = await beside(file, file.content)
        await again.keep().finally(() => again.close())
      }
      const { path } = replacements[at]!.file
      throw new Error(`${path} cannot be replaced: ${reasonOf(error)}; no file is changed`)
    }
  }
}

/** Overwrites what has no name any more, and says of what that could not be done. */
async function shredded(old: readonly FileHandle[], replacements: readonly Replacement[]): Promise<string[]> {
  const done = new Set<number>()
  for (const handle of old) {
    const { nlink, size, ino } = await handle.stat()
    if (nlink > 0) continue
    await overwrite(handle, size)
    done.add(ino)
  }
  return replacements
    .filter(({ file, shreds }) => shreds && !done.has(file.stats.ino))
    .map(({ file: { path, stats } }) =>
      stats.nlink > 1
        ? `${path} has another name (a hard link), under which its plain text is still there`
        : `what ${path} held is not overwritten on the disk`,
    )
}

const CHUNK = 1024 * 1024

/** Writes random bytes over `size` bytes of a file, and waits until they are on the disk. */
export async function overwrite(handle: FileHandle, size: number): Promise<void> {
  for (let at = 0; at < size; at += CHUNK) {
    const length = Math.min(CHUNK, size - at)
    await handle.write(randomBytes(length), 0, length, at)
  }
  await handle.sync()
}

/** Works with a file whose folder is held open meanwhile, so that nobody can swap it on the way. */
async function heldFile<T>(
  real: string,
  flags: number,
  work: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const path = dirname(real)
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    // Without O_NONBLOCK a FIFO would be waited for.
    const all = flags | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const handle = await open(join(await holding(folder, path), basename(real)), all)
    try {
      return await work(handle)
    } finally {
      await handle.close()
    }
  } finally {
    await folder.close()
  }
}
