import type { Value } from './value.ts'

/** Levels of lists, maps, blocks, parentheses and calls in each other: what is deeper is an error with its place. */
export const DEEPEST = 200

export const TOO_DEEP = `nested too deeply: there may be ${DEEPEST} levels`

/** Whether the lists and maps of a value lie too deep in each other. */
export function isTooDeep(value: Value): boolean {
  let level = [value].filter(isNest)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= DEEPEST) return true
    level = level.flatMap((nest) => Object.values(nest).filter(isNest))
  }
  return false
}

function isNest(value: Value): value is Value & object {
  return typeof value === 'object' && value !== null
}
