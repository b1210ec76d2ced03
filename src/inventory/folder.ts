import { readdirSync } from '../values/controller-files.ts'
import type { Problem } from '../values/problem.ts'
import { shownPath } from '../yaml/files.ts'

/** The names in a folder, sorted; none, and a problem, when it cannot be read. */
export function namesIn(folder: string, problems: Problem[]): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    problems.push({
      message: `${shownPath(folder)} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    })
    return []
  }
}
