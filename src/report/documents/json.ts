import type { Location, TaskResult } from '../../protocol/event.ts'
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
    play: {
      name: play.name,
      id: String(play.id),
      path: pathOf(play.location),
      duration: { start: start.toISOString(), end: end.toISOString() },
    },
    tasks: tasks.map(taskEntry),
  }
}

function taskEntry({ task, start, end, results }: TaskRecord): ValueMap {
  return {
    task: {
      name: task.name,
      id: String(task.id),
      path: pathOf(task.location),
      duration: { start: start.toISOString(), end: end.toISOString() },
    },
    hosts: Object.fromEntries(
      [...results].map(([host, result]) => [host, { ...resultEntry(result), action: task.action }]),
    ),
  }
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
