import type { Bed } from './bed.ts'
import { type Contestant, type Job, type Outcome, playssh } from './contestants.ts'
import type { Reached } from './hosts.ts'
import type { Measurement } from './measure.ts'
import { type Task, tasksFor } from './workloads.ts'

/** How much of everything there is to be. */
export interface Extent {
  readonly runs: number
  /** Ansible takes a minute where others take a second. */
  readonly ansibleRuns: number
  readonly taskCounts: readonly number[]
  /** Milliseconds of a round trip. */
  readonly delays: readonly number[]
  readonly hostCounts: readonly number[]
  /** Of hosts that cost nothing. */
  readonly stubCounts: readonly number[]
  /** The same, by one process and by workers. */
  readonly sharedCounts: readonly number[]
  /** Whether Ansible takes part also where no bar asks for it. */
  readonly thorough: boolean
}

export interface Part {
  readonly heading: string
  run(bed: Bed, extent: Extent): Promise<Measurement[]>
  /** What else can be said by what was measured. */
  besides?(measurements: readonly Measurement[]): string
}

export async function inSeries<Item>(
  items: readonly Item[],
  each: (item: Item) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const all: Measurement[] = []
  for (const item of items) all.push(...(await each(item)))
  return all
}

export function runsOf({ runs, ansibleRuns }: Extent): (contestant: Contestant) => number {
  return ({ dialect }) => (dialect === 'ansible' ? ansibleRuns : runs)
}

/** A check by these hosts, which now have nothing to do in it. */
export async function settled(
  bed: Bed,
  hosts: readonly Reached[],
  tasks: number | readonly Task[],
): Promise<Job> {
  const job = bed.job(hosts, typeof tasks === 'number' ? tasksFor(tasks) : tasks)
  await playssh.run(job)
  return job
}

export type Once = (contestant: Contestant) => Promise<Outcome>

export function unchanged(job: Job): Once {
  return async (contestant) => expected(contestant, await contestant.run(job), 0)
}

export function expected(contestant: Contestant, outcome: Outcome, changes: number): Outcome {
  if (outcome.changed === undefined || outcome.changed === changes) return outcome
  throw new Error(`${contestant.name} changed ${outcome.changed} things instead of ${changes}`)
}
