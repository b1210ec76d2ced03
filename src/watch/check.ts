import type { Event, ItemResult, Location, TaskInfo, TaskResult } from '../protocol/event.ts'
import { changeLine, fileOf, isStructured } from '../report/changes.ts'
import { diffLines } from '../report/diff.ts'
import { createTheme } from '../report/paint.ts'
import { locationName, reason } from '../report/result.ts'
import { clean } from '../report/text.ts'
import type { Change } from '../sdk/module.ts'
import type { Value } from '../values/value.ts'

/** Something on a host that differs from what the playbooks declare. */
export interface Difference {
  readonly host: string
  readonly task: string
  readonly location: Location
  /** The item of a loop. */
  readonly item?: string
  /** As short as a column heading: "mode". The task itself where it says no more. */
  readonly what: string
  readonly before: Value
  readonly after: Value
  /** In one line: "/etc/motd mode: 0644 -> 0600". */
  readonly line: string
  /** A unified diff, where it is asked for. */
  readonly diff?: readonly string[]
}

/** Why a host was not looked at to the end. */
export interface Trouble {
  readonly status: 'failed' | 'unreachable'
  readonly reason: string
}

/** What one check has found. */
export interface Check {
  /** By what tells them apart from check to check. */
  readonly found: ReadonlyMap<string, Difference>
  readonly hosts: ReadonlySet<string>
  readonly trouble: ReadonlyMap<string, Trouble>
  readonly warnings: ReadonlySet<string>
  readonly interrupted: boolean
  /** Whether a difference of before would have been found again. */
  looksAt(difference: Difference): boolean
}

/** Makes a check's findings of the events of its run. */
export class CheckRecord implements Check {
  readonly found = new Map<string, Difference>()
  readonly hosts = new Set<string>()
  readonly trouble = new Map<string, Trouble>()
  readonly warnings = new Set<string>()
  interrupted = false
  readonly #looked = new Set<string>()
  readonly #diff: boolean
  readonly #failures = new Map<string, string>()

  constructor(diff: boolean) {
    this.#diff = diff
  }

  readonly listener = (event: Event): void => {
    switch (event.type) {
      case 'play-started':
        for (const host of event.hosts) this.hosts.add(host)
        return
      case 'warning':
        this.warnings.add(
          event.location ? `${event.message} (${locationName(event.location)})` : event.message,
        )
        return
      case 'host-finished':
        this.#take(event.task, event.host, event.result)
        return
      case 'run-finished':
        this.interrupted = event.interrupted
        for (const [host, { failures, unreachable }] of Object.entries(event.stats)) {
          if (failures + unreachable === 0) continue
          const why = this.#failures.get(host) ?? 'a task failed'
          this.trouble.set(host, { status: unreachable > 0 ? 'unreachable' : 'failed', reason: why })
        }
        return
      default:
    }
  }

  looksAt({ host, location }: Difference): boolean {
    return this.trouble.size === 0 || this.#looked.has(placeOn(host, location))
  }

  #take(task: TaskInfo, host: string, result: TaskResult): void {
    const { status, ignored } = result
    if ((status === 'failed' || status === 'unreachable') && !ignored)
      this.#failures.set(host, `${clean(task.name)}: ${reason(result)}`)
    else this.#looked.add(placeOn(host, task.location))
    // What a loop's items have found holds even if another item has failed.
    for (const part of result.items ?? [result]) if (part.status === 'changed') this.#add(task, host, part)
  }

  #add(task: TaskInfo, host: string, result: TaskResult | ItemResult): void {
    const item = 'label' in result ? result.label : undefined
    const about = {
      host,
      task: clean(task.name),
      location: task.location,
      ...(item !== undefined && { item }),
    }
    const file = fileOf(result)
    const changes = result.changes.map((change) => ({
      ...about,
      ...{ what: clean(change.what), before: change.before, after: change.after },
      line: lineOf(change, file),
      ...(this.#diff && hasDiff(change) && { diff: diffLines({ ...result, changes: [change] }, PLAIN) }),
    }))
    const own = { ...about, what: clean(task.name), before: null, after: null }
    const line = item === undefined ? 'would change' : `would change (item: ${clean(item)})`
    for (const difference of changes.length > 0 ? changes : [{ ...own, line }]) this.#keep(difference)
  }

  /** What a task has twice under one name is counted, so that each stays what it is. */
  #keep(difference: Difference): void {
    const { host, task, location, item = '', what } = difference
    const key = JSON.stringify([host, locationName(location), task, item, what])
    let number = 1
    while (this.found.has(`${key}${number}`)) number += 1
    this.found.set(`${key}${number}`, difference)
  }
}

/** Whether there is more to show of a change than its line. */
function hasDiff({ text, before, after }: Change): boolean {
  return text !== undefined || isStructured(before) || isStructured(after)
}

const PLAIN = createTheme({ color: false, unicode: true })

function lineOf(change: Change, file: string | undefined): string {
  const line = changeLine(change)
  return file === undefined || line.includes(clean(file)) ? line : `${clean(file)} ${line}`
}

function placeOn(host: string, location: Location): string {
  return `${host}\0${locationName(location)}`
}
