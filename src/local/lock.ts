import { randomBytes } from 'node:crypto'
import { lstat, open, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { findFile } from './replaced-files.ts'

/** Nothing that is done under a lock takes as long: ms. Its owner is then of another machine, and is gone. */
const LONGEST = 10 * 60_000

/** What a lock is to its owner. */
export interface Held {
  /** False when somebody has taken it over, for this owner took longer than anybody does. */
  isHeld(): Promise<boolean>
}

/**
 * Does a piece of work while a lock file is there that nobody else has. Gives undefined, and does nothing, while somebody
 * has it; one whose process has gone, or that is older than 10 minutes, is taken over. The folder is there and its path
 * has no links. Raises the file system's error where none can be made.
 */
export async function whileLocked<T>(path: string, work: (held: Held) => Promise<T>): Promise<T | undefined> {
  const own = JSON.stringify({ host: hostname(), pid: process.pid, token: randomBytes(8).toString('hex') })
  if (!(await made(path, own)) && !(await takenOver(path, own))) return undefined
  const isHeld = async () => (await contentOf(path)) === own
  try {
    return await work({ isHeld })
  } finally {
    if (await isHeld()) await rm(path, { force: true })
  }
}

async function made(path: string, own: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(own)
      return true
    } catch (error) {
      await rm(path, { force: true })
      throw error
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Takes over a lock that nobody has any more; one at a time does, so that nobody takes over what has just been. */
async function takenOver(path: string, own: string): Promise<boolean> {
  const before = await leftContent(path)
  if (before === undefined) return false
  const taking = `${path}.taking`
  if (!(await made(taking, own))) {
    if (await isOld(taking)) await rm(taking, { force: true })
    return false
  }
  try {
    if ((await leftContent(path)) !== before) return false
    // There is a lock all the time: whoever comes meanwhile finds one.
    const next = `${path}.${randomBytes(4).toString('hex')}`
    await writeFile(next, own, { flag: 'wx', mode: 0o600 })
    await rename(next, path)
    return true
  } finally {
    await rm(taking, { force: true })
  }
}

/** What is in a lock that nobody has any more; undefined if there is none, or somebody has it. */
async function leftContent(path: string): Promise<string | undefined> {
  const content = await contentOf(path)
  return content !== undefined && (isOfNobody(content) || (await isOld(path))) ? content : undefined
}

async function isOld(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  return stats !== undefined && Date.now() - stats.mtimeMs >= LONGEST
}

/** Whether its process was one of this machine, and has ended. */
function isOfNobody(content: string): boolean {
  const { host, pid } = parsed(content)
  if (host !== hostname() || typeof pid !== 'number') return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function parsed(content: string): { readonly host?: unknown; readonly pid?: unknown } {
  try {
    return Object(JSON.parse(content))
  } catch {
    return {}
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  return findFile(path, 1024).then(
    ({ content }) => content.toString(),
    () => undefined,
  )
}
