import type { Event, HostStats } from '../protocol/event.ts'
import { changedThings } from './changes.ts'
import type { Style, Theme } from './paint.ts'
import { reason } from './result.ts'
import { clean, count, duration, fit, names, pad, width } from './text.ts'

const columns: [name: keyof HostStats, shown: string, style: Style][] = [
  ['ok', 'ok', 'ok'],
  ['changed', 'changed', 'changed'],
  ['unreachable', 'unreachable', 'unreachable'],
  ['failures', 'failed', 'failed'],
  ['skipped', 'skipped', 'skipped'],
  ['rescued', 'rescued', 'changed'],
  ['ignored', 'ignored', 'changed'],
]

/**
 * The table of Ansible's PLAY RECAP: a line for every host. What is 0 for all is left out when the lines would be
 * wider than so many columns.
 */
export function recapTable(
  stats: Readonly<Record<string, HostStats>>,
  look: Theme,
  room = Number.POSITIVE_INFINITY,
): string[] {
  const hosts = Object.keys(stats).sort()
  const rows = hosts.map((host): Row => [clean(host), stats[host]!])
  const lines = table(rows, columns, look)
  return lines.every((line) => width(line) <= room) ? lines : table(rows, notAlwaysZero(rows), look)
}

/** The same for many hosts: those that came to the same share a line, the worst first, without what is 0 for all. */
export function recapSummary(stats: Readonly<Record<string, HostStats>>, look: Theme): string[] {
  const alike = new Map<string, string[]>()
  for (const host of Object.keys(stats).sort()) {
    const key = columns.map(([name]) => stats[host]![name]).join()
    const hosts = alike.get(key)
    if (hosts === undefined) alike.set(key, [host])
    else hosts.push(host)
  }
  const rows = [...alike.values()].map((hosts): Row => {
    const fitting = hosts.map((host) => fit(clean(host), 24, look.symbols.cut))
    return [names(fitting, 1), stats[hosts[0]!]!]
  })
  rows.sort(
    ([, a], [, b]) => b.unreachable - a.unreachable || b.failures - a.failures || b.changed - a.changed,
  )
  return table(rows, notAlwaysZero(rows), look)
}

type Row = readonly [name: string, numbers: HostStats]

function notAlwaysZero(rows: readonly Row[]): typeof columns {
  return columns.filter(([name]) => rows.some(([, numbers]) => numbers[name] > 0))
}

function table(rows: readonly Row[], cells: typeof columns, look: Theme): string[] {
  const widest = Math.max(...rows.map(([name]) => width(name)))
  const widths = cells.map(([name]) => Math.max(...rows.map(([, numbers]) => String(numbers[name]).length)))
  return rows.map(([shownName, numbers]) => {
    const painted = cells.map(([name, shown, style], index) => {
      const cell = pad(`${shown}=${numbers[name]}`, shown.length + 1 + widths[index]!)
      return numbers[name] === 0 ? cell : look.paint(style, cell)
    })
    return `${look.paint(hostStyle(numbers), pad(shownName, widest))} : ${painted.join('  ').trimEnd()}`
  })
}

function hostStyle({ failures, unreachable, changed }: HostStats): Style {
  if (unreachable > 0) return 'unreachable'
  if (failures > 0) return 'failed'
  return changed > 0 ? 'changed' : 'ok'
}

/** Listens for what the closing lines name: what changed where, and why hosts failed. */
export class Tally {
  readonly #tasks = new Set<number>()
  readonly #things = new Map<string, Set<string>>()
  readonly #failures = new Map<string, string>()
  readonly #unreachable = new Map<string, string>()
  #check = false
  #hasHosts = false

  note(event: Event): void {
    if (event.type === 'run-started') this.#check = event.check
    if (event.type === 'play-started') this.#hasHosts ||= event.hosts.length > 0
    if (event.type === 'rescued') this.#failures.delete(event.host)
    if (event.type !== 'host-finished') return
    const { task, host, result } = event
    if (result.status !== 'skipped') this.#tasks.add(task.id)
    if (result.status === 'unreachable') this.#unreachable.set(host, reason(result))
    if (result.status === 'failed' && !result.ignored) {
      this.#failures.set(host, `${clean(task.name)}: ${reason(result)}`)
    }
    const things = changedThings(task, result)
    if (things.length === 0) return
    const before = this.#things.get(host) ?? new Set()
    for (const thing of things) before.add(thing)
    this.#things.set(host, before)
  }

  /** The last lines of a run: who failed and why, then in one line what changed, or that all is in sync. */
  closing({ stats, interrupted, seconds }: Event & { type: 'run-finished' }, look: Theme): string[] {
    const hosts = Object.keys(stats).sort()
    const unreachable = hosts.filter((host) => stats[host]!.unreachable > 0)
    const failed = hosts.filter((host) => stats[host]!.failures > 0)
    const lines = [
      ...this.#trouble('unreachable', unreachable, this.#unreachable, look),
      ...this.#trouble('failed', failed, this.#failures, look),
    ]
    const took = `(${duration(seconds)})`
    if (interrupted) lines.push(look.paint('failed', `interrupted: not everything was done`))
    const done = hosts.length - new Set([...unreachable, ...failed]).size
    if (this.#things.size > 0) lines.push(`${this.#changed(look)} ${took}`)
    else if (lines.length > 0) lines.push(`nothing changed ${took}`)
    else if (hosts.length === 0)
      lines.push(`nothing to do: ${this.#hasHosts ? 'no task for the hosts' : 'no hosts matched'} ${took}`)
    else {
      const ran = `${count(done, 'host')}, ${count(this.#tasks.size, 'task')}`
      lines.push(`${look.paint('ok', 'in sync')}: ${ran}, nothing changed ${took}`)
    }
    return lines
  }

  #trouble(
    word: 'failed' | 'unreachable',
    hosts: readonly string[],
    reasons: ReadonlyMap<string, string>,
    look: Theme,
  ): string[] {
    if (hosts.length === 0) return []
    const told = hosts.map((host) => {
      const why = reasons.get(host)
      return why === undefined ? clean(host) : `${clean(host)} (${why})`
    })
    return [`${look.paint(word, `${word}: ${count(hosts.length, 'host')}`)}: ${names(told, 10)}`]
  }

  #changed(look: Theme): string {
    const hosts = [...this.#things].sort(([a], [b]) => (a < b ? -1 : 1))
    const total = hosts.reduce((sum, [, things]) => sum + things.size, 0)
    const word = this.#check ? 'drift' : 'changed'
    const many = `${count(total, this.#check ? 'difference' : 'change')} on ${count(hosts.length, 'host')}`
    const told = hosts.map(([host, things]) => {
      const list = total > 20 ? String(things.size) : names([...things], 10)
      return hosts.length === 1 ? `${clean(host)}: ${list}` : `${clean(host)} (${list})`
    })
    return `${look.paint('changed', word)}: ${many}: ${names(told, 10)}`
  }
}
