import { shownPath } from '../yaml/files.ts'

/** How deep includes, imports and roles that need each other may lie in one another. */
export const DEEPEST = 200

/** What led to something, outermost first; of a long chain the ends. */
function chainText(links: readonly string[]): string {
  const left = links.length - 6
  const shown = left > 0 ? [...links.slice(0, 3), `... (${left} more)`, ...links.slice(-3)] : links
  return shown.join(' -> ')
}

/** What is wrong with a chain of files and roles that are being read, if the last is in it before, or too deep. */
export function chainProblem(again: string, paths: readonly string[]): string | undefined {
  const shown = paths.map(shownPath)
  if (paths.indexOf(paths.at(-1)!) < paths.length - 1) return `${again}: ${chainText(shown)}`
  return paths.length > DEEPEST ? tooDeep(shown) : undefined
}

/** The sentence for a chain that is too long to be meant. */
export function tooDeep(links: readonly string[]): string {
  return `nested more than ${DEEPEST} deep: ${chainText(links)}`
}
