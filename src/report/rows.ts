import type { Board, Busy, RunningTask } from './board.ts'
import { newsLine } from './board.ts'
import type { Look, Style } from './paint.ts'
import type { Size } from './screen.ts'
import { clean, count, fit, pad, padStart, width } from './text.ts'

/** A piece of a row, not yet painted. */
type Piece = readonly [text: string, style?: Style]

/** Hosts are shown as busy from here on; quick ones would only flicker. Milliseconds. */
const worthShowing = 400
/** From here on a host is slow. Milliseconds. */
const slow = 10_000
const widest = 110

/**
 * The live rows: the running tasks, their busy hosts with the slowest first, connections being made, and a line
 * about the whole run. Never more than fit; what does not is said as a number.
 */
export function liveRows(
  board: Board,
  tasks: readonly RunningTask[],
  { columns, rows }: Size,
  now: number,
  look: Look,
): string[] {
  const room = Math.max(1, Math.min(rows - 1, Math.max(8, Math.floor(rows * 0.6))))
  const wide = Math.max(1, Math.min(columns - 1, widest))
  const spinner = look.signs.spinner[Math.floor(now / 100) % look.signs.spinner.length]!
  const footer = [
    ...connectingRow(board, look),
    ...troubleRow('failed', board.failed, look),
    ...troubleRow('unreachable', board.unreachable, look),
    summary(board, tasks.length === 0 ? spinner : ' ', now, look),
  ].slice(-room)
  const left = room - footer.length - 1
  const some = tasks.length <= left ? tasks : tasks.slice(0, Math.max(0, left - 1))
  const hidden = tasks.length - some.length
  const heads: Piece[][] = hidden > 0 && left > 0 ? [[[`  and ${hidden} more running`, 'dim']]] : []
  let spare = left - some.length - heads.length
  const body = some.flatMap((task) => {
    const busy = busyRows(task, spare, wide, now, look)
    spare -= busy.length
    return [taskRow(task, spinner, wide, now, look), ...busy]
  })
  const air: Piece[][] = left >= 0 ? [[]] : []
  return [...air, ...body, ...heads, ...footer].map((pieces) => row(pieces, wide, look))
}

function taskRow(task: RunningTask, spinner: string, wide: number, now: number, look: Look): Piece[] {
  const { results, since, info } = task
  const hosts = task.hosts.length
  const digits = String(hosts).length
  const numbers = `${padStart(String(results.size), digits)}/${hosts}`
  const time = padStart(elapsed(now - since), 6)
  const bar = wide >= 76 && hosts > 1 ? barOf(results.size / hosts, look) : []
  const right: Piece[] = [...bar, [`  ${numbers}`], [` ${time}`, 'dim']]
  const room = wide - 4 - right.reduce((sum, [text]) => sum + width(text), 0)
  const name = fit(clean(info.name), Math.max(8, room), look.signs.cut)
  return [[`${spinner} `, 'place'], [pad(name, room), 'bold'], ['  '], ...right]
}

function barOf(share: number, { signs }: Look): Piece[] {
  const length = 20
  const full = Math.min(length, Math.floor(share * length))
  return [
    [signs.full.repeat(full), 'ok'],
    [signs.rest.repeat(length - full), 'dim'],
  ]
}

function busyRows(task: RunningTask, room: number, wide: number, now: number, look: Look): Piece[][] {
  const shown: [host: string, busy: Busy][] = []
  for (const [host, busy] of task.busy) {
    if (now - busy.since < worthShowing || shown.length >= room) break
    shown.push([clean(host), busy])
  }
  if (shown.length === room && task.busy.size > room) shown.pop()
  if (shown.length === 0) return []
  const names = Math.min(24, Math.max(...shown.map(([host]) => width(host))))
  const rows = shown.map(([host, busy]): Piece[] => [
    [`    ${pad(fit(host, names, look.signs.cut), names)}`],
    [` ${padStart(elapsed(now - busy.since), 6)}  `, now - busy.since >= slow ? 'changed' : 'dim'],
    [fit(newsLine(busy), Math.max(0, wide - names - 13), look.signs.cut), 'dim'],
  ])
  const more = task.busy.size - shown.length
  if (more > 0 && rows.length < room) rows.push([[`    and ${count(more, 'more host')} busy`, 'dim']])
  return rows
}

function connectingRow({ connecting }: Board, look: Look): Piece[][] {
  if (connecting.size === 0) return []
  return [[['  connecting to ', 'dim'], ...nameList(connecting.keys(), connecting.size, undefined, look)]]
}

function troubleRow(word: 'failed' | 'unreachable', hosts: ReadonlySet<string>, look: Look): Piece[][] {
  if (hosts.size === 0) return []
  const sign = look.signs.status[word]
  return [[[`${sign} ${word} `, word], ...nameList(hosts, hosts.size, word, look)]]
}

function nameList(hosts: Iterable<string>, size: number, style: Style | undefined, look: Look): Piece[] {
  const most = size <= 7 ? 7 : 6
  const shown: string[] = []
  for (const host of hosts) {
    if (shown.length === most) break
    shown.push(fit(clean(host), 24, look.signs.cut))
  }
  const more = size > most ? ` and ${size - most} more` : ''
  return [[shown.join(', ') + more, style]]
}

function summary(board: Board, spinner: string, now: number, look: Look): Piece[] {
  const dot = ` ${look.signs.dot} `
  const parts: Piece[] = [[`${spinner} `, 'place']]
  if (board.interrupted) parts.push(['interrupted, Ctrl-C again cuts off', 'failed'], [dot, 'dim'])
  parts.push([`${count(board.hosts, 'host')}${dot}${count(board.tasksDone, 'task')} done`, 'dim'])
  if (board.changes > 0) parts.push([dot, 'dim'], [`${board.changes} changed`, 'changed'])
  parts.push([`${dot}${elapsed(now - board.since)}`, 'dim'])
  return parts
}

/** `7 s`, `1:05`, `1:02:03`. */
function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const two = (number: number): string => String(number).padStart(2, '0')
  const minutes = `${Math.floor(seconds / 60) % 60}`
  if (seconds < 3600) return `${minutes}:${two(seconds % 60)}`
  return `${Math.floor(seconds / 3600)}:${minutes.padStart(2, '0')}:${two(seconds % 60)}`
}

/** Paints pieces one after the other, cutting what would not fit. */
function row(pieces: readonly Piece[], wide: number, look: Look): string {
  let left = wide
  let painted = ''
  for (const [text, style] of pieces) {
    const fitting = fit(text, left, look.signs.cut)
    left -= width(fitting)
    painted += style === undefined ? fitting : look.paint(style, fitting)
    if (fitting !== text) break
  }
  return painted.trimEnd()
}
