import { resolve } from 'node:path'
import { changedThings } from '../report/changes.ts'
import { clean, padStart } from '../report/text.ts'
import type { KeptRun } from './kept-run.ts'
import { minute } from './shown.ts'

interface Drift {
  readonly times: number
  /** When the row of runs began in which it was found each time. */
  readonly since: number
  readonly last: number
}

/** What was found changed, or to be changed, by runs of the same playbooks: how often, since when without a break, and when last. */
export function drifts(runs: readonly KeptRun[]): string[] {
  const rows = [...byPlaybooks(runs)].flatMap(([playbooks, own]) =>
    [...driftsOf(own)].map(([name, drift]) => ({ name: `${name} (${playbooks})`, ...drift })),
  )
  if (rows.length === 0) return []
  rows.sort((one, other) => other.times - one.times || (one.name < other.name ? -1 : 1))
  return [
    'times  since             last              what',
    ...rows.map(
      ({ name, times, since, last }) =>
        `${padStart(String(times), 5)}  ${minute(since)}  ${minute(last)}  ${name}`,
    ),
  ]
}

/** Runs that were asked for alike: another playbook says nothing of what it does not look at. */
function byPlaybooks(runs: readonly KeptRun[]): Map<string, KeptRun[]> {
  const groups = new Map<string, KeptRun[]>()
  for (const run of runs) {
    const begun = run.events.find(({ event }) => event.type === 'run-started')?.event
    const names = begun?.type === 'run-started' ? begun.playbooks : []
    const key = names.map((name) => clean(resolve(run.about.folder, name))).join(' ')
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return groups
}

function driftsOf(runs: readonly KeptRun[]): Map<string, Drift> {
  const known = new Map<string, Drift>()
  const well = new Set<string>()
  for (const run of runs) {
    const at = run.events[0]!.at
    const found = changedIn(run)
    for (const name of found) {
      const before = known.get(name)
      const goesOn = before !== undefined && !well.delete(name)
      known.set(name, { times: (before?.times ?? 0) + 1, since: goesOn ? before.since : at, last: at })
    }
    for (const name of inSync(run, known, found)) well.add(name)
  }
  return known
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
