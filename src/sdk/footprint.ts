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
  /** All that modules which take it (`takesLeft`) would find of the paths written, if that is known. */
  readonly leaves?: readonly Found[]
}

/** What a probe finds of an item. */
export interface Found {
  readonly look: BatchedProbe
  readonly item: string
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
  /**
   * It can plan on what a task before leaves of a file. It sees to it that its actions do nothing, and end with
   * `CHANGED_MEANWHILE`, where they find another one.
   */
  readonly takesLeft?: true
}

/** The footprint of a module of which it is known what it looks at, by names, and not what its changes bring about. */
export function looksAt<Args>(names: (args: Args) => readonly string[]): {
  of(args: Args, state: unknown, plan: { readonly changes: readonly unknown[] }): Footprint
} {
  return {
    of: (args, _state, { changes }) => ({
      reads: { names: names(args) },
      writes: changes.length > 0 ? 'anything' : {},
    }),
  }
}
