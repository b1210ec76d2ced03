import { Tuple } from './tuple.ts'

/**
 * What Python's `re.findall` gives: each match, or its group if the expression has one, or the tuple of its groups. A group
 * that takes no part is "". `expression` has the flag g.
 */
export function findAll(expression: RegExp, text: string): (string | string[])[] {
  return Array.from(text.matchAll(expression), (match) => {
    const groups = match.slice(1).map((group) => group ?? '')
    if (groups.length === 0) return match[0]
    return groups.length === 1 ? groups[0]! : Tuple.from(groups)
  })
}
