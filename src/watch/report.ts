import { clean, count, names } from '../report/text.ts'
import type { Value } from '../values/value.ts'
import type { Board, Notice, Word } from './board.ts'

/** What a check has changed, as JSON: what commands and URLs are told. Times are ISO 8601. */
export interface ChangeReport {
  readonly time: string
  /** The number of the check. */
  readonly check: number
  readonly playbooks: readonly string[]
  readonly state: State
  /** In a sentence or two; chat services show this member. */
  readonly text: string
  readonly inSyncSince: string | null
  readonly hosts: {
    readonly checked: number
    readonly drifted: readonly string[]
    readonly failed: readonly string[]
    readonly unreachable: readonly string[]
  }
  /** Why the check could not be made. */
  readonly problem: string | null
  readonly notices: readonly ReportedNotice[]
}

interface ReportedNotice {
  readonly word: Word
  readonly host: string | null
  readonly text: string
  readonly since: string
  readonly task?: string
  readonly item?: string
  readonly file?: string
  readonly line?: number
  readonly what?: string
  readonly before?: Value
  readonly after?: Value
  readonly diff?: string
}

/** The worst that there is. */
export type State = 'in sync' | 'drifted' | 'failed' | 'unreachable' | 'problem'

/** What all hosts come to. */
export function stateOf({ problem, trouble, drift }: Board): State {
  if (problem !== undefined) return 'problem'
  const statuses = [...trouble.values()].map(({ status }) => status)
  if (statuses.includes('unreachable')) return 'unreachable'
  if (statuses.includes('failed')) return 'failed'
  return drift.size > 0 ? 'drifted' : 'in sync'
}

/** The hosts with such a trouble. */
export function troubled({ trouble }: Board, wanted: 'failed' | 'unreachable'): string[] {
  return [...trouble].filter(([, { status }]) => status === wanted).map(([host]) => host)
}

/** What there is to say of all hosts: "2 differences on web1, web2; web3 unreachable". */
export function summary(board: Board): string {
  const { problem, drift, drifted, hosts } = board
  if (problem !== undefined) return 'the check could not be made'
  const parts = [
    drift.size > 0 ? `${count(drift.size, 'difference')} on ${names([...drifted].map(clean), MOST)}` : '',
    ...(['failed', 'unreachable'] as const).map((status) => {
      const those = troubled(board, status)
      return those.length > 0 ? `${names(those.map(clean), MOST)} ${status}` : ''
    }),
  ].filter(Boolean)
  return parts.length > 0 ? parts.join('; ') : `${count(hosts, 'host')} in sync`
}

/** Names that are told in a sentence. */
const MOST = 5

export function changeReport(
  board: Board,
  notices: readonly Notice[],
  playbooks: readonly string[],
): ChangeReport {
  const told = (word: Word) => notices.filter((notice) => notice.word === word).length
  const numbers = (['new', 'changed', 'gone', 'repaired'] as const)
    .map((word) => [word, told(word)] as const)
    .filter(([, number]) => number > 0)
    .map(([word, number]) => `${number} ${word}`)
  const heading = `${playbooks.map(clean).join(' ')}: ${summary(board)}`
  return {
    time: iso(board.last?.at ?? Date.now()),
    check: board.checks,
    playbooks,
    state: stateOf(board),
    text: numbers.length > 0 ? `${heading} (${numbers.join(', ')})` : heading,
    inSyncSince: board.inSyncSince === undefined ? null : iso(board.inSyncSince),
    hosts: {
      checked: board.hosts,
      drifted: [...board.drifted],
      failed: troubled(board, 'failed'),
      unreachable: troubled(board, 'unreachable'),
    },
    problem: board.problem ?? null,
    notices: notices.map(reported),
  }
}

function reported({ word, host = undefined, text, since, difference }: Notice): ReportedNotice {
  const about = { word, host: host ?? null, text, since: iso(since) }
  if (difference === undefined) return about
  const { task, item, location, what, before, after, diff } = difference
  return {
    ...about,
    ...{ task, ...(item !== undefined && { item }), file: location.file, line: location.line },
    ...{ what, before, after, ...(diff && { diff: diff.join('\n') }) },
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
