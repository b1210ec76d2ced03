import type { Event, TaskInfo, TaskResult } from '../protocol/event.ts'
import { Float } from '../values/float.ts'
import { keysOf, mapOf } from '../values/keys.ts'
import { withoutPasswords } from '../values/url.ts'
import { isMap, type Value } from '../values/value.ts'
import { hasSecrets, masked } from '../vault/secrets.ts'

/** An event as it may be reported, to listeners of every kind: nothing in it that was decrypted, and no password of a URL. */
export function maskedEvent(event: Event): Event {
  return hasSecrets() || (!isShown(event) && holdsPassword(event)) ? (maskedPart(event) as Event) : event
}

/** Values of results and tasks in which there is nothing to hide. */
const shown = new WeakSet<TaskResult['values'] | TaskInfo>()

/** Says of a result, and of those with the same values, that it was masked before: by another process, which had no more secrets. */
export function takeAsShown({ values }: TaskResult): void {
  shown.add(values)
}

function isShown(event: Event): boolean {
  if (event.type === 'host-started') return isShownTask(event.task)
  return event.type === 'host-finished' && shown.has(event.result.values)
}

/** All hosts begin with the same one. */
function isShownTask(task: TaskInfo): boolean {
  if (shown.has(task)) return true
  if (holdsPassword(task)) return false
  shown.add(task)
  return true
}

/** Whether any text in it is a URL with a password; most events need no copy. */
function holdsPassword(part: unknown): boolean {
  if (typeof part === 'string') return withoutPasswords(part) !== part
  if (typeof part !== 'object' || part === null) return false
  for (const name in part) if (holdsPassword((part as Record<string, unknown>)[name])) return true
  return false
}

function shownText(text: string): string {
  return withoutPasswords(masked(text))
}

/** Members that are words of this runner, or names by which hosts and files are known. */
const PLAIN = new Set(['type', 'status', 'phase', 'action', 'host', 'hosts', 'delegatedTo', 'file', 'stats'])

function maskedPart(part: unknown): unknown {
  if (typeof part === 'string') return shownText(part)
  if (Array.isArray(part)) return part.map(maskedPart)
  if (typeof part !== 'object' || part === null) return part
  const entries = Object.entries(part).map(([name, member]) => {
    if (PLAIN.has(name)) return [name, member]
    return [name, name === 'values' ? maskedValues(member) : maskedPart(member)]
  })
  return Object.fromEntries(entries)
}

/** What a task returns: the names of that are the module's, all below may be anybody's. */
function maskedValues(values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, maskedValue(value)]))
}

/** A value as it may be shown. */
export function maskedValue(value: Value): Value {
  if (typeof value === 'string') return shownText(value)
  if (typeof value === 'number' || value instanceof Float)
    return masked(String(value)) === String(value) ? value : masked(String(value))
  if (Array.isArray(value)) return value.map(maskedValue)
  if (!isMap(value)) return value
  return mapOf(
    keysOf(value).map((key) => [
      typeof key === 'string' ? shownText(key) : key,
      maskedValue(value[String(key)]!),
    ]),
  )
}
