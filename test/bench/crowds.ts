import type { Bed } from './bed.ts'
import { type Contestant, type Outcome, runner } from './contestants.ts'
import { LARGE, VERY_LARGE } from './costs.ts'
import { HalfCores } from './half-cores.ts'
import { type Measurement, measure } from './measure.ts'
import { type Extent, expected, inSeries, runsOf, settled, unchanged } from './part.ts'
import {
  FEW,
  IN_SMALL_SLICES,
  ON_HALF,
  ONE_WORKER,
  SLICE,
  SMALL_SLICE,
  startCrew,
  THE_FIRST,
  TWO_ON_HALVES,
  TWO_WORKERS,
  withoutWorkers,
} from './workers.ts'
import { tasksFor } from './workloads.ts'

/** What this runner itself takes a host, where hosts take next to nothing. */
export async function stubHosts(bed: Bed, extent: Extent): Promise<Measurement[]> {
  return inSeries(extent.stubCounts, async (count) => {
    const { hosts, server } = await settledStubs(bed, count)
    const job = bed.job(hosts, tasksFor(15))
    const once = async (contestant: Contestant) => {
      const before = server.cpu()
      const outcome = expected(contestant, await contestant.run(job), 0)
      const servers = server.cpu() - before
      return { ...outcome, servers, note: costs(outcome, servers, count) }
    }
    const what = `${count} stub hosts x 15 tasks`
    return measure({ part: 'stubs', what, contestants: bed.runners, runs: runsOf(extent), once })
  })
}

/** Gives work to workers, by how many hosts a slice has at most. */
type Shared = (name: string, sliceHosts: number) => Contestant

/**
 * One process beside a coordinator with two workers on this machine, what one worker takes that has a processor, and the two
 * where all processes have the same share of processors.
 */
export async function workers(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const missing = withoutWorkers(bed.playssh)
  return inSeries(extent.sharedCounts, async (count) => {
    const { hosts } = await settledStubs(bed, count)
    const job = bed.job(hosts, tasksFor(15))
    const what = `${count} stub hosts x 15 tasks`
    // Workers whose memory is of so many hosts, and not of others before.
    const by = async (
      many: number,
      whom: (shared: Shared) => readonly Contestant[],
      within?: (name: string) => readonly string[],
    ) => {
      const crew =
        missing === undefined ? await startCrew(bed.playssh, bed.path('.'), many, within) : undefined
      const shared: Shared = (name, sliceHosts) =>
        crew?.coordinator(name, sliceHosts) ?? { ...bed.playssh, name, missing: missing! }
      try {
        // The first run brings the workers the files, which stay there.
        await crew?.coordinator('', SLICE).run(job)
        const contestants = whom(shared)
        return await measure({
          part: 'workers',
          what,
          contestants,
          runs: runsOf(extent),
          once: unchanged(job),
        })
      } finally {
        await crew?.stop()
      }
    }
    const two = await by(2, (shared) => [bed.playssh, shared(TWO_WORKERS, SLICE)])
    if (![LARGE, VERY_LARGE].includes(count)) return two
    const one = await by(1, (shared) => [
      few(shared(THE_FIRST, SLICE)),
      shared(IN_SMALL_SLICES, SMALL_SLICE),
      shared(ONE_WORKER, SLICE),
    ])
    if (count !== LARGE) return [...two, ...one]
    const halves = new HalfCores()
    const within = (name: string) => halves.words(name)
    try {
      const whom = (shared: Shared) => [
        runner(ON_HALF, bed.playssh.checkout, { within: within('alone') }),
        shared(TWO_ON_HALVES, SLICE),
      ]
      return [...two, ...one, ...(await by(2, whom, within))]
    } finally {
      halves.remove()
    }
  })
}

/** The same inventory, and nearly nobody to work on. */
function few(contestant: Contestant): Contestant {
  return { ...contestant, run: (job) => contestant.run({ ...job, first: FEW }) }
}

/** Hosts that are in sync, of which the server knows all answers. */
async function settledStubs(bed: Bed, count: number) {
  const [first] = await bed.crowd(1)
  await settled(bed, [first!], 15)
  const stubs = await bed.stubs(count)
  await bed.playssh.run(bed.job(stubs.hosts.slice(0, 2), tasksFor(15)))
  return stubs
}

/** Both take the same processors. */
function costs({ cpu = 0 }: Outcome, servers: number, hosts: number): string {
  const share = ((100 * servers) / cpu).toFixed(1)
  return `${(cpu / hosts).toFixed(2)} ms of a processor a host; the server ${(servers / hosts).toFixed(2)} ms (${share} %)`
}
