import type { Style, Theme } from '../paint.ts'
import { clean, count, fit, pad, padStart, width } from '../text.ts'
import { barOf } from './bar.ts'
import { everyHost, slowHosts } from './host-rows.ts'
import type { LiveState, RunningTask } from './live-state.ts'
import type { Size } from './screen.ts'
import { elapsed, row, type Segment } from './segment.ts'

const widest = 110

/**
 * The live rows: the running tasks, their hosts, and a line about the whole run. When the hosts of the play are few
 * enough to fit, each has a row of its own for as long as the play lasts; of many, the slow ones, those that are
 * being connected to and those in trouble are named. Never more than fit; what does not is said as a number.
 */
export function liveRows(
  board: LiveState,
  tasks: readonly RunningTask[],
  { columns, rows }: Size,
  now: number,
  look: Theme,
): string[] {
  const room = Math.max(1, Math.min(rows - 1, Math.max(8, Math.floor(rows * 0.6))))
  const wide = Math.max(1, Math.min(columns - 1, widest))
  const spinner = look.symbols.spinner[Math.floor(now / 100) % look.symbols.spinner.length]!
  const last = summary(board, tasks.length === 0 ? spinner : ' ', wide, now, look)
  // Besides the hosts: an empty row, a task and the summary.
  const few = board.hosts.length > 0 && board.hosts.length <= room - 3
  const footer = few
    ? [...everyHost(board, tasks, wide, now, look), last]
    : [
        ...connectingRow(board, look),
        ...troubleRow('failed', board.failed, look),
        ...troubleRow('unreachable', board.unreachable, look),
        last,
      ].slice(-room)
  const left = room - footer.length - 1
  const some = tasks.length <= left ? tasks : tasks.slice(0, Math.max(0, left - 1))
  const hidden = tasks.length - some.length
  const others: Segment[][] = hidden > 0 && left > 0 ? [[[`  and ${hidden} more running`, 'dim']]] : []
  let spare = few ? 0 : left - some.length - others.length
  const body = some.flatMap((task) => {
    const hosts = slowHosts(task, spare, wide, now, look)
    spare -= hosts.length
    return [taskRow(task, spinner, wide, now, look), ...hosts]
  })
  const air: Segment[][] = left >= 0 ? [[]] : []
  return [...air, ...body, ...others, ...footer].map((pieces) => row(pieces, wide, look))
}

/** Columns. */
const LEAST_NAME = 8

function widthOf(pieces: readonly Segment[]): number {
  return pieces.reduce((sum, [text]) => sum + width(text), 0)
}

function taskRow(task: RunningTask, spinner: string, wide: number, now: number, look: Theme): Segment[] {
  const { results, since, info } = task
  const hosts = task.hosts.length
  const digits = String(hosts).length
  const numbers = `${padStart(String(results.size), digits)}/${hosts}`
  const time = padStart(elapsed(now - since), 6)
  const bar = wide >= 76 && hosts > 1 ? barOf(results.size / hosts, look) : []
  const counted: Segment[] = [...bar, [`  ${numbers}`]]
  const timed: Segment[] = [...counted, [` ${time}`, 'dim']]
  // Where the name would have no room, the time gives way.
  const right = wide - 4 - widthOf(timed) < LEAST_NAME ? counted : timed
  const room = wide - 4 - widthOf(right)
  const name = fit(clean(info.name), Math.max(LEAST_NAME, room), look.symbols.cut)
  return [[`${spinner} `, 'place'], [pad(name, room), 'bold'], ['  '], ...right]
}

function connectingRow({ connecting }: LiveState, look: Theme): Segment[][] {
  if (connecting.size === 0) return []
  return [[['  connecting to ', 'dim'], ...nameList(connecting.keys(), connecting.size, undefined, look)]]
}

function troubleRow(word: 'failed' | 'unreachable', hosts: ReadonlySet<string>, look: Theme): Segment[][] {
  if (hosts.size === 0) return []
  const sign = look.symbols.status[word]
  return [[[`${sign} ${word} `, word], ...nameList(hosts, hosts.size, word, look)]]
}

function nameList(hosts: Iterable<string>, size: number, style: Style | undefined, look: Theme): Segment[] {
  const most = size <= 7 ? 7 : 6
  const shown: string[] = []
  for (const host of hosts) {
    if (shown.length === most) break
    shown.push(fit(clean(host), 24, look.symbols.cut))
  }
  const more = size > most ? ` and ${size - most} more` : ''
  return [[shown.join(', ') + more, style]]
}

/** The sentence above says the same, and stays. */
function interruptedWords(wide: number): string {
  return wide < 60 ? 'interrupted' : 'interrupted, Ctrl-C again cuts off'
}

function summary(board: LiveState, spinner: string, wide: number, now: number, look: Theme): Segment[] {
  const dot = ` ${look.symbols.dot} `
  const parts: Segment[] = [[`${spinner} `, 'place']]
  if (board.interrupted) parts.push([interruptedWords(wide), 'failed'], [dot, 'dim'])
  const hosts = count(board.hosts.length, 'host')
  const rest = (done: string): Segment[] => [
    [`${count(board.tasksDone, 'task')}${done}`, 'dim'],
    ...(board.changes > 0
      ? ([
          [dot, 'dim'],
          [`${board.changes} changed`, 'changed'],
        ] as const)
      : []),
    [`${dot}${elapsed(now - board.since)}`, 'dim'],
  ]
  // How many hosts there are is known, and gives way.
  const forms: Segment[][] = [[[`${hosts}${dot}`, 'dim'], ...rest(' done')], rest(' done'), rest('')]
  const fitting = forms.find((form) => widthOf([...parts, ...form]) <= wide)
  return [...parts, ...(fitting ?? forms.at(-1)!)]
}
