import type { Style, Theme } from '../paint.ts'
import { clean, count, fit, pad, padStart, width } from '../text.ts'
import { BAR, barOf, sizeName } from './bar.ts'
import {
  type Busy,
  type LiveState,
  lastOutputLine,
  outcomeOf,
  type RunningTask,
  type Transfer,
} from './live-state.ts'
import { elapsed, type Segment } from './segment.ts'

/** Among a few hosts, milliseconds from which on it is said how long one has been busy: quick ones would flicker. */
const worthTiming = 400
/** Among many, milliseconds from which on a busy host is shown at all. */
const worthShowing = 2000
/** From here on a host is slow. Milliseconds. */
const slow = 10_000
const widestName = 24

/** A row for every host of the play in the play's order, with what it does at present: for a few hosts. */
export function everyHost(
  board: LiveState,
  tasks: readonly RunningTask[],
  wide: number,
  now: number,
  look: Theme,
): Segment[][] {
  const names = Math.min(widestName, Math.max(...board.hosts.map((host) => width(clean(host)))))
  return board.hosts.map((host) => {
    const task = tasks.findLast(({ busy }) => busy.has(host))
    const head: Segment[] = [[pad(fit(clean(host), names, look.symbols.cut), names)]]
    if (task === undefined) return [...sign(board, tasks, host, look), ...head, ...atRest(board, host)]
    const prefix = tasks.length > 1 ? clean(task.info.name) : ''
    return [['    '], ...head, ...work(task.busy.get(host)!, prefix, wide - names - 4, now, look)]
  })
}

/** What became of a host in the run, if that was bad, or else in a task that is still running. */
function sign(board: LiveState, tasks: readonly RunningTask[], host: string, { symbols }: Theme): Segment[] {
  const result = tasks.findLast(({ results }) => results.has(host))?.results.get(host)
  const outcome = trouble(board, host) ?? (result === undefined ? undefined : outcomeOf(result))
  if (outcome === undefined) return [['    ']]
  const status = outcome === 'ignored' ? 'failed' : outcome
  return [[`  ${symbols.status[status]} `, outcome === 'ignored' ? 'changed' : status]]
}

function trouble({ failed, unreachable }: LiveState, host: string): 'failed' | 'unreachable' | undefined {
  if (unreachable.has(host)) return 'unreachable'
  return failed.has(host) ? 'failed' : undefined
}

function atRest(board: LiveState, host: string): Segment[] {
  const word = trouble(board, host)
  if (word !== undefined) return [[`  ${word}`, word]]
  return board.connecting.has(host) ? [['  connecting', 'dim']] : []
}

function work(busy: Busy, prefix: string, room: number, now: number, look: Theme): Segment[] {
  const time = now - busy.since
  const style: Style = time >= slow ? 'changed' : 'dim'
  const bar = busy.transfer === undefined ? [] : transferBar(busy.transfer, prefix, room - 9, now, look)
  const lastOutput = [prefix, lastOutputLine(busy)].filter((text) => text !== '').join(': ')
  const news: Segment[] = [[fit(lastOutput, Math.max(0, room - 9), look.symbols.cut), 'dim']]
  return [
    [` ${padStart(time < worthTiming ? '' : elapsed(time), 6)}  `, style],
    ...(bar.length > 0 ? bar : news),
  ]
}

/** How much of a transfer is done and how long the rest takes, if there is room to say so. */
function transferBar(transfer: Transfer, prefix: string, room: number, now: number, look: Theme): Segment[] {
  const { bytes, of, since, from } = transfer
  const name = prefix === '' ? '' : `${prefix}: `
  const speed = (bytes - from) / (now - since)
  if (of === undefined) {
    const pace = speed > 0 ? `, ${sizeName(speed * 1000)}/s` : ''
    return [[fit(`${name}${sizeName(bytes)}${pace}`, Math.max(0, room), look.symbols.cut), 'dim']]
  }
  const left = speed > 0 ? `, ${elapsed((of - bytes) / speed)} left` : ''
  const told = `  ${Math.floor((bytes / of) * 100)} % of ${sizeName(of)}${left}`
  if (width(name) + width(told) + BAR > room) return []
  return [[name, 'dim'], ...barOf(bytes / of, look), [told, 'dim']]
}

/** The slow hosts of a task, the slowest first, in as many rows as there are: for many hosts. */
export function slowHosts(
  { busy: all }: RunningTask,
  room: number,
  wide: number,
  now: number,
  look: Theme,
): Segment[][] {
  const shown: [host: string, busy: Busy][] = []
  for (const [host, busy] of all) {
    if (now - busy.since < worthShowing || shown.length >= room) break
    shown.push([clean(host), busy])
  }
  if (shown.length === room && all.size > room) shown.pop()
  if (shown.length === 0) return []
  const names = Math.min(widestName, Math.max(...shown.map(([host]) => width(host))))
  const rows = shown.map(([host, busy]): Segment[] => [
    [`    ${pad(fit(host, names, look.symbols.cut), names)}`],
    ...work(busy, '', wide - names - 4, now, look),
  ])
  const more = all.size - shown.length
  if (more > 0 && rows.length < room) rows.push([[`    and ${count(more, 'more host')} busy`, 'dim']])
  return rows
}
