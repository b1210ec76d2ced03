import { readFileSync } from 'node:fs'
import { PythonError } from '../../src/python/errors.ts'
import { repr } from '../../src/python/text.ts'
import { Tuple } from '../../src/python/tuple.ts'
import { Float } from '../../src/values/float.ts'
import { type Key, mapOf } from '../../src/values/keys.ts'

/** What test/python/recorded/python.py wrote. */
export function recordedRows<Row>(name: string): Row[] {
  return JSON.parse(readFileSync(`test/python/recorded/${name}.json`, 'utf8'))
}

/** A value as that script encoded it. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  const [[kind, held]] = Object.entries(value) as [[string, never]]
  switch (kind) {
    case '$float':
      return Float.of(Number((held as string).replace('inf', 'Infinity')))
    case '$int':
      return BigInt(held)
    case '$tuple':
      return Tuple.from((held as unknown[]).map(decode))
    default:
      return mapOf(
        (held as [unknown, unknown][]).map(([key, item]) => [decode(key) as Key, decode(item)] as const),
      )
  }
}

/** The repr of what comes out, or the error's name and text, as that script records them. */
export function outcome(work: () => unknown): string {
  try {
    return repr(work())
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    return `${error.kind}: ${error.message}`
  }
}
