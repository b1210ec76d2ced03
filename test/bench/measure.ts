import type { Outcome } from './contestants.ts'
import { duration, ratio, spread, table } from './table.ts'

/** What one contestant did in one workload. */
export interface Measurement {
  /** The part of the bench: `sync`, `delay`. */
  readonly part: string
  /** The workload, as in the tables: "7 hosts x 15 tasks". */
  readonly what: string
  readonly who: string
  /** One for every run; none if it could not take part. */
  readonly outcomes: readonly Outcome[]
  /** Why there are none. */
  readonly trouble?: string
  /** It took part, and did not do the work. */
  readonly failed: boolean
}

interface Entrant {
  readonly name: string
  /** Why it cannot take part. */
  readonly missing?: string
}

/** A workload, with those who take part in it. */
interface Workload<One extends Entrant> {
  readonly part: string
  readonly what: string
  readonly contestants: readonly One[]
  runs(contestant: One): number
  /** Runs it once. Raises when the work was not done. */
  once(contestant: One): Promise<Outcome>
}

/** Runs every contestant in turn, again and again, so that what else goes on on this machine meets them all. */
export async function measure<One extends Entrant>(workload: Workload<One>): Promise<Measurement[]> {
  const { part, what, contestants, runs, once } = workload
  const outcomes = new Map(contestants.map(({ name }): [string, Outcome[]] => [name, []]))
  const failures = new Set<string>()
  const most = Math.max(...contestants.map(runs))
  for (let run = 1; run <= most; run += 1) {
    for (const contestant of contestants) {
      const { name, missing } = contestant
      if (missing !== undefined || failures.has(name) || run > runs(contestant)) continue
      try {
        const outcome = await once(contestant)
        outcomes.get(name)!.push(outcome)
        console.error(`${part}: ${what}: ${name}, run ${run} of ${runs(contestant)}: ${duration(outcome.ms)}`)
      } catch (error) {
        failures.add(name)
        console.error(`${part}: ${what}: ${(error as Error).message}`)
      }
    }
  }
  return contestants.map(({ name, missing }): Measurement => {
    const failed = failures.has(name)
    const trouble = failed ? 'FAILED' : missing
    return { part, what, who: name, outcomes: failed ? [] : outcomes.get(name)!, trouble, failed }
  })
}

/** The median of the times, in ms; undefined where nothing was measured. */
export function time(measurements: readonly Measurement[], about: Partial<Measurement>): number | undefined {
  return median(measurements, about, ({ ms }) => ms)
}

/** The median of one number of each run. */
export function median(
  measurements: readonly Measurement[],
  { part, what, who }: Partial<Measurement>,
  number: (outcome: Outcome) => number | undefined,
): number | undefined {
  const found = measurements.find((one) => one.part === part && one.what === what && one.who === who)
  const numbers = found?.outcomes.flatMap((outcome) => number(outcome) ?? []) ?? []
  return numbers.length === 0 ? undefined : spread(numbers).median
}

/** The table of one part; the ratios are to the first of each workload. */
export function report(measurements: readonly Measurement[]): string {
  const counted = measurements.some(({ outcomes }) =>
    outcomes.some(({ roundTrips }) => roundTrips !== undefined),
  )
  const noted = measurements.some(({ outcomes }) => outcomes.some(({ note }) => note !== undefined))
  const rows = measurements.map((one, index) => {
    const { part, what, who, outcomes, trouble } = one
    const shown = measurements[index - 1]?.what === what ? '' : what
    if (trouble !== undefined)
      return [shown, who, trouble, '', '', '', ...(counted ? [''] : []), ...(noted ? [''] : [])]
    const { median: middle, least, most } = spread(outcomes.map(({ ms }) => ms))
    const base = time(measurements, {
      part,
      what,
      who: measurements.find((other) => other.what === what)!.who,
    })
    const trips = median(measurements, one, ({ roundTrips }) => roundTrips)
    return [
      ...[shown, who, duration(middle), `${duration(least)} to ${duration(most)}`],
      ...[base === undefined ? '' : ratio(middle / base)],
      ...(counted ? [trips === undefined ? '' : String(trips)] : []),
      memory(Math.max(...outcomes.map(({ peak }) => peak))),
      ...(noted ? [outcomes.at(-1)?.note ?? ''] : []),
    ]
  })
  const head = [
    'what',
    'who',
    'median',
    'least to most',
    `times ${measurements[0]!.who}`,
    ...(counted ? ['round trips'] : []),
    'peak memory',
    ...(noted ? ['besides'] : []),
  ]
  return table(head, rows)
}

/** Some end before anybody has looked. */
function memory(megabytes: number): string {
  return megabytes === 0 ? '' : `${megabytes.toFixed(0)} MB`
}
