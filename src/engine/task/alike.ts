import type { TemplateContext } from '../../template/context.ts'
import { type Binding, readsTheSame } from '../../template/reading.ts'

/** What was made, and what must be the same for it to be made again. */
interface Made<T> {
  readonly read: ReadonlyMap<string, Binding>
  readonly holds: readonly (() => boolean)[]
  readonly made: T
}

interface Kept<T> {
  /** The one that was wanted last comes first. */
  readonly all: Made<T>[]
  /** How often in a row there was none. */
  missed: number
}

const KEPT_AT_MOST = 8
/** Something that so many hosts in a row have each for themselves is made without looking, and not kept. */
const MISSED_AT_MOST = 32

/** What is made with variables, once for all hosts on which those that it reads stand for the same. */
export class Alike<T> {
  readonly #kept = new WeakMap<object, Kept<T>>()

  /**
   * What `make` has made for the same step where all that it reads was the same, or makes now. `make` may name more that
   * must hold for it to be so again.
   */
  async get(
    step: object,
    scope: TemplateContext,
    make: (scope: TemplateContext, holds: (() => boolean)[]) => Promise<T>,
  ): Promise<T> {
    const kept = this.#kept.get(step) ?? { all: [], missed: 0 }
    this.#kept.set(step, kept)
    if (kept.missed > MISSED_AT_MOST) return make(scope, [])
    const at = kept.all.findIndex(
      ({ read, holds }) => readsTheSame(read, scope.variables) && holds.every((hold) => hold()),
    )
    if (at !== -1) {
      const [found] = kept.all.splice(at, 1)
      kept.all.unshift(found!)
      kept.missed = 0
      return found!.made
    }
    kept.missed += 1
    const { scope: noted, reading } = scope.noted()
    const holds: (() => boolean)[] = []
    const made = await make(noted, holds)
    const read = reading.end(noted.variables)
    if (read !== undefined) kept.all.unshift({ read, holds, made })
    kept.all.splice(KEPT_AT_MOST)
    return made
  }
}
