import type { Task } from '../../playbook/ast.ts'
import type { Session } from '../../remote/session.ts'
import { batchedProbesOf, type Probe } from '../../sdk/probe.ts'
import type { HostState } from '../host.ts'
import { sentTogether } from '../pipeline/sent-together.ts'
import type { UpcomingProbe } from '../prefetch/prefetcher.ts'
import { canPrefetch, newWalk, probesOfTask, upcomingProbes } from '../prefetch/upcoming.ts'
import type { Timed } from '../spans.ts'
import type { ResolvedTask } from './resolve.ts'
import type { ModuleRunOptions, Planned } from './run-module.ts'
import { probeWords } from './sent.ts'
import type { Surroundings } from './surroundings.ts'

/** An item of a task, or a task without a loop, whose turn it is on a host. */
export interface Turn {
  readonly task: Task
  readonly host: HostState
  readonly surroundings: Surroundings
  readonly timed: Timed
  /** How many items of the loop have begun; 1 without a loop. */
  readonly itemsBegun: number
  /** The task has failed, unless somebody says otherwise when all its items are done. */
  readonly hasFailed: boolean
  /** So many probes have gone to the host together. */
  readonly sent: (probes: number) => void
  /** Says what goes to the host, with -vvv. */
  readonly detail: (words: () => string) => void
}

/**
 * Sends the task's own probe, if it was not sent before, with those of upcoming tasks behind it; and these again behind a
 * change.
 */
export function prefetching(
  turn: Turn,
  session: Session,
  ready: ResolvedTask,
): Pick<ModuleRunOptions, 'look' | 'onLastSent' | 'together'> {
  const { task, host, timed, surroundings } = turn
  const { prefetcher, context, upcoming } = surroundings
  const { module, environment } = ready
  const ahead = () => upcomingOf(turn)
  const sent = (probes: number) => {
    if (probes > 0) turn.sent(probes)
  }
  // A module that cannot be probed ahead probes when it must; what it changes is followed by probes all the same.
  const look = async (probe: Probe) => {
    const request = { session, environment, probes: batchedProbesOf(probe) }
    if (request.probes.length === 0) return prefetcher.result(host, request)
    if (context.pipeline.concerns(task)) await prefetcher.whole(host)
    const probes = await timed('prefetching', () => prefetcher.prepare(host, request, ahead))
    sent(probes)
    turn.detail(() => probeWords(request.probes, probes))
    return timed('result', () => prefetcher.result(host, request))
  }
  const together = (planned: Planned) =>
    sentTogether(
      { task, item: turn.itemsBegun - 1, ready, ...planned },
      { host, session, prefetcher, context, upcoming: turn.hasFailed ? undefined : upcoming },
    )
  const behind = (probes: number) => {
    sent(probes)
    if (probes > 0) turn.detail(() => `PROBE BEHIND THE CHANGE ${probes} of upcoming tasks`)
  }
  return {
    ...(canPrefetch(module) && { look, together }),
    onLastSent: () => void prefetcher.prepareBehind(host, session, ahead).then(behind),
  }
}

async function* upcomingOf({ task, host, itemsBegun, surroundings }: Turn): AsyncIterable<UpcomingProbe> {
  const { context, upcoming } = surroundings
  const walk = newWalk()
  yield* probesOfTask(task, host, context, walk, itemsBegun)
  yield* upcomingProbes(upcoming(host), host, context, walk)
}
