import { resolve } from 'node:path'
import type { Problem } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import { readSource } from '../yaml/files.ts'
import { parseAddress } from './hostname.ts'

/** One part of a pattern, such as "web*" or "!db[0]", and where it stands. */
export interface Part {
  readonly text: string
  readonly place?: SourceSpan | undefined
}

/** The parts of patterns that all stand at one place. */
export function partsOf(patterns: readonly string[], place?: SourceSpan): Part[] {
  return patterns.flatMap(splitPattern).map((text) => ({ text, place }))
}

/** The parts of --limit, in which `@FILE` stands for a file with a pattern on each line. */
export function limitParts(limit: string, cwd: string): { parts: Part[]; problems: Problem[] } {
  const problems: Problem[] = []
  const parts = splitPattern(limit).flatMap((text): Part[] => {
    if (!text.startsWith('@')) return [{ text }]
    const source = readSource(resolve(cwd, text.slice(1)))
    if (source instanceof Source) return linesOf(source)
    problems.push({ ...source, message: `--limit ${text}: ${source.message}` })
    return []
  })
  return { parts, problems }
}

/** Splits at commas, or else at those colons that belong to no address and no bracket. */
function splitPattern(pattern: string): string[] {
  let parts: string[] = [pattern]
  if (pattern.includes(',')) parts = pattern.split(',')
  else if (parseAddress(pattern) === undefined) parts = pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

function linesOf(source: Source): Part[] {
  return [...source.text.matchAll(/[^\n]+/g)].flatMap(({ 0: line, index }) => {
    const text = line.trim()
    const start = index + line.indexOf(text)
    return text === '' ? [] : [{ text, place: { source, start, end: start + text.length } }]
  })
}
