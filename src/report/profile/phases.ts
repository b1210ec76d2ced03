import type { Phase } from '../../protocol/event.ts'
import type { Stretch, Timeline, Turn } from './timeline.ts'

/** Phases, and what is left: of turns, of the run, and of hosts. */
export type Share = Phase | 'rest' | 'between' | 'others'

/** In the order in which they are shown, with their names. */
export const phaseNames: Readonly<Record<Share, string>> = {
  starting: 'starting node and the runner',
  playbooks: 'reading playbooks and roles',
  inventory: 'reading the inventory',
  checking: 'checking all of it',
  prompting: 'asking somebody',
  connecting: 'connecting',
  rendering: 'rendering tasks',
  prefetching: 'rendering and prefetching',
  result: 'waiting for results',
  probing: 'probing for one task alone',
  planning: 'planning',
  applying: 'applying',
  pausing: 'pausing',
  rest: 'the rest of the tasks',
  between: 'everything else',
  others: 'waiting for other hosts',
  closing: 'closing',
}

export interface PhaseTime {
  readonly phase: Share
  /** Seconds of the run's own time; undefined for what by its nature holds nothing up. */
  readonly onPath: number | undefined
  /** Seconds, added up over hosts; undefined for what is done for no host. */
  readonly all: number | undefined
  readonly times: number
}

/** The phases that there were. What is on the path adds up to the whole time of the run. */
export function phaseTimes(timeline: Timeline): PhaseTime[] {
  const { runner, turns, path, seconds } = timeline
  const own = new Sums(runner)
  const onPath = turnSums(path)
  const all = turnSums(turns)
  const others = new Sums(waitsForOthers(turns))
  return (Object.keys(phaseNames) as Share[]).flatMap((phase): PhaseTime[] => {
    if (phase === 'between') {
      return [{ phase, onPath: seconds - total([...runner, ...path]), all: undefined, times: 0 }]
    }
    if (own.times(phase) > 0) {
      return [{ phase, onPath: own.seconds(phase), all: undefined, times: own.times(phase) }]
    }
    const hosts = phase === 'others' ? others : all
    // A host that is connected already is waited for too, for no time.
    const times = phase === 'connecting' ? timeline.connections : hosts.times(phase)
    if (times === 0) return []
    const held = phase === 'others' ? undefined : onPath.seconds(phase)
    return [{ phase, onPath: held, all: hosts.seconds(phase), times }]
  })
}

/** What most of the turns' time went into, with its seconds. */
export function mostOf(turns: readonly Turn[]): { phase: Share; seconds: number } {
  const sums = turnSums(turns)
  const phases = Object.keys(phaseNames) as Share[]
  return phases
    .map((phase) => ({ phase, seconds: sums.seconds(phase) }))
    .reduce((most, next) => (next.seconds > most.seconds ? next : most))
}

export function length({ began, ended }: Stretch): number {
  return ended - began
}

export function total(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, stretch) => sum + length(stretch), 0)
}

export function waitsForOthers(turns: readonly Turn[]): (Stretch & { phase: 'others' })[] {
  return turns
    .filter(({ ended, waitedUntil }) => waitedUntil > ended)
    .map(({ ended, waitedUntil }) => ({ phase: 'others', began: ended, ended: waitedUntil }))
}

function turnSums(turns: readonly Turn[]): Sums {
  const sums = new Sums(turns.flatMap(({ spans }) => spans))
  for (const turn of turns) sums.add('rest', length(turn) - total(turn.spans))
  return sums
}

class Sums {
  readonly #sums = new Map<Share, { seconds: number; times: number }>()

  constructor(spans: readonly (Stretch & { readonly phase: Share })[]) {
    for (const span of spans) this.add(span.phase, length(span))
  }

  add(phase: Share, seconds: number): void {
    const sum = this.#sums.get(phase) ?? { seconds: 0, times: 0 }
    this.#sums.set(phase, sum)
    sum.seconds += seconds
    sum.times += 1
  }

  seconds(phase: Share): number {
    return this.#sums.get(phase)?.seconds ?? 0
  }

  times(phase: Share): number {
    return this.#sums.get(phase)?.times ?? 0
  }
}
