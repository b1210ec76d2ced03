import { str } from '../python/text.ts'
import { DictView } from '../python/tuple.ts'
import { isDict } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { NoElse } from './absent.ts'

/** A value as `{{ }}` writes it: as Python's str, and nothing for none. Raises an UndefinedError. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value instanceof NoElse) return ''
  return str(finished(value))
}

/** A value as it leaves a template: views of maps become lists. Raises an UndefinedError for what is undefined in it. */
export function finished(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof NoElse) return ''
  requireDefined(value)
  return value instanceof DictView ? Array.from(value) : value
}

function requireDefined(value: unknown): void {
  const waiting = [value]
  const seen = new Set<unknown>()
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (next instanceof Undefined && !(next instanceof NoElse)) next.fail()
    if (!Array.isArray(next) && !isDict(next)) continue
    if (seen.has(next)) continue
    seen.add(next)
    for (const inner of Object.values(next))
      if (typeof inner === 'object' && inner !== null) waiting.push(inner)
  }
}
