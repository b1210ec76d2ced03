import type { Bed } from './bed.ts'
import type { Contestant, Job, Outcome } from './contestants.ts'
import { duration, ratio, spread, table } from './table.ts'
import { tasksFor } from './workloads.ts'

/** Runs every contestant in turn, so that what the machine does meanwhile meets them all. */
async function inTurn(
  contestants: readonly Contestant[],
  runs: number,
  once: (contestant: Contestant) => Promise<Outcome>,
): Promise<Map<string, Outcome[]>> {
  const outcomes = new Map<string, Outcome[]>()
  for (let run = 0; run < runs; run += 1) {
    for (const contestant of contestants) {
      if (contestant.missing !== undefined) continue
      const outcome = await once(contestant)
      outcomes.set(contestant.name, [...(outcomes.get(contestant.name) ?? []), outcome])
    }
  }
  return outcomes
}

export async function inSync(bed: Bed, runs: number): Promise<void> {
  const hosts = await bed.hosts(7)
  const job = bed.job(hosts, tasksFor(15))
  await bed.playssh.run(job)
  const all = [bed.playssh, bed.floor, ...bed.ansibles]
  const outcomes = await inTurn(all, runs, (contestant) => unchanged(contestant, job))
  const base = spread(outcomes.get('playssh')!.map(({ ms }) => ms)).median
  const rows = all.map(({ name, missing }) => {
    if (missing !== undefined) return [name, missing, '', '', '']
    const times = spread(outcomes.get(name)!.map(({ ms }) => ms))
    const peak = Math.max(...outcomes.get(name)!.map((o) => o.peak))
    return [
      name,
      duration(times.median),
      `${duration(times.least)} .. ${duration(times.most)}`,
      ratio(times.median / base),
      peak.toFixed(0),
    ]
  })
  console.log(
    `## 7 hosts x 15 tasks in sync\n\n${table(['who', 'median', 'range', 'times playssh', 'MB'], rows)}`,
  )
}

async function unchanged(contestant: Contestant, job: Job): Promise<Outcome> {
  const outcome = await contestant.run(job)
  if ((outcome.changed ?? 0) !== 0)
    throw new Error(`${contestant.name} changed ${outcome.changed} things that were in sync`)
  return outcome
}
