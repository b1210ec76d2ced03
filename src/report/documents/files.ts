import { writeWhole } from '../../local/written-file.ts'
import { ProblemError } from '../../values/problem.ts'
import { createTheme } from '../paint.ts'
import type { Timeline } from '../profile/timeline.ts'
import { traceDocument } from '../profile/trace.ts'
import type { RenderOptions } from '../result.ts'
import { htmlDocument } from './html.ts'
import { junitDocument } from './junit.ts'
import type { RunRecord } from './record.ts'

/** Paths of the reports that are files; those not wanted are left out. */
export interface ReportFiles {
  readonly junit?: string | undefined
  readonly html?: string | undefined
}

const telling: RenderOptions = {
  look: createTheme({ color: false, unicode: false }),
  verbosity: 1,
  diff: true,
  changes: true,
  skipped: true,
}

/** Writes the reports that are wanted; throws a ProblemError that names those that could not be written. */
export async function writeReports(run: RunRecord, { junit, html }: ReportFiles): Promise<void> {
  const problems = await Promise.all([
    junit === undefined ? [] : write(junit, junitDocument(run, telling)),
    html === undefined ? [] : write(html, htmlDocument(run, telling)),
  ])
  if (problems.flat().length > 0) throw new ProblemError(problems.flat())
}

/** Writes the picture of where the time went; throws a ProblemError when that cannot be done. */
export async function writeTrace(path: string, timeline: Timeline): Promise<void> {
  const problems = await write(path, traceDocument(timeline))
  if (problems.length > 0) throw new ProblemError(problems)
}

async function write(
  path: string,
  text: string | Iterable<string>,
): Promise<{ message: string; hint: string }[]> {
  try {
    await writeWhole(path, typeof text === 'string' ? [text] : text)
    return []
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const hint = 'the run itself is done; give the report a path in a folder that exists and can be written'
    return [{ message: `cannot write the report ${path}: ${why}`, hint }]
  }
}
