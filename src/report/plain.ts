import type { Event, ItemResult, Listener, TaskInfo, TaskResult } from '../protocol/event.ts'
import { CustomStats } from './custom-stats.ts'
import type { Style, Theme } from './paint.ts'
import { recapTable, Tally } from './recap.ts'
import { details, FOREIGN, itemName, locationName, type RenderOptions, reason } from './result.ts'
import { clean, duration, indent, names, width } from './text.ts'
import { warningWords } from './warning.ts'

export interface PlainOptions {
  readonly telling: RenderOptions
  readonly write: (text: string) => void
  /** Where lines of what failed go, if not there. */
  readonly writeFailed?: (text: string) => void
}

/** Lines as things happen, in Ansible's format; no control characters but line ends, and colours where allowed. */
export function createPlain({ telling, write, writeFailed = write }: PlainOptions): Listener {
  const { look, verbosity, skipped, ok = true, checkMarkers } = telling
  const tally = new Tally()
  const custom = new CustomStats()
  let check = false
  let shown: number | undefined

  const say = (lines: readonly string[], to = write): void => {
    if (lines.length > 0) to(`${lines.join('\n')}\n`)
  }
  /** What a heading says of a check. */
  const mark = (isMarked: boolean): string => (check && isMarked ? ' [CHECK MODE]' : '')

  /** Under the free strategy tasks take turns: the heading is said again when another one speaks. */
  const heading = (task: TaskInfo): void => {
    if (shown === task.id) return
    shown = task.id
    const kind = task.handler ? 'RUNNING HANDLER' : 'TASK'
    say(['', banner(`${kind} [${clean(task.name)}]${mark(checkMarkers === true)}`)])
    if (verbosity > 1) say([look.paint('verbose', `task path: ${locationName(task.location)}`)])
  }

  const result = (task: TaskInfo, host: string, told: TaskResult, item?: ItemResult): void => {
    if ((told.status === 'skipped' && !skipped) || (told.status === 'ok' && !ok && !task.verboseAlways))
      return
    heading(task)
    const lines = details(task, told, telling)
    const tail = tailOf(task, told, lines, telling)
    const failed = told.status === 'failed' || told.status === 'unreachable'
    const name = item === undefined ? '' : `${failed ? '' : ' =>'} (${itemName(item)})`
    const where = told.delegatedTo === undefined ? host : `${host} -> ${told.delegatedTo}`
    const own = told.isForeign ? FOREIGN : ''
    const said = [
      look.paint(styleOf(told), `${wordOf(told, item)}: [${clean(where)}]${own}${name}${tail.text}`),
    ]
    // Nearly all that is said has one line.
    if (tail.lines.length > 0) said.push(...indent(tail.lines, 4))
    if (told.ignored && item === undefined) said.push(look.paint('changed', '...ignoring'))
    say(said, failed && !told.ignored ? writeFailed : write)
  }

  const finished = (task: TaskInfo, host: string, told: TaskResult): void => {
    if (told.items === undefined || told.items.length === 0 || told.status === 'unreachable') {
      result(task, host, told)
    } else if (told.status === 'skipped') {
      if (!skipped) return
      heading(task)
      say([look.paint('skipped', `skipping: [${clean(host)}]`)])
    } else if (told.ignored) {
      say([look.paint('changed', '...ignoring')])
    }
  }

  return (event: Event): void => {
    tally.note(event)
    custom.note(event)
    switch (event.type) {
      case 'run-started':
        check = event.check
        if (check && checkMarkers) say(['', banner('DRY RUN')])
        break
      case 'play-started':
        shown = undefined
        say(['', banner(`PLAY [${clean(event.play.name)}]${mark(checkMarkers !== false)}`)])
        break
      case 'play-without-hosts':
        say([
          '',
          banner(`PLAY [${clean(event.play.name)}]`),
          look.paint('skipped', `skipping: ${clean(event.reason)}`),
        ])
        break
      case 'connecting':
        if (verbosity > 2) say([look.paint('verbose', `connecting: [${clean(event.host)}]`)])
        break
      case 'connected':
        if (verbosity > 2) {
          say([look.paint('verbose', `connected: [${clean(event.host)}] in ${duration(event.seconds)}`)])
        }
        break
      case 'task-started':
        // As in Ansible: of a task of which nothing is shown, neither is the heading.
        if (skipped && ok) heading(event.task)
        break
      case 'host-started':
        if (telling.starts) {
          const { task, host } = event
          say([look.paint('ok', ` [started TASK: ${clean(task.name)} on ${clean(host)}]`)])
        }
        break
      case 'item-finished':
        result(event.task, event.host, event.item, event.item)
        break
      case 'retrying':
        heading(event.task)
        say([
          `FAILED - RETRYING: [${clean(event.host)}]: ${clean(event.task.name)} (${event.left} retries left).`,
        ])
        break
      case 'host-finished':
        finished(event.task, event.host, event.result)
        break
      case 'warning': {
        const { marked, place, style } = warningWords(event)
        say([look.paint(style, marked + place)])
        break
      }
      case 'detail':
        if (verbosity >= event.level) say(detailLines(event, look))
        break
      case 'interrupted':
        say(['', look.paint('failed', interruption(event.running, event.again))])
        break
      case 'run-finished':
        if (Object.keys(event.stats).length > 0)
          say(['', banner('PLAY RECAP'), ...recapTable(event.stats, look)])
        if (telling.customStats && !custom.isEmpty)
          say(['', banner('CUSTOM STATS:'), ...custom.lines().map((line) => `        ${line}`)])
        say(['', ...tally.closing(event, look)])
        if (check && checkMarkers) say(['', banner('DRY RUN')])
        break
      case 'output':
      case 'transferred':
      case 'task-finished':
      case 'rescued':
      case 'span':
      case 'probed':
      case 'play-finished':
        break
    }
  }
}

