import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Kept, openWhole, writeWhole } from '../../local/written-file.ts'
import type { Listener } from '../../protocol/event.ts'
import { type Problem, ProblemError } from '../../values/problem.ts'
import type { Timeline } from '../profile/timeline.ts'
import { traceDocument } from '../profile/trace.ts'
import { clean } from '../text.ts'
import { htmlDocument } from './html.ts'
import { jsonDocument, jsonLines } from './json.ts'
import { junitDocument } from './junit.ts'
import { kindOf, type ReportKind } from './kinds.ts'
import { markdownDocument } from './markdown.ts'
import { createRecorder, type RunRecord } from './record.ts'

const DOCUMENTS: Readonly<Record<Exclude<ReportKind, 'jsonl'>, (run: RunRecord) => string>> = {
  html: htmlDocument,
  xml: junitDocument,
  json: jsonDocument,
  md: markdownDocument,
}

interface Reports {
  readonly listener: Listener
  /** Writes what is made at the end. Raises ProblemError. */
  finish(): Promise<void>
}

/** Reports that are files, made of a run that is about to begin. Raises ProblemError where one could not be written. */
export async function openReports(
  paths: readonly string[],
  now: () => Date = () => new Date(),
): Promise<Reports> {
  const problems = (await Promise.all(paths.map(whyNot))).flat()
  if (problems.length > 0) throw new ProblemError(problems)
  const lines = await Promise.all(
    paths.filter((path) => kindOf(path) === 'jsonl').map((path) => openLines(path, now)),
  )
  let run: RunRecord | undefined
  const record = createRecorder((finished) => {
    run = finished
  }, now)
  const documents = paths.filter((path) => kindOf(path) !== 'jsonl')
  return {
    listener: (event) => {
      for (const one of lines) one.listener(event)
      if (documents.length > 0) record(event)
    },
    finish: async () => {
      const failed = await Promise.all([
        ...lines.map((one) => one.finish()),
        ...(run === undefined ? [] : documents.map((path) => write(path, [documentOf(path, run!)]))),
      ])
      if (failed.flat().length > 0) throw new ProblemError(failed.flat())
    },
  }
}

function documentOf(path: string, run: RunRecord): string {
  const kind = kindOf(path)
  if (kind === undefined || kind === 'jsonl') throw new Error(`${path} is no document`)
  return DOCUMENTS[kind](run)
}

/** Events go into a file beside its place as they come; a run that ends puts it there. */
async function openLines(path: string, now: () => Date) {
  const file: Kept = await openWhole(path)
  let wrong: unknown
  let whole = false
  file.stream.on('error', (error) => {
    wrong ??= error
  })
  const write = jsonLines((line) => file.stream.write(line), now)
  const listener: Listener = (event) => {
    write(event)
    if (event.type === 'run-finished') whole = true
  }
  const finish = async (): Promise<Problem[]> => {
    try {
      await new Promise<void>((done) => file.stream.end(() => done()))
      if (wrong === undefined && whole) await file.keep()
      return wrong === undefined ? [] : [problem(path, wrong)]
    } catch (error) {
      return [problem(path, error)]
    } finally {
      await file.close()
    }
  }
  return { listener, finish }
}

/** Writes the picture of where the time went; throws a ProblemError when that cannot be done. */
export async function writeTrace(path: string, timeline: Timeline): Promise<void> {
  const problems = await write(path, traceDocument(timeline))
  if (problems.length > 0) throw new ProblemError(problems)
}

async function whyNot(path: string): Promise<Problem[]> {
  const folder = dirname(resolve(path))
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory()) throw new Error('it is a folder')
    await access(folder, constants.W_OK)
    return []
  } catch (error) {
    const hint = 'give the report a path in a folder that exists and can be written'
    return [{ message: `cannot write the report ${clean(path)}: ${sentence(error)}`, hint }]
  }
}

async function write(path: string, chunks: Iterable<string>): Promise<Problem[]> {
  try {
    await writeWhole(path, chunks)
    return []
  } catch (error) {
    return [problem(path, error)]
  }
}

function problem(path: string, error: unknown): Problem {
  const hint = 'the run itself is done; give the report a path in a folder that exists and can be written'
  return { message: `cannot write the report ${clean(path)}: ${sentence(error)}`, hint }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
