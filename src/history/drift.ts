import { clean, padStart } from '../report/text.ts'
import type { Database } from './database.ts'
import { minute } from './shown.ts'

interface Drift {
  readonly paths: string
  readonly host: string
  readonly what: string
  readonly times: number
  /** When the row of runs began in which it was found each time. */
  readonly since: number
  readonly last: number
}

/**
 * A host's runs of the same playbooks (another one says nothing of what it does not look at) are counted, and so are
 * those that have found a thing. The difference is the same for as long as each has found it: that is a streak. SQLite
 * takes "since" and "last" from the row of the newest one.
 */
const DRIFTS = `
WITH
  turns AS MATERIALIZED (
    SELECT paths, number, began, host, row_number() OVER (PARTITION BY paths, host ORDER BY number) AS turn
    FROM runs JOIN hosts ON run = number
  ),
  found AS (
    SELECT paths, number, began, host, what,
      turn - row_number() OVER (PARTITION BY paths, host, what ORDER BY number) AS streak
    FROM findings JOIN turns USING (host) WHERE run = number AND status = 'changed'
  ),
  streaks AS (
    SELECT paths, host, what, count(*) AS runs, min(began) AS since, max(number) AS newest
    FROM found GROUP BY paths, host, what, streak
  )
SELECT streaks.paths, host, what, sum(runs) AS times, since, max(newest), began AS last
FROM streaks JOIN runs ON number = newest
GROUP BY streaks.paths, host, what
ORDER BY times DESC, host || ': ' || what || ' (' || streaks.paths || ')'`

/** What was found changed, or to be changed, by runs of the same playbooks: how often, since when without a break, and when last. */
export function drifts(db: Database): string[] {
  const rows = db.rows<Drift>(DRIFTS)
  if (rows.length === 0) return []
  return [
    'times  since             last              what',
    ...rows.map(
      ({ paths, host, what, times, since, last }) =>
        `${padStart(String(times), 5)}  ${minute(since)}  ${minute(last)}  ${clean(host)}: ${what} (${paths})`,
    ),
  ]
}