/** What somebody sees who asks for more; a heading has an empty line above. */
function detailLines(event: Extract<Event, { type: 'detail' }>, look: Theme): string[] {
  return event.isHeading
    ? ['', banner(clean(event.message))]
    : [look.paint(detailStyle(event), detailLine(event))]
}

export function detailStyle({ level }: Extract<Event, { type: 'detail' }>): Style {
  return level > 3 ? 'debug' : 'verbose'
}

/** A detail in one line, as Ansible writes it. */
export function detailLine({ host, message }: Extract<Event, { type: 'detail' }>): string {
  return host === undefined ? clean(message) : `<${clean(host)}> ${clean(message)}`
}

/** What Ctrl-C did, and what it does when pressed again. */
export function interruption(running: readonly string[], again: boolean): string {
  if (again) return 'Interrupted again: what was running is cut off.'
  if (running.length === 0) return 'Interrupted: nothing more is started.'
  const hosts = names(running.map(clean), 10)
  return `Interrupted: nothing more is started; waiting for ${hosts} to finish. Ctrl-C again cuts them off.`
}

function banner(title: string): string {
  return `${title} ${'*'.repeat(Math.max(3, 79 - width(title)))}`
}

function styleOf({ status, ignored }: TaskResult): Style {
  return ignored && status === 'failed' ? 'changed' : status
}

function wordOf({ status }: TaskResult, item: ItemResult | undefined): string {
  switch (status) {
    case 'skipped':
      return 'skipping'
    case 'unreachable':
      return 'fatal'
    case 'failed':
      return item === undefined ? 'fatal' : 'failed'
    default:
      return status
  }
}

/** What follows the host on its line, and the lines below it. */
function tailOf(
  task: TaskInfo,
  result: TaskResult,
  lines: string[],
  { verbosity }: RenderOptions,
): { text: string; lines: string[] } {
  switch (result.status) {
    case 'failed':
      return { text: `: FAILED! => ${reason(result)}`, lines }
    case 'unreachable':
      return { text: `: UNREACHABLE! => ${reason(result)}`, lines }
    case 'skipped':
      return { text: verbosity > 0 ? ` => ${reason(result)}` : '', lines }
    default:
      if (task.verboseAlways && lines.length === 1) return { text: ` => ${lines[0]}`, lines: [] }
      return { text: '', lines }
  }
}
