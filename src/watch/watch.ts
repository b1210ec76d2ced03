import { setTimeout as sleep } from 'node:timers/promises'
import { execute } from '../engine/execute.ts'
import type { Prepared, Prompter } from '../engine/run.ts'
import { keepRun } from '../history/spool.ts'
import { SessionPool } from '../remote/session-pool.ts'
import { formatProblems } from '../report/index.ts'
import { duration } from '../report/text.ts'
import { ProblemError } from '../values/problem.ts'
import { masked } from '../vault/secrets.ts'
import { Board, type Notice } from './board.ts'
import { CheckRecord } from './check.ts'
import type { Schedule } from './schedule.ts'

/** How long a login that is kept may take to answer before a check; it is made anew then. In ms. */
const SILENCE = 5_000
/** How long what is cut off may take to end, in ms. */
const LAST_WORDS = 5_000

/** What is to be watched, and how. */
export interface Watch {
  /** Reads everything anew. Raises ProblemError. */
  readonly prepare: () => Promise<Prepared>
  readonly ask: Prompter
  readonly schedule: Schedule
  /** Checks to be made; without end if nothing is said. */
  readonly count?: number | undefined
  /** How long a check may take, in ms. */
  readonly patience: number
  /** What differs is put right. */
  readonly apply: boolean
  readonly diff: boolean
  readonly limit?: string | undefined
  /** The first signal: nothing more is started. */
  readonly stop: AbortSignal
  /** The second: what runs is cut off. Checks, which change nothing, are cut off at once. */
  readonly cut: AbortSignal
  /** A check is over. What it awaits is done before the next one. */
  readonly onChecked: (board: Board, notices: readonly Notice[]) => Promise<void>
}

/**
 * Checks again and again over logins that stay, until it is stopped or has made as many checks as were asked for.
 * Gives the exit status: that of the last check, or 0 when it was stopped. What is wrong with the files before the
 * first check raises ProblemError; later it is a check that could not be made.
 */
export async function watch(given: Watch): Promise<number> {
  const { schedule, stop, count = Number.POSITIVE_INFINITY } = given
  let pool = new SessionPool()
  const board = new Board(given.apply)
  let status = 0
  try {
    while (!stop.aborted && board.checks < count) {
      await schedule.wait(stop)
      if (stop.aborted) break
      const made = await check(given, pool, board)
      if (made === undefined) break
      status = made.status
      if (made.hangs) {
        // What is left of it may still use the logins.
        void pool.close().catch(() => {})
        pool = new SessionPool()
      }
      await given.onChecked(board, made.notices)
    }
  } finally {
    await Promise.race([pool.close(), sleep(LAST_WORDS, undefined, { ref: false })])
  }
  return stop.aborted ? 0 : status
}

interface Made {
  readonly status: number
  readonly notices: readonly Notice[]
  /** It took too long, and may be going on. */
  readonly hangs?: boolean
}

/** Makes one check; undefined when it was interrupted and nobody waits for what it would have found. */
async function check(given: Watch, pool: SessionPool, board: Board): Promise<Made | undefined> {
  const at = Date.now()
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  board.begin()
  try {
    const { made, isTooLong } = await untilStopped(given, (stop, cut) =>
      carryOut(given, pool, board, { stop, cut, at, seconds }),
    )
    if (!isTooLong) return made
    const problem = `the check took more than ${duration(given.patience / 1000)}, and was cut off`
    const notices = board.fail(problem, at, seconds())
    return { status: 1, notices: [...(made?.notices ?? []), ...notices], hangs: true }
  } catch (error) {
    if (board.checks === 1 && error instanceof ProblemError) throw error
    return { status: 1, notices: board.fail(problemText(error), at, seconds()) }
  }
}

interface Turn {
  readonly stop: AbortSignal
  readonly cut: AbortSignal
  /** When the check began, in ms since 1970, and how long it has taken. */
  readonly at: number
  readonly seconds: () => number
}

/** Carries out the run that a check is; undefined when it was cut off and has changed nothing. */
async function carryOut(
  { prepare, diff, limit, apply, ask }: Watch,
  pool: SessionPool,
  board: Board,
  { stop, cut, at, seconds }: Turn,
): Promise<Made | undefined> {
  const record = new CheckRecord(diff)
  const prepared = await prepare()
  await pool.dropSilent(SILENCE)
  const { folder, output } = prepared.request
  const kept = output.history && keepRun(output.history, { folder, limit })
  const emit: CheckRecord['listener'] = (event) => {
    record.listener(event)
    if (kept) kept.listener(event)
  }
  const status = await execute(prepared, { emit, stop, cut, ask, pool })
  if (record.interrupted && !apply) return undefined
  const notices = board.take(record, at, seconds())
  if (kept && (notices.length > 0 || board.checks === 1)) await kept.finish()
  return { status, notices }
}

/** What a check is that could not be made, as people read it. */
function problemText(error: unknown): string {
  if (error instanceof ProblemError) return masked(formatProblems(error.problems))
  return masked(error instanceof Error ? error.message : String(error))
}

/**
 * Does a piece of work whose signals are its own, so that nothing of it is left behind when it is done. What it
 * made is undefined when it was cut off and has not ended soon; `isTooLong`: it was because its time was over.
 */
async function untilStopped<T>(
  { stop, cut, apply, patience }: Watch,
  work: (stop: AbortSignal, cut: AbortSignal) => Promise<T>,
): Promise<{ readonly made: T | undefined; readonly isTooLong: boolean }> {
  const own = { stop: new AbortController(), cut: new AbortController() }
  const done = new AbortController()
  let isTooLong = false
  let tooLate = () => {}
  const late = new Promise<undefined>((resolve) => {
    tooLate = () => resolve(undefined)
  })
  const onCut = () => {
    own.cut.abort()
    sleep(LAST_WORDS, undefined, { signal: done.signal }).then(tooLate, () => {})
  }
  const onStop = () => {
    own.stop.abort()
    if (!apply) onCut()
  }
  const limit = setTimeout(() => {
    isTooLong = true
    own.stop.abort()
    onCut()
  }, patience)
  stop.addEventListener('abort', onStop)
  cut.addEventListener('abort', onCut)
  if (stop.aborted) onStop()
  try {
    const made = await Promise.race([work(own.stop.signal, own.cut.signal), late])
    return { made, isTooLong: isTooLong && !stop.aborted }
  } finally {
    done.abort()
    clearTimeout(limit)
    stop.removeEventListener('abort', onStop)
    cut.removeEventListener('abort', onCut)
  }
}
