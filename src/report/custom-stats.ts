import type { Event } from '../protocol/event.ts'
import { isMap, type Value, type ValueMap } from '../values/value.ts'
import { cleanLines } from './text.ts'

/** What set_stats has set in a run: for single hosts, and for the run. */
export class CustomStats {
  readonly #stats = new Map<string, ValueMap>()

  note(event: Event): void {
    if (event.type === 'item-finished') this.#take(event.host, event.item.values.ansible_stats)
    if (event.type === 'host-finished' && event.result.items === undefined)
      this.#take(event.host, event.result.values.ansible_stats)
  }

  get isEmpty(): boolean {
    return this.#stats.size === 0
  }

  /** A line for each host, and one for the run, as JSON. */
  lines(): string[] {
    const hosts = [...this.#stats.keys()].filter((name) => name !== RUN).sort()
    return [...hosts, RUN].flatMap((name) => {
      const stats = this.#stats.get(name)
      return stats === undefined ? [] : cleanLines(`${name}: ${JSON.stringify(stats)}`)
    })
  }

  #take(host: string, set: Value | undefined): void {
    if (!isMap(set) || !isMap(set.data)) return
    const name = set.per_host === true ? host : RUN
    const stats = this.#stats.get(name) ?? {}
    this.#stats.set(name, stats)
    for (const [key, value] of Object.entries(set.data)) {
      const before = Object.hasOwn(stats, key) ? stats[key] : undefined
      stats[key] = set.aggregate === false || before === undefined ? value : together(before, value)
    }
  }
}

/** Under this name Ansible keeps what is of no host. */
const RUN = 'RUN'

/** As in Ansible: numbers and texts are added, lists and maps joined; of what is of two kinds the later one holds. */
function together(before: Value, value: Value): Value {
  if (typeof before === 'number' && typeof value === 'number') return before + value
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  if (isMap(before) && isMap(value)) return { ...before, ...value }
  return value
}
