import { type Context, createContext, Script } from 'node:vm'
import { stepsAtMost } from './regexp-cost.ts'

/** For which no limit of time is needed: some tens of milliseconds. */
const FEW_STEPS = 1e7
/** Of one use of an expression, in milliseconds; while it lasts, nothing else of the run goes on. */
const LIMIT = 1000
/** Of one that has come to the limit before: there may be hundreds of hosts. */
const LIMIT_FROM_THEN_ON = 100

/** Sources of the expressions that have come to the limit. */
const slow = new Set<string>()

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
 * than a second or more memory than there is for it, and what `work` raises.
 */
export function matching<T>(use: Use, work: () => T): T {
  const { source } = use.expression
  const limit = slow.has(source) ? LIMIT_FROM_THEN_ON : LIMIT
  try {
    return stepsAtMost(source, use.text.length) <= FEW_STEPS ? work() : withinLimit(work, limit)
  } catch (error) {
    // V8 compiles it when it is first used.
    if (error instanceof SyntaxError)
      throw new Error(`the regular expression "${use.written.slice(0, 60)}..." is too large`)
    if (error instanceof RangeError) throw new Error(refusal(use, 'needs too much memory'))
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    slow.add(source)
    throw new Error(refusal(use, `takes more than ${limit / 1000} s`))
  }
}

let place: { readonly script: Script; readonly context: Context } | undefined

/** V8 ends what a script of node:vm has called, even within a regular expression. A call costs half a millisecond. */
function withinLimit<T>(work: () => T, timeout: number): T {
  place ??= { script: new Script('work()'), context: createContext({}) }
  place.context.work = work
  return place.script.runInContext(place.context, { timeout })
}

function refusal({ written, text, name = 'a text' }: Use, why: string): string {
  const start = JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}...` : text)
  const what = `${name} (${text.length} characters, ${start})`
  const hint = 'a repetition inside of another, as in (a+)+, can try for ever: write it with one'
  return `the regular expression "${written}" ${why} on ${what}; ${hint}`
}
