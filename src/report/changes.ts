import type { TaskInfo, TaskResult } from '../protocol/event.ts'
import type { Change } from '../sdk/module.ts'
import { isMap, type Value } from '../values/value.ts'
import { clean, fit } from './text.ts'

/** A change in one line: `mode: 0644 -> 0600`. */
export function changeLine(change: Change): string {
  return `${clean(change.what)}: ${isCommand(change) ? inline(change.after) : difference(change)}`
}

/** Of a command nobody knows what it changes: the change is that it runs. */
function isCommand({ what, before }: Change): boolean {
  return what === 'command' && before === null
}

function difference({ before, after, text }: Change): string {
  if (text !== undefined) return textDifference(text.before, text.after)
  if (before === null && isStructured(after)) return 'added'
  if (after === null && isStructured(before)) return 'removed'
  return `${inline(before)} -> ${inline(after)}`
}

function textDifference(before: string, after: string): string {
  const lines = (text: string): string => {
    const number = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
    return number === 1 ? '1 line' : `${number} lines`
  }
  if (before === '') return `new, ${lines(after)}`
  if (after === '') return `removed, ${lines(before)}`
  return `${lines(before)} -> ${lines(after)}`
}

export function isStructured(value: Value): boolean {
  return Array.isArray(value) || isMap(value)
}

/** A value in one line, for people: a missing one is `absent`, text stands without quotes where it can. */
function inline(value: Value): string {
  if (value === null) return 'absent'
  if (value === '') return '""'
  if (typeof value === 'string') return fit(clean(value), 100, '...')
  if (typeof value !== 'object') return String(value)
  const parts = Array.isArray(value)
    ? value.map(inline)
    : Object.entries(value).map(([name, part]) => `${clean(name)}: ${inline(part)}`)
  return fit(Array.isArray(value) ? `[${parts.join(', ')}]` : `{${parts.join(', ')}}`, 100, '...')
}

/** The file that a result is about, where it is about one. */
export function fileOf({ values }: TaskResult): string | undefined {
  const path = values.dest ?? values.path
  return typeof path === 'string' && path.startsWith('/') ? path : undefined
}

/** What differs or differed, each thing by its name and once: `file /etc/motd`, `route 10.0.0.0/8`. */
export function changedThings(task: TaskInfo, result: TaskResult): readonly string[] {
  if (result.items === undefined && result.status !== 'changed') return NOTHING
  const parts = result.items ?? [result]
  const things = parts.filter(({ status }) => status === 'changed').flatMap((part) => thingsOf(task, part))
  return things.length === 0 && result.status === 'changed' ? [clean(task.name)] : [...new Set(things)]
}

/** Most results are of hosts that have what they should have. */
const NOTHING: readonly string[] = []

function thingsOf(task: TaskInfo, result: TaskResult): string[] {
  if (result.changes.length === 0) return [clean(task.name)]
  const file = fileOf(result)
  const { name } = result.values
  return result.changes.map(({ what }) => {
    const inside = / of (\/.+)$/.exec(what)?.[1]
    const thing = inside ?? (what.includes(' ') ? undefined : file)
    if (thing !== undefined) return `file ${clean(thing)}`
    if (what.includes(' ')) return clean(what)
    return clean(typeof name === 'string' ? `${task.action} ${name}` : task.name)
  })
}
