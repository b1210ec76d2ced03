import { lengthOf } from '../python/sequence.ts'
import { repr } from '../python/text.ts'
import { isDict } from '../python/type-name.ts'
import { didYouMean, type Problem } from '../values/problem.ts'
import { Absent } from './absent.ts'
import type { Frame } from './run.ts'

interface Place {
  readonly start: number
  readonly end: number
}

/** Something undefined: what `owner` stands for has no such attribute or item. */
export function missingPart(of: unknown, name: unknown, owner: string, at: Place, frame: Frame): Absent {
  return new Absent({ of, name }, (): Problem => {
    const place = frame.instance.locate(at.start, at.end)
    const key = typeof name === 'string' ? `"${name}"` : repr(name)
    if (isDict(of)) {
      const hint = typeof name === 'string' ? didYouMean(name, Object.keys(of)) : undefined
      return { message: `"${owner}" has no ${key}`, place, hint }
    }
    return { message: `"${owner}" is ${described(of)} and has no ${key}`, place }
  })
}

function described(value: unknown): string {
  if (Array.isArray(value)) {
    const size = lengthOf(value)
    return `a list of ${size === 1 ? '1 item' : `${size} items`}`
  }
  const text = repr(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
