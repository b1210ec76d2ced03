import type { BatchedProbe } from './probe.ts'

/**
 * What a task looks at on its host, and what it leaves there otherwise than it was, as far as other tasks may do either
 * with the same. Paths are absolute, without `..`, and as the task names them: whether two of them are the same in the
 * end is found out by whoever compares.
 */
export interface Footprint {
  /** All that the plan was made of, and that the actions need: what they write too, but what they write whatever is there. */
  readonly reads: Traces
  /** What the actions make, change or remove; 'anything' if that cannot be said. */
  readonly writes: Traces | 'anything'
  /** What probes would find behind the actions of the paths and names written, as far as that is known. */
  readonly leaves?: readonly Found[]
  /**
   * All that was asked of those paths and names of which the plan can be made on what a task before leaves. Its actions
   * do nothing, and end with `CHANGED_MEANWHILE`, where they find something else.
   */
  readonly takes?: readonly Asked[]
}

/** What a probe asks of a path or name. */
export interface Asked {
  /** The path or name, as it stands in `reads` and `writes`. */
  readonly of: string
  readonly look: BatchedProbe
  readonly item: string
}

/** What a probe finds of a path or name. */
export interface Found extends Asked {
  readonly found: unknown
}

export interface Traces {
  /** Files, folders and links themselves; what is in a folder is not meant. */
  readonly paths?: readonly string[]
  /** What else there is on a host, by kind and name: `users/alice`; one of a kind alone means all of it. */
  readonly names?: readonly string[]
}

/** How a module says what it has to do with. */
export interface Footprints<Args, State, Context, Plan> {
  /** All paths that `of` may name; known before the host is. */
  paths?(args: Args): readonly string[]
  /**
   * What a plan has to do with; undefined if that cannot be said. A module that says it for a plan with actions fails if
   * one of them ends with another status than 0, and for no other reason.
   */
  of(args: Args, state: State, plan: Plan, view: Context): Footprint | undefined
}

/**
 * The footprint of a module of which it is known what it looks at, by names, if it is, and not what its changes bring
 * about.
 */
export function looksAt<Args>(names: (args: Args) => readonly string[] | undefined): {
  of(args: Args, state: unknown, plan: { readonly changes: readonly unknown[] }): Footprint | undefined
} {
  return {
    of(args, _state, { changes }) {
      const looked = names(args)
      return looked && { reads: { names: looked }, writes: changes.length > 0 ? 'anything' : {} }
    },
  }
}

/** The footprint of a module that has nothing to do with hosts. */
export const TOUCHES_NOTHING = { of: (): Footprint => ({ reads: {}, writes: {} }) }
