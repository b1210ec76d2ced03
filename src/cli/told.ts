import { formatProblems } from '../report/index.ts'
import { ProblemError } from '../values/problem.ts'
import { masked } from '../vault/secrets.ts'
import { showPathsFrom } from '../yaml/files.ts'
import { writeTrees } from '../yaml/kept/trees.ts'

/** The exit status of a command; what it has found wrong is told on stderr. */
export async function told(run: () => Promise<number>): Promise<number> {
  showPathsFrom(process.cwd())
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    process.stderr.write(`${masked(formatProblems(error.problems, { color: usesColor(process.stderr) }))}\n`)
    return 1
  } finally {
    await writeTrees()
  }
}

/** Whether colours are of use where the output goes. */
export function usesColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env.NO_COLOR === undefined && process.env.CI === undefined
}
