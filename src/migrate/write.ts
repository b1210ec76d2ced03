import { readFileSync, rmSync, statSync } from 'node:fs'
import { WrittenFile } from '../local/written-file.ts'
import { ProblemError } from '../values/problem.ts'
import { shownPath } from '../yaml/files.ts'
import type { FileChange } from './migrate.ts'

const MARK = '\ufeff'

/**
 * Writes files, each whole and with the permissions it had; first all beside their places, then into them. Raises
 * ProblemError when one was changed since it was read, and then writes none.
 */
export async function writeChanges(changes: readonly FileChange[]): Promise<void> {
  const open: WrittenFile[] = []
  try {
    for (const { path, to, after } of changes) {
      const mark = readFileSync(path, 'utf8').startsWith(MARK) ? MARK : ''
      const file = await WrittenFile.open(to, undefined, statSync(path).mode & 0o7777)
      open.push(file)
      await new Promise<void>((done, fail) => {
        file.stream.write(mark + after, (error) => (error ? fail(error) : done()))
      })
    }
    for (const { path, before } of changes) if (!isAsRead(path, before)) throw new ProblemError(changed(path))
    for (const [index, { path, to, before }] of changes.entries()) {
      // Somebody may have written it meanwhile.
      if (!isAsRead(path, before)) throw new ProblemError(changed(path))
      await open[index]!.keep()
      if (to !== path) rmSync(path)
    }
  } finally {
    for (const file of open) await file.close()
  }
}

function isAsRead(path: string, before: string): boolean {
  try {
    const text = readFileSync(path, 'utf8')
    return text === before || text === MARK + before
  } catch {
    return false
  }
}

function changed(path: string) {
  return { message: `somebody has changed ${shownPath(path)} meanwhile`, hint: 'run it again' }
}
