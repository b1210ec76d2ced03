import type { Event, HostStats, Listener, TaskInfo } from '../../protocol/event.ts'
import { CustomStats } from '../custom-stats.ts'
import { finishedLines } from '../finished.ts'
import { detailLine, detailStyle, interruption } from '../plain.ts'
import { recapSummary, recapTable, Tally } from '../recap.ts'
import type { RenderOptions } from '../result.ts'
import { clean, count, duration, wrapped } from '../text.ts'
import { warningWords } from '../warning.ts'
import { runLive, type Stage } from './live.ts'
import { LiveState, type RunningTask } from './live-state.ts'
import { liveRows } from './rows.ts'
import { type Clock, Screen, systemClock, type Terminal } from './screen.ts'

export interface Progress {
  readonly listener: Listener
  /** Takes the live rows away while somebody is asked something on the same terminal. */
  suspend<T>(talk: () => Promise<T>): Promise<T>
  /** Resolves when everything is written and the cursor is back. */
  finish(): Promise<void>
}

/** A terminal's report: what has finished scrolls up, what is running is repainted below. */
export function createProgress(
  terminal: Terminal,
  telling: RenderOptions,
  clock: Clock = systemClock,
): Progress {
  const { look, verbosity } = telling
  const tally = new Tally()
  const custom = new CustomStats()
  const board = new LiveState(() => clock.now())
  const stage: Stage = new Set()
  const ending = new Map<number, () => void>()
  const running: Promise<void>[] = []
  const screen = new Screen(terminal, (size) => liveRows(board, [...stage], size, clock.now(), look), clock)
  let check = false

  const sentences = (lines: readonly string[]): void =>
    screen.say(lines.flatMap((line) => wrapped(line, screen.size.columns)))

  const start = (task: TaskInfo): void => {
    const begun = board.tasks.get(task.id)
    if (begun === undefined) return
    const done = new Promise<void>((resolve) => ending.set(task.id, resolve))
    running.push(runLive(begun, done, stage))
  }

  /** Without the hosts on which nothing has changed, a task that has changed nothing has nothing to say. */
  const isShown = ({ results, info }: RunningTask): boolean =>
    telling.ok !== false ||
    info.verboseAlways === true ||
    [...results.values()].some(({ status }) => status !== 'ok')

  const end = (id: number): void => {
    const task = board.finish(id)
    if (task === undefined) return
    if (task.results.size > 0 && isShown(task))
      screen.say(finishedLines(task, screen.size.columns, telling, true))
    ending.get(id)?.()
    ending.delete(id)
  }

  /** Under the free strategy a task ends long before its play's others: with the last of its hosts. */
  const endIfComplete = (id: number): void => {
    const task = board.tasks.get(id)
    if (task !== undefined && task.results.size === task.hosts.length) end(id)
  }

  const listener = (event: Event): void => {
    tally.note(event)
    custom.note(event)
    board.apply(event)
    switch (event.type) {
      case 'run-started':
        check = event.check
        screen.open()
        break
      case 'play-started': {
        const hosts = count(event.hosts.length, 'host')
        const about = check ? `${hosts}, a check: nothing is changed` : hosts
        sentences(['', `${look.paint('bold', clean(event.play.name))}  ${look.paint('dim', about)}`])
        break
      }
      case 'play-without-hosts':
        sentences([
          '',
          `${look.paint('bold', clean(event.play.name))}  ${look.paint('dim', `skipped: ${clean(event.reason)}`)}`,
        ])
        break
      case 'connected':
        if (verbosity > 2) {
          screen.say([
            look.paint('verbose', `  connected to ${clean(event.host)} in ${duration(event.seconds)}`),
          ])
        }
        break
      case 'task-started':
        start(event.task)
        break
      case 'host-finished':
        endIfComplete(event.task.id)
        break
      case 'task-finished':
        end(event.task.id)
        break
      case 'warning': {
        const { plain, place, style } = warningWords(event)
        sentences([look.paint(style, plain) + place])
        break
      }
      case 'detail':
        if (verbosity >= event.level) screen.say([look.paint(detailStyle(event), `  ${detailLine(event)}`)])
        break
      case 'interrupted':
        sentences([look.paint('failed', interruption(event.running, event.again))])
        break
      case 'run-finished':
        for (const id of [...board.tasks.keys()]) end(id)
        sentences(recap(event.stats, screen.size.columns, telling))
        if (telling.customStats && !custom.isEmpty)
          screen.say(['', look.paint('bold', 'custom stats'), ...custom.lines().map((line) => `  ${line}`)])
        sentences(['', ...tally.closing(event, look)])
        screen.close()
        break
      default:
        break
    }
    screen.paintIfDue()
  }

  return {
    listener,
    suspend: (talk) => screen.suspend(talk),
    async finish() {
      for (const end of ending.values()) end()
      await Promise.all(running)
      screen.close()
    },
  }
}

/** Hosts that are shown one by one at the end, without -v. */
const mostHosts = 30

function recap(
  stats: Readonly<Record<string, HostStats>>,
  columns: number,
  { look, verbosity }: RenderOptions,
): string[] {
  const hosts = Object.keys(stats).length
  if (hosts === 0) return []
  const each = hosts <= mostHosts || verbosity > 0
  return ['', ...(each ? recapTable(stats, look, columns) : recapSummary(stats, look))]
}
