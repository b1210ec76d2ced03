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
  /** Resolves when one that is being made has been made, or has failed. */
  making: Promise<void> | undefined
}

const KEPT_AT_MOST = 8
/** Something that so many hosts in a row have each for themselves is made without looking, and not kept. */
const MISSED_AT_MOST = 16
/** A host waits for so many others to make it before it makes its own. */
const WAITS_AT_MOST = 4

/** What is made of steps with variables, once for all hosts on which those that it reads stand for the same. */
export class Alike<T> {
  readonly #kept = new WeakMap<object, Kept<T>>()

  /** What was made of a step where all that it reads was as it is in this scope. */
  find(step: object, scope: TemplateContext): T | undefined {
    const kept = this.#kept.get(step)
    if (kept === undefined) return undefined
    const { all } = kept
    for (let at = 0; at < all.length; at += 1) {
      const one = all[at]!
      if (!readsTheSame(one.read, scope.variables) || !one.holds.every((hold) => hold())) continue
      if (at > 0) all.unshift(...all.splice(at, 1))
      kept.missed = 0
      return one.made
    }
    return undefined
  }

  /**
   * Makes it, and keeps it for `find`, unless another host makes the same just now. `make` may name more that must hold
   * for it to be so again. Raises what `make` raises.
   */
  async make(
    step: object,
    scope: TemplateContext,
    make: (scope: TemplateContext, holds: (() => boolean)[]) => Promise<T>,
  ): Promise<T> {
    const kept = this.#kept.get(step) ?? { all: [], missed: 0, making: undefined }
    this.#kept.set(step, kept)
    for (let waits = 0; kept.making !== undefined && waits < WAITS_AT_MOST; waits += 1) {
      if (kept.missed >= MISSED_AT_MOST) break
      await kept.making
      const found = this.find(step, scope)
      if (found !== undefined) return found
    }
    if (kept.missed >= MISSED_AT_MOST) {
      kept.all.length = 0
      return make(scope, [])
    }
    const making = this.#make(kept, scope, make)
    const over = () => {
      kept.making = undefined
    }
    kept.making = making.then(over, over)
    return making
  }

  async #make(
    kept: Kept<T>,
    scope: TemplateContext,
    make: (scope: TemplateContext, holds: (() => boolean)[]) => Promise<T>,
  ): Promise<T> {
    const { scope: noted, reading } = scope.noted()
    const holds: (() => boolean)[] = []
    const made = await make(noted, holds)
    kept.missed += 1
    const read = reading.end(noted.variables)
    if (read !== undefined) kept.all.unshift({ read, holds, made })
    kept.all.splice(KEPT_AT_MOST)
    return made
  }
}
