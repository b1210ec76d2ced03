import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { lstat, readdir, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { madePrivate, ownWay } from './own-way.ts'
import { writePrivate } from './written-file.ts'

/** Bytes of one file: it would take longer to read than what it spares. */
export const CACHE_FILE_AT_MOST = 32 * 1024 * 1024
/** Of all files of a folder. */
const FILES_AT_MOST = 64
const BYTES_AT_MOST = 256 * 1024 * 1024
/** What was being written by a process that has gone: ms. */
const LEFT_OVER = 60 * 60_000

/** The user's folder for what can be made again. */
export function cacheFolder(): string {
  const given = process.env.XDG_CACHE_HOME
  return join(given && isAbsolute(given) ? given : join(homedir(), '.cache'), 'playssh')
}

/**
 * A file in a folder of this user's that nobody else can write or read; undefined for any other, for a link, and for what
 * is too large or not there.
 */
export function readOwn(folder: string, name: string): Buffer | undefined {
  try {
    if (!isOwnFolder(lstatSync(folder))) return undefined
    // Without O_NONBLOCK a FIFO would be waited for.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
    const file = openSync(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const stats = fstatSync(file)
      const isOwn = stats.isFile() && isPrivate(stats) && stats.size <= CACHE_FILE_AT_MOST
      return isOwn ? readFileSync(file) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

/**
 * Writes such a file, whole or not at all, and removes the oldest where there are too many. Nothing is written below what
 * is not this user's: root would leave folders in another's home. Nothing that goes wrong is told.
 */
export async function writeOwn(folder: string, name: string, content: Uint8Array): Promise<void> {
  try {
    const real = await ownWay(folder, madeBelowOwn)
    if (!isOwnFolder(await lstat(real))) return
    await writePrivate(join(real, name), content)
    await removeOldest(real)
  } catch {
    // The next run reads what this one has read.
  }
}

async function madeBelowOwn(path: string): Promise<Stats> {
  if (path === homedir() || !isOfThisUser(await lstat(dirname(path))))
    throw new Error(`${dirname(path)} is no place for it`)
  return madePrivate(path)
}

async function removeOldest(folder: string): Promise<void> {
  const names = await readdir(folder)
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), stats: await stat(join(folder, name)) })),
  )
  files.sort((one, other) => other.stats.mtimeMs - one.stats.mtimeMs)
  let bytes = 0
  let count = 0
  for (const { path, stats } of files) {
    const isPart = path.endsWith('.part')
    if (!isPart) {
      bytes += stats.size
      count += 1
    }
    const isOld = isPart
      ? Date.now() - stats.mtimeMs > LEFT_OVER
      : count > FILES_AT_MOST || bytes > BYTES_AT_MOST
    if (isOld) await rm(path, { force: true })
  }
}

function isOwnFolder(stats: Stats): boolean {
  return stats.isDirectory() && isPrivate(stats)
}

function isPrivate(stats: Stats): boolean {
  return isOfThisUser(stats) && (stats.mode & 0o077) === 0
}

function isOfThisUser({ uid }: Stats): boolean {
  return uid === process.geteuid!()
}
