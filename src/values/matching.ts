import { spawnSync } from 'node:child_process'
import { type Context, createContext, Script } from 'node:vm'
import { mapOfRun } from './of-run.ts'
import { stepsAtMost } from './regexp-cost.ts'
import { waysAhead } from './regexp-paths.ts'

/** For which no limit of time is needed: some tens of milliseconds. */
const FEW_STEPS = 1e7
/** With fewer ways to look ahead V8 compiles an expression within a second. */
const FEW_WAYS = 1e4

/** How long an expression may take, in milliseconds. */
export interface Limits {
  /** Of one use; while it lasts, nothing else of the run goes on. */
  readonly use: number
  /** Of a use of one that has come to its limit before: there may be hundreds of hosts. */
  readonly useAgain: number
  /** For which it is tried in another process whether V8 compiles it. */
  readonly compiling: number
}
const LIMITS: Limits = { use: 1000, useAgain: 100, compiling: 3000 }

const COMPILE = `const [source, flags] = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
const expression = new RegExp(source, flags)
for (const text of ['a', 'a', '\\u0100', '\\u0100']) expression.exec(text)`

/** Sources of the expressions that have come to the limit. */
const slow = new Set<string>()
/** By source: whether V8 compiles it in time. */
const compiling = mapOfRun<string, boolean>()

/** A use of a regular expression. */
export interface Use {
  readonly expression: RegExp
  /** The expression as the user wrote it. */
  readonly written: string
  readonly text: string
  /** What the text is: a path, a port. */
  readonly name?: string
}

/**
 * What `work` makes of a user's regular expression and a text. Raises an Error with a sentence when that takes longer
 * than a second (`limits` say otherwise) or more memory than there is for it, and what `work` raises.
 */
export function matching<T>(use: Use, work: () => T, limits = LIMITS): T {
  const { source } = use.expression
  const limit = slow.has(source) ? limits.useAgain : limits.use
  try {
    if (!compiles(use.expression, limits.compiling))
      throw new Error(tooLarge(use, 'has too many parts in a row that may be empty'))
    return stepsAtMost(source, use.text.length) <= FEW_STEPS ? work() : withinLimit(work, limit)
  } catch (error) {
    // V8 compiles it when it is first used.
    if (error instanceof SyntaxError) throw new Error(tooLarge(use, 'is too large'))
    if (error instanceof RangeError) throw new Error(refusal(use, 'needs too much memory'))
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    slow.add(source)
    throw new Error(refusal(use, `takes more than ${limit / 1000} s`))
  }
}

/** V8 compiles an expression when it is first used, and nothing ends that. */
function compiles({ source, flags }: RegExp, timeout: number): boolean {
  let does = compiling.get(source)
  if (does === undefined) {
    const input = JSON.stringify([source, flags])
    const options = { input, timeout, killSignal: 'SIGKILL' } as const
    does =
      waysAhead(source) <= FEW_WAYS || spawnSync(process.execPath, ['-e', COMPILE], options).signal === null
    compiling.set(source, does)
  }
  return does
}

let place: { readonly script: Script; readonly context: Context } | undefined

/** V8 ends what a script of node:vm has called, even within a regular expression. A call costs half a millisecond. */
function withinLimit<T>(work: () => T, timeout: number): T {
  place ??= { script: new Script('work()'), context: createContext({}) }
  place.context.work = work
  return place.script.runInContext(place.context, { timeout })
}

function tooLarge({ written }: Use, why: string): string {
  return `the regular expression "${written.slice(0, 60)}${written.length > 60 ? '...' : ''}" ${why}`
}

function refusal({ written, text, name = 'a text' }: Use, why: string): string {
  const start = JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}...` : text)
  const what = `${name} (${text.length} characters, ${start})`
  const hint = 'a repetition inside of another, as in (a+)+, can try for ever: write it with one'
  return `the regular expression "${written}" ${why} on ${what}; ${hint}`
}
