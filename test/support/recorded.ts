import { readFileSync } from 'node:fs'
import { type JsonValue, loadJson } from '../../src/python/json/load.ts'
import { type Key, mapOf } from '../../src/values/keys.ts'

/** What test/python/recorded/record-NAME.py wrote; its values are as Python had them. */
export function recorded<Case>(name: string): Case[] {
  const text = readFileSync(`test/python/recorded/${name}.cases`, 'utf8')
  return (loadJson(text) as { [field: string]: JsonValue }[]).map(
    (entry) =>
      Object.fromEntries(Object.entries(entry).map(([field, value]) => [field, revived(value)])) as Case,
  )
}

/** A value that test/python/recorded/encode.py encoded. */
function revived(value: unknown, seen: unknown[] = []): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = []
    seen.push(list)
    for (const item of value) list.push(revived(item, seen))
    return list
  }
  if (typeof value !== 'object' || value === null || value instanceof Number) return value
  const map = value as { [name: string]: unknown }
  if ('$same' in map) return seen[map.$same as number]
  const pairs = ('$dict' in map ? map.$dict : Object.entries(map)) as [Key, unknown][]
  const made = mapOf(pairs.map(([key]) => [key, null as unknown] as const))
  seen.push(made)
  for (const [key, item] of pairs) made[String(key)] = revived(item, seen)
  return made
}
