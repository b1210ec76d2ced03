import type { Phase } from '../../protocol/event.ts'
import { length, total } from './phases.ts'
import { hasApplied, type Probed, type Timeline, type Turn } from './timeline.ts'

/** Something that keeps a run from costing one round trip a host. */
export interface Gap {
  readonly kind: Kind
  /** On the path. */
  seconds: number
  /** The names of the tasks that it came from; none where it is the runner's own. */
  readonly tasks: Set<string>
}

export type Kind =
  | 'starting'
  | 'prompting'
  | 'closing'
  | 'runner'
  | 'applying'
  | 'pausing'
  /** One probe that could not go along with others. */
  | 'probing'
  /** What was sent before has become invalid, for something was changed. */
  | 'again'
  /** What was not sent in the first message, for another reason. */
  | 'later'

type Part = Kind | 'floor'

const parts: Readonly<Record<Phase, Part>> = {
  starting: 'starting',
  playbooks: 'starting',
  inventory: 'starting',
  checking: 'starting',
  prompting: 'prompting',
  closing: 'closing',
  connecting: 'floor',
  result: 'floor',
  rendering: 'runner',
  prefetching: 'runner',
  planning: 'runner',
  probing: 'probing',
  applying: 'applying',
  pausing: 'pausing',
}

/**
 * Divides a run's time into what one round trip cost (`floor`: connecting, and waiting for the results of the first
 * message to a host) and the gaps above it, the longest first. Seconds; together they are the whole time.
 */
export function gapsOf({ runner, path, seconds }: Timeline): { floor: number; gaps: Gap[] } {
  const division = new Division()
  for (const { phase, ...span } of runner) division.add(parts[phase], length(span))
  for (const turn of path) division.addTurn(turn)
  division.add('runner', seconds - total([...runner, ...path]))
  return { floor: division.floor, gaps: [...division.gaps.values()].sort((a, b) => b.seconds - a.seconds) }
}

class Division {
  floor = 0
  readonly gaps = new Map<Kind, Gap>()
  /** What results are waited for by now. */
  #results: Part = 'floor'
  #isChanged = false
  /** So many turns had applied something by the end of the last. */
  #applied = 0

  add(part: Part, seconds: number, task?: string): void {
    if (part === 'floor') {
      this.floor += seconds
      return
    }
    const gap: Gap = this.gaps.get(part) ?? { kind: part, seconds: 0, tasks: new Set() }
    this.gaps.set(part, gap)
    gap.seconds += seconds
    if (task !== undefined) gap.tasks.add(task)
  }

  addTurn(turn: Turn): void {
    const { task, spans, probed, appliedBefore } = turn
    if (appliedBefore > this.#applied) this.#isChanged = true
    let sent = 0
    for (const span of spans) {
      for (; sent < probed.length && probed[sent]!.at <= span.began; sent += 1) this.#sent(probed[sent]!)
      if (span.phase === 'applying') this.#isChanged = true
      const part = span.phase === 'result' ? this.#results : parts[span.phase]
      this.add(part, length(span), part === 'runner' ? undefined : task.name)
    }
    for (const behind of probed.slice(sent)) this.#sent(behind)
    this.#applied = appliedBefore + (hasApplied(turn) ? 1 : 0)
    this.add('runner', length(turn) - total(spans))
  }

  #sent({ isFirst }: Probed): void {
    this.#results = isFirst ? 'floor' : this.#isChanged ? 'again' : 'later'
    this.#isChanged = false
  }
}
