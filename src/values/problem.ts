import { distance } from 'fastest-levenshtein'
import type { SourceSpan } from './source.ts'

/**
 * Something wrong with what the user wrote: what it is, where, and how to put it right. `Where` is what is known of
 * its place: offsets into a template, say, as long as nobody has looked where that stands.
 */
export type Problem<Where = { readonly place?: SourceSpan | undefined }> = Where & {
  readonly message: string
  readonly hint?: string | undefined
}

/** Carries every problem found so far; nobody is shown its stack. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[] | Problem) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem]
    super(list.map((problem) => problem.message).join('\n'))
    this.name = 'ProblemError'
    this.problems = list
  }
}

/**
 * The known name that a mistyped one was most likely meant to be, or undefined when none is close: at `most` so many
 * slips away.
 */
export function closest(
  name: string,
  known: Iterable<string>,
  most: number = mistakesIn(name),
): string | undefined {
  let best: string | undefined
  let least = most + 1
  for (const candidate of known) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase())
    if (steps < least) {
      least = steps
      best = candidate
    }
  }
  return best
}

/** How many slips of the finger a name of this length is likely to hold. */
function mistakesIn(name: string): number {
  return name.length < 3 ? 0 : name.length === 3 ? 1 : Math.max(2, Math.floor(name.length / 3))
}

/** `did you mean "x"?`, or undefined when no known name is close. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const meant = closest(name, known)
  return meant === undefined ? undefined : `did you mean "${meant}"?`
}
