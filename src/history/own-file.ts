import { lstat } from 'node:fs/promises'
import { findFile } from '../local/replaced-files.ts'

/** Bytes of a file that are read. */
const MOST = 1024 * 1024 * 1024

/**
 * What a file holds that is the user's own, or root's; undefined where there is none. Raises an Error whose sentence goes
 * behind the file's name.
 */
export async function ownFile(path: string): Promise<Buffer | undefined> {
  try {
    const { content, stats } = await findFile(path, MOST)
    if (stats.uid !== 0 && stats.uid !== process.getuid?.())
      throw new Error(`belongs to another user (id ${stats.uid}), and is not read`)
    return content
  } catch (error) {
    const isThere = await lstat(path).catch(({ code }) => code !== 'ENOENT')
    if (!isThere) return undefined
    throw error
  }
}
