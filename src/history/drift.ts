import { changedThings } from '../report/changes.ts'
import { clean, padStart } from '../report/text.ts'
import type { KeptRun } from './kept-run.ts'
import { minute } from './shown.ts'

interface Drift {
  times: number
  /** When the row of runs began in which it was found each time. */
  since: number
  last: number
}

/** What was found changed, or to be changed, in several runs: how often, since when without a break, and when last. */
export function drifts(runs: readonly KeptRun[]): string[] {
  const known = new Map<string, Drift>()
  let broken = new Set<string>()
  for (const run of runs) {
    const at = run.events[0]!.at
    const found = changedIn(run)
    for (const name of found) {
      const before = known.get(name)
      const goesOn = before !== undefined && !broken.has(name)
      known.set(name, { times: (before?.times ?? 0) + 1, since: goesOn ? before.since : at, last: at })
    }
    broken = new Set([...broken, ...inSync(run, known, found)].filter((name) => !found.has(name)))
  }
  const rows = [...known].sort(([one, a], [other, b]) => b.times - a.times || (one < other ? -1 : 1))
  if (rows.length === 0) return []
  return [
    'times  since             last              what',
    ...rows.map(
      ([name, { times, since, last }]) =>
        `${padStart(String(times), 5)}  ${minute(since)}  ${minute(last)}  ${name}`,
    ),
  ]
}

function changedIn({ events }: KeptRun): Set<string> {
  return new Set(
    events.flatMap(({ event }) =>
      event.type === 'host-finished' && event.result.status === 'changed'
        ? changedThings(event.task, event.result).map((thing) => nameOf(event.host, thing))
        : [],
    ),
  )
}

/** What was known of hosts that this run was about, and was not found. */
function inSync(
  { events }: KeptRun,
  known: ReadonlyMap<string, Drift>,
  found: ReadonlySet<string>,
): string[] {
  const end = events.at(-1)!.event
  const hosts = end.type === 'run-finished' ? Object.keys(end.stats).map((host) => nameOf(host, '')) : []
  return [...known.keys()].filter((name) => !found.has(name) && hosts.some((host) => name.startsWith(host)))
}

function nameOf(host: string, thing: string): string {
  return `${clean(host)}: ${thing}`
}
