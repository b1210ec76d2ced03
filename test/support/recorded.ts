import { readFileSync } from 'node:fs'
import { PythonError } from '../../src/python/errors.ts'
import { type JsonValue, loadJson } from '../../src/python/json/load.ts'
import { repr } from '../../src/python/text.ts'
import { Tuple } from '../../src/python/tuple.ts'
import { Float } from '../../src/values/float.ts'
import { type Key, mapOf, nameOf, put } from '../../src/values/keys.ts'

/** What test/python/recorded/record-NAME.py wrote; its values are as Python had them. */
export function recorded<Case>(name: string): Case[] {
  const text = readFileSync(`test/python/recorded/${name}.cases`, 'utf8')
  return (loadJson(text) as { [field: string]: JsonValue }[]).map(
    (entry) =>
      Object.fromEntries(Object.entries(entry).map(([field, value]) => [field, decode(value)])) as Case,
  )
}

/** What test/python/recorded/python.py wrote, its values yet to be decoded. */
export function recordedRows<Row>(name: string): Row[] {
  return JSON.parse(readFileSync(`test/python/recorded/${name}.json`, 'utf8'))
}

/** A value as encode.py or python.py of test/python/recorded encoded it. */
export function decode(value: unknown): unknown {
  return decodePart(value, [])
}

/** A part of a value, `seen` being the lists and dicts that came before, which `$same` counts. */
function decodePart(value: unknown, seen: unknown[]): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = []
    seen.push(list)
    for (const item of value) list.push(decodePart(item, seen))
    return list
  }
  if (typeof value !== 'object' || value === null || value instanceof Number) return value
  const map = value as { [name: string]: unknown }
  if ('$same' in map) return seen[map.$same as number]
  if ('$float' in map) return Float.of(Number((map.$float as string).replace('inf', 'Infinity')))
  if ('$int' in map) return BigInt(map.$int as string)
  if ('$tuple' in map) return Tuple.from((map.$tuple as unknown[]).map(decode))
  const pairs = ('$dict' in map ? map.$dict : Object.entries(map)) as [unknown, unknown][]
  const keys = pairs.map(([key]) => decode(key) as Key)
  const made = mapOf(keys.map((key) => [key, null as unknown] as const))
  seen.push(made)
  for (const [at, [, item]] of pairs.entries()) put(made, nameOf(keys[at]!), decodePart(item, seen))
  return made
}

/** The repr of what comes out, or the error's name and text, as python.py records them. */
export function outcome(work: () => unknown): string {
  try {
    return repr(work())
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    return `${error.kind}: ${error.message}`
  }
}
