import type { Slot } from '../../remote/slot.ts'
import type { HostState } from '../host.ts'
import type { Prefetcher } from '../prefetch/prefetcher.ts'
import type { Upcoming } from '../prefetch/upcoming.ts'
import type { PlayContext } from './resolve.ts'

/** What a task is carried out with on a host. */
export interface Surroundings {
  readonly context: PlayContext
  readonly prefetcher: Prefetcher
  /** The host's among those that are worked on at the same time. */
  readonly slot: Slot
  /** The steps behind the task, which may be probed ahead. */
  readonly upcoming: Upcoming
  /** The hosts that have the variables that the task sets: the host alone, or all with run_once. */
  readonly sharers: readonly HostState[]
}
