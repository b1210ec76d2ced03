import type {
  Event,
  HostStats,
  ItemResult,
  Listener,
  PlayInfo,
  TaskInfo,
  TaskResult,
} from '../../src/protocol/event.ts'
import { createTheme } from '../../src/report/paint.ts'
import type { RenderOptions } from '../../src/report/result.ts'
import type { Change } from '../../src/sdk/module.ts'
import type { Value, ValueMap } from '../../src/values/value.ts'

export function result(status: TaskResult['status'], more: Partial<TaskResult> = {}): TaskResult {
  return { status, changes: [], values: { changed: status === 'changed' }, seconds: 0.1, ...more }
}

export const ok = (values: ValueMap = {}): TaskResult =>
  result('ok', { values: { changed: false, ...values } })

export function changed(changes: readonly Change[], values: ValueMap = {}): TaskResult {
  return result('changed', { changes, values: { changed: true, ...values } })
}

export function item(label: string, of: TaskResult): ItemResult {
  return { ...of, label }
}

export function change(what: string, before: Value, after: Value): Change {
  return { what, before, after }
}

export function textChange(what: string, before: string, after: string): Change {
  return { what, before, after, text: { before, after } }
}

export function telling(more: Partial<RenderOptions> = {}): RenderOptions {
  return {
    look: createTheme({ color: false, unicode: false }),
    verbosity: 0,
    diff: false,
    changes: false,
    skipped: true,
    ...more,
  }
}

/** Tells a run to a listener and counts its statistics the way the engine does. */
export class Story {
  readonly events: Event[] = []
  readonly #listener: Listener
  readonly #stats: Record<string, HostStats> = {}
  readonly #hosts: readonly string[]
  #tasks = 0

  constructor(listener: Listener, hosts: readonly string[], { check = false, diff = false } = {}) {
    this.#listener = listener
    this.#hosts = hosts
    for (const host of hosts) {
      this.#stats[host] = {
        ok: 0,
        changed: 0,
        failures: 0,
        unreachable: 0,
        skipped: 0,
        rescued: 0,
        ignored: 0,
      }
    }
    this.tell({ type: 'run-started', playbooks: ['site.yml'], check, diff })
  }

  tell(event: Event): this {
    this.events.push(event)
    this.#listener(event)
    return this
  }

  static readonly play: PlayInfo = {
    id: 1,
    name: 'Routers',
    location: { file: 'site.yml', line: 1, column: 3 },
  }

  play(): this {
    return this.tell({ type: 'play-started', play: Story.play, hosts: this.#hosts })
  }

  info(name: string, action: string, handler = false): TaskInfo {
    this.#tasks++
    const location = { file: 'roles/router/tasks/main.yml', line: this.#tasks * 10, column: 3 }
    return { id: this.#tasks, play: 1, name, action, location, handler, verboseAlways: action === 'debug' }
  }

  start(task: TaskInfo, hosts: readonly string[] = this.#hosts): this {
    this.tell({ type: 'task-started', task, hosts })
    for (const host of hosts) this.tell({ type: 'host-started', task, host })
    return this
  }

  finish(task: TaskInfo, host: string, told: TaskResult): this {
    for (const item of told.items ?? []) this.tell({ type: 'item-finished', task, host, item })
    this.#count(this.#stats[host]!, told)
    return this.tell({ type: 'host-finished', task, host, result: told })
  }

  #count(stats: HostStats, { status, ignored }: TaskResult): void {
    if (status === 'ok' || status === 'changed' || ignored) stats.ok++
    if (status === 'changed') stats.changed++
    if (status === 'skipped') stats.skipped++
    if (status === 'unreachable') stats.unreachable++
    if (status === 'failed' && ignored) stats.ignored++
    else if (status === 'failed') stats.failures++
  }

  /** A whole task: what it came to on each host. */
  task(
    name: string,
    action: string,
    results: Readonly<Record<string, TaskResult>>,
    handler = false,
  ): TaskInfo {
    const info = this.info(name, action, handler)
    this.start(info, Object.keys(results))
    for (const [host, told] of Object.entries(results)) this.finish(info, host, told)
    this.tell({ type: 'task-finished', task: info })
    return info
  }

  end({ interrupted = false, seconds = 1.84 } = {}): this {
    this.tell({ type: 'play-finished', play: Story.play })
    return this.tell({ type: 'run-finished', stats: this.#stats, interrupted, seconds })
  }
}

/** A text as it stands in a test: without the first line end and the indentation of its first line. */
export function block([text]: TemplateStringsArray): string {
  const lines = (text ?? '').replace(/^\n/, '').split('\n')
  const margin = /^ */.exec(lines[0]!)![0].length
  return lines.map((line) => line.slice(Math.min(margin, /^ */.exec(line)![0].length))).join('\n')
}
