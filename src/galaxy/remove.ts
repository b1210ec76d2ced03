import { lstat, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StagedFolder } from '../local/staged-folder.ts'
import { ProblemError } from '../values/problem.ts'
import { shownPath } from '../yaml/files.ts'

/**
 * Removes a folder, or the link to one: it is moved away first, so that nobody finds a part of it. Raises ProblemError.
 */
export async function removeFolder(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isSymbolicLink()) return await rm(path)
    const staged = await StagedFolder.in(dirname(path))
    try {
      await rename(path, staged.fresh())
    } finally {
      await staged.close()
    }
  } catch (error) {
    throw new ProblemError({ message: `${shownPath(path)} cannot be removed: ${(error as Error).message}` })
  }
}
