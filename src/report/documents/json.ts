import type { Event, Listener, Location, PlayInfo, TaskInfo, TaskResult } from '../../protocol/event.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'
import { visibleJson } from '../../values/visible.ts'
import type { PlayRecord, RunRecord, TaskRecord } from './record.ts'

/** The document of Ansible's json callback (ansible.posix.json), its names sorted. */
export function jsonDocument({ plays, stats }: RunRecord): string {
  const document = {
    custom_stats: {},
    global_custom_stats: {},
    plays: plays.map(playEntry),
    stats: Object.fromEntries(Object.entries(stats).map(([host, numbers]) => [host, { ...numbers }])),
  }
  return `${visibleJson(JSON.stringify(sorted(document), undefined, 4))}\n`
}

function playEntry({ play, start, end, tasks }: PlayRecord): ValueMap {
  return {
    play: { ...named(play), duration: { start: start.toISOString(), end: end.toISOString() } },
    tasks: tasks.map(taskEntry),
  }
}

function taskEntry({ task, start, end, results }: TaskRecord): ValueMap {
  return {
    task: { ...named(task), duration: { start: start.toISOString(), end: end.toISOString() } },
    hosts: Object.fromEntries(
      [...results].map(([host, result]) => [host, { ...resultEntry(result), action: task.action }]),
    ),
  }
}

/**
 * Writes the events of a run as they come, each in a line, as Ansible's jsonl callback (ansible.posix.jsonl) does, its
 * names sorted.
 */
export function jsonLines(write: (line: string) => void, now: () => Date): Listener {
  const started = new Map<number, string>()
  const line = (event: string, members: ValueMap): void => {
    const document = sorted({ ...members, _event: event, _timestamp: now().toISOString() })
    write(`${visibleJson(JSON.stringify(document))}\n`)
  }
  return (event: Event) => {
    switch (event.type) {
      case 'play-started': {
        const play = { ...named(event.play), duration: { start: now().toISOString() } }
        return line('v2_playbook_on_play_start', { play, tasks: [] })
      }
      case 'task-started': {
        const start = now().toISOString()
        started.set(event.task.id, start)
        const kind = event.task.handler ? 'v2_playbook_on_handler_task_start' : 'v2_playbook_on_task_start'
        return line(kind, { task: { ...named(event.task), duration: { start } }, hosts: {} })
      }
      case 'host-finished': {
        const { task, host, result } = event
        const end = now().toISOString()
        const duration = { start: started.get(task.id) ?? end, end }
        const entry = { ...resultEntry(result), action: task.action }
        const word = result.status === 'changed' ? 'ok' : result.status
        return line(`v2_runner_on_${word}`, {
          task: { ...named(task), duration },
          hosts: { [host]: entry },
        })
      }
      case 'run-finished': {
        const stats = Object.fromEntries(
          Object.entries(event.stats).map(([host, numbers]) => [host, { ...numbers }]),
        )
        return line('v2_playbook_on_stats', { custom_stats: {}, global_custom_stats: {}, stats })
      }
      default:
        return
    }
  }
}

function named({ name, id, location }: PlayInfo | TaskInfo) {
  return { name, id: String(id), path: pathOf(location) }
}

function resultEntry(result: TaskResult): ValueMap {
  const { status, values, message, items } = result
  return {
    ...(message !== undefined && { msg: message }),
    ...values,
    changed: typeof values.changed === 'boolean' ? values.changed : status === 'changed',
    ...((status === 'failed' || status === 'skipped' || status === 'unreachable') && { [status]: true }),
    ...(items !== undefined && {
      results: items.map((item) => ({ item: item.label, ...resultEntry(item) })),
    }),
  }
}

function pathOf({ file, line }: Location): string {
  return `${file}:${line}`
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name]!)]),
  )
}
