import { changedThings } from '../report/changes.ts'
import { clean, count, duration, pad, padStart } from '../report/text.ts'
import type { KeptRun } from './kept-run.ts'

/** A line for each run, the newest last: its number, when it was, what came of it. */
export function listed(runs: readonly KeptRun[]): string[] {
  const rows = runs.map((run) => {
    const [first, last] = [run.events.find(({ event }) => event.type === 'run-started'), run.events.at(-1)!]
    const begun = first?.event.type === 'run-started' ? first.event : { playbooks: [], check: false }
    const what = `${begun.playbooks.map(clean).join(' ')}${begun.check ? ' (check)' : ''}`
    const when = minute(first?.at ?? last.at)
    const took = last.event.type === 'run-finished' ? duration(last.event.seconds) : ''
    return [String(run.number), when, padStart(took, 11), what, verdict(run)] as const
  })
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)))
  return rows.map(([number, when, took, what, came]) =>
    `${padStart(number, widths[0]!)}  ${when}  ${padStart(took, 11)}  ${pad(what, widths[3]!)}  ${came}`.trimEnd(),
  )
}

/** A time in UTC, for people. */
export function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}

function verdict(run: KeptRun): string {
  const end = run.events.at(-1)!.event
  if (end.type !== 'run-finished') return ''
  const stats = Object.values(end.stats)
  const number = (of: 'failures' | 'unreachable' | 'changed') => stats.filter((one) => one[of] > 0).length
  const words = [
    end.interrupted ? 'interrupted' : '',
    ...(
      [
        ['failures', 'failed'],
        ['unreachable', 'unreachable'],
        ['changed', 'changed'],
      ] as const
    ).map(([of, word]) => (number(of) > 0 ? `${number(of)} ${word}` : '')),
  ].filter(Boolean)
  return `${count(stats.length, 'host')}: ${words.length === 0 ? 'in sync' : words.join(', ')}`
}

/** What two runs have found that the other has not: what changed or failed, by host. */
export function compared(one: KeptRun, other: KeptRun): string[] {
  const [before, after] = [foundIn(one), foundIn(other)]
  const gone = [...before].filter((line) => !after.has(line)).map((line) => `- ${line}`)
  const come = [...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`)
  const both = [...before].filter((line) => after.has(line)).length
  return [
    `--- run ${one.number}: ${count(before.size, 'finding')}`,
    `+++ run ${other.number}: ${count(after.size, 'finding')}`,
    ...gone,
    ...come,
    `${both} in both`,
  ]
}

function foundIn({ events }: KeptRun): Set<string> {
  const found = events.flatMap(({ event }) => {
    if (event.type !== 'host-finished') return []
    const { task, host, result } = event
    const { status } = result
    if (status === 'failed' || status === 'unreachable')
      return [`${clean(host)}: ${status}: ${clean(task.name)}`]
    return changedThings(task, result).map((thing) => `${clean(host)}: ${thing}`)
  })
  return new Set(found.sort())
}
