import type { Style, Theme } from '../report/paint.ts'
import { clean, cleanLines, count, duration, indent, pad } from '../report/text.ts'
import type { Board, Notice, Word } from './board.ts'
import { stateOf, summary } from './report.ts'

const STYLES: Readonly<Record<Word, Style>> = {
  new: 'changed',
  changed: 'changed',
  still: 'dim',
  gone: 'ok',
  repaired: 'changed',
  back: 'ok',
  failed: 'failed',
  unreachable: 'unreachable',
  problem: 'failed',
  warning: 'dim',
}

/** As wide as the longest word. */
const WIDTH = 'unreachable'.length

/** What a check has to tell, below each other, and what it comes to. Of what stays as it was only so much is told. */
export function checkLines(board: Board, notices: readonly Notice[], look: Theme): string[] {
  const at = board.last?.at ?? Date.now()
  const still = notices.filter(({ word }) => word === 'still')
  const told = notices.filter((notice) => notice.word !== 'still' || still.indexOf(notice) < MOST_STILL)
  const more = still.length - MOST_STILL
  const rest: Notice = { word: 'still', text: `${count(more, 'more difference')}`, since: at }
  const lines = [...told, ...(more > 0 ? [rest] : [])].flatMap((notice) => noticeLines(notice, at, look))
  return board.problem === undefined ? [...lines, stateLine(board, at, look)] : lines
}

const MOST_STILL = 20

/** A notice as people read it, with its time; a diff and a report of problems stand below, indented. */
export function noticeLines(
  { word, host, text, difference, since }: Notice,
  at: number,
  look: Theme,
): string[] {
  const [first = '', ...rest] = cleanLines(text)
  const who = host === undefined ? '' : `${clean(host)}  `
  const isOld = word === 'still' || word === 'gone' || word === 'back'
  const when = isOld && since < at ? `, since ${time(since)}` : ''
  const heading = `${time(at)}  ${look.paint(STYLES[word], pad(word, WIDTH))}  ${who}${first}${when}`
  const diff = word === 'new' || word === 'changed' || word === 'repaired' ? (difference?.diff ?? []) : []
  return [heading.trimEnd(), ...indent([...rest, ...diff], INDENT)]
}

const INDENT = 4

/** What a check comes to. */
function stateLine(board: Board, at: number, look: Theme): string {
  const state = stateOf(board)
  const style = {
    'in sync': 'ok',
    drifted: 'changed',
    failed: 'failed',
    unreachable: 'unreachable',
    problem: 'failed',
  }
  const took = board.last === undefined ? '' : ` (${duration(board.last.seconds)})`
  return `${time(at)}  ${look.paint(style[state] as Style, pad(state, WIDTH))}  ${summary(board)}${took}`
}

/** The live row: the state, the last check, and when the next one is, in ms since 1970; undefined while one is made. */
export function liveRow(board: Board, next: number | undefined): string {
  const coming = next === undefined ? 'checking' : `next check ${time(next).slice(-8)}`
  if (board.last === undefined) return coming
  const { last, inSyncSince } = board
  const since = inSyncSince === undefined ? '' : ` since ${time(inSyncSince)}`
  return `${summary(board)}${since}, checked ${time(last.at).slice(-8)} (${duration(last.seconds)}), ${coming}`
}

/** A time in UTC, for people. */
function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}
