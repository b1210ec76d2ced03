import { isIn, type Range } from './versions.ts'
import type { Asker } from './wanted.ts'

/** Somebody's wish: a range of versions, from one server or any. */
export interface Constraint {
  readonly range: Range
  readonly server?: string | undefined
  readonly asker: Asker
}

/** A version of a collection that could be taken. */
export interface Candidate {
  readonly name: string
  readonly version: string
}

/** Where versions of collections come from. */
export interface Versions<C extends Candidate> {
  /** Those that meet all wishes, the preferred first. */
  candidates(name: string, constraints: readonly Constraint[]): AsyncIterable<C>
  /** What a version needs, with the wishes that it has. */
  needs(candidate: C): Promise<ReadonlyMap<string, Constraint>>
}

/** Wishes for a collection that no version meets. */
export class ConflictError extends Error {
  readonly collection: string
  readonly constraints: readonly Constraint[]
  /** The version that was taken already, if there was one. */
  readonly taken: string | undefined

  constructor(collection: string, constraints: readonly Constraint[], taken?: string) {
    super(`no version of ${collection} is what all want`)
    this.collection = collection
    this.constraints = constraints
    this.taken = taken
  }
}

const STEPS_AT_MOST = 20_000

type Wishes = ReadonlyMap<string, readonly Constraint[]>
type Taken<C> = ReadonlyMap<string, C>

/**
 * A version of each collection that is wished for, and of those that they need, that meets all wishes: the first that is
 * found when the preferred ones are tried first. Raises the first ConflictError when there is none, and an Error when it
 * takes too many steps.
 */
export async function solve<C extends Candidate>(wishes: Wishes, versions: Versions<C>): Promise<Taken<C>> {
  let first: ConflictError | undefined
  let steps = 0

  async function step(taken: Taken<C>, wanted: Wishes): Promise<Taken<C> | undefined> {
    const open = [...wanted].find(([name]) => !taken.has(name))
    if (open === undefined) return taken
    const [name, constraints] = open
    let isThere = false
    for await (const candidate of versions.candidates(name, constraints)) {
      isThere = true
      steps += 1
      if (steps > STEPS_AT_MOST)
        throw new Error(`more than ${STEPS_AT_MOST} ways to choose versions were tried in vain`)
      const next = new Map(taken).set(name, candidate)
      const needs = await versions.needs(candidate)
      const conflict = conflictIn(next, wanted, needs)
      if (conflict !== undefined) first ??= conflict
      else {
        const found = await step(next, added(wanted, needs))
        if (found !== undefined) return found
      }
    }
    if (!isThere) first ??= new ConflictError(name, constraints)
    return undefined
  }

  const found = await step(new Map(), wishes)
  if (found !== undefined) return found
  throw first!
}

function conflictIn<C extends Candidate>(
  taken: Taken<C>,
  wanted: Wishes,
  needs: ReadonlyMap<string, Constraint>,
): ConflictError | undefined {
  for (const [name, constraint] of needs) {
    const one = taken.get(name)
    // What has been taken was asked for: a pre-release among it is one on purpose.
    if (one === undefined || isIn(one.version, constraint.range, true)) continue
    return new ConflictError(name, [...(wanted.get(name) ?? []), constraint], one.version)
  }
  return undefined
}

function added(wanted: Wishes, needs: ReadonlyMap<string, Constraint>): Wishes {
  const all = new Map(wanted)
  for (const [name, constraint] of needs) all.set(name, [...(all.get(name) ?? []), constraint])
  return all
}
