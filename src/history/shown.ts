import { clean, count, duration, pad, padStart } from '../report/text.ts'
import { objectOf } from './columns.ts'
import type { Database } from './database.ts'
import { HOST } from './tables.ts'

interface ListedRun {
  readonly number: number
  readonly began: number
  readonly seconds: number
  readonly playbooks: string
  readonly check_mode: number
  readonly interrupted: number
  readonly hosts: number
  readonly failed: number
  readonly unreachable: number
  readonly changed: number
}

const LISTED = `
SELECT number, began, seconds, playbooks, check_mode, interrupted, count(host) AS hosts,
  coalesce(sum(failures > 0), 0) AS failed, coalesce(sum(unreachable > 0), 0) AS unreachable,
  coalesce(sum(changed > 0), 0) AS changed
FROM runs LEFT JOIN hosts ON run = number
GROUP BY number ORDER BY number`

/** A line for each run, the newest last: its number, when it was, what came of it. */
export function listed(db: Database): string[] {
  const rows = db.rows<ListedRun>(LISTED).map((run) => {
    const playbooks = (JSON.parse(run.playbooks) as string[]).map(clean).join(' ')
    const what = `${playbooks}${run.check_mode ? ' (check)' : ''}`
    return [String(run.number), minute(run.began), duration(run.seconds), what, verdict(run)] as const
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

function verdict(run: ListedRun): string {
  const words = [
    run.interrupted ? 'interrupted' : '',
    ...(['failed', 'unreachable', 'changed'] as const).map((word) =>
      run[word] > 0 ? `${run[word]} ${word}` : '',
    ),
  ].filter(Boolean)
  return `${count(run.hosts, 'host')}: ${words.length === 0 ? 'in sync' : words.join(', ')}`
}

interface Finding {
  readonly host: string
  readonly status: string
  readonly what: string
  /** 1 where that run has found it. */
  readonly before: number
  readonly after: number
}

const COMPARED = `
SELECT host, status, what, max(run = ?1) AS before, max(run = ?2) AS after
FROM findings WHERE run IN (?1, ?2)
GROUP BY host, status, what
ORDER BY host || ': ' || iif(status = 'changed', '', status || ': ') || what`

/** What two runs have found that the other has not: what changed or failed, by host. */
export function compared(db: Database, one: number, other: number): string[] {
  const all = db.rows<Finding>(COMPARED, [one, other])
  const lines = (mark: string, found: readonly Finding[]) =>
    found.map(({ host, status, what }) =>
      [`${mark} ${clean(host)}`, ...(status === 'changed' ? [] : [status]), what].join(': '),
    )
  const total = (of: 'before' | 'after') => count(all.filter((found) => found[of]).length, 'finding')
  return [
    `--- run ${one}: ${total('before')}`,
    `+++ run ${other}: ${total('after')}`,
    ...lines(
      '-',
      all.filter(({ after }) => !after),
    ),
    ...lines(
      '+',
      all.filter(({ before }) => !before),
    ),
    `${all.filter(({ before, after }) => before && after).length} in both`,
  ]
}

/** Hosts that failed or were not reached in the last run that was asked for in a folder; undefined without such a run. */
export function failedHosts(db: Database, folder: string): string[] | undefined {
  const [last] = db.rows<{ number: number | null }>(
    'SELECT max(number) AS number FROM runs WHERE folder = ?',
    [folder],
  )
  if (last?.number == null) return undefined
  const bad = 'SELECT host, rest FROM hosts WHERE run = ? AND failures + unreachable > 0 ORDER BY position'
  return db.rows(bad, [last.number]).map((row) => String(objectOf(row, HOST).host))
}
