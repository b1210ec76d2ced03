import { contentsOf } from './contents.ts'

/** A stretch of text between two tags. */
export interface Gap {
  /** As it is written in the file, line ends and all. */
  readonly written: string
  /** What of it comes out. */
  readonly wanted: string
}

/**
 * A template of its tags and the text between them (one more than tags), so that of the text the same comes out as
 * before; undefined when there is no way, as for a brace beside those of a tag. The layout stays where that is possible.
 */
export function laidOut(tags: readonly string[], gaps: readonly Gap[]): string | undefined {
  const isBeside = gaps.some(
    ({ wanted }, index) =>
      (index > 0 && wanted.startsWith('}')) || (index < tags.length && wanted.endsWith('{')),
  )
  if (isBeside) return undefined
  const ways = gaps.map(waysOf)
  const taken = gaps.map(() => 0)
  for (let tries = 0; tries < gaps.length * 3 + 3; tries += 1) {
    const texts = ways.map((way, index) => way[taken[index]!]!)
    const made = texts.map((text, index) => text + (tags[index] ?? '')).join('')
    const contents = contentsOf(made)
    if (contents.length !== gaps.length) return undefined
    const wrong = gaps.findIndex(({ wanted }, index) => contents[index] !== wanted)
    if (wrong === -1) return made
    // A tag that is alone on its line takes white space on both of its sides.
    const isCutAtEnd = gaps[wrong]!.wanted.startsWith(contents[wrong]!)
    const order = isCutAtEnd ? [wrong + 1, wrong] : [wrong, wrong + 1]
    const next = order.find((index) => index < gaps.length && taken[index]! + 1 < ways[index]!.length)
    if (next === undefined) return undefined
    taken[next]! += 1
  }
  return undefined
}

function waysOf({ written, wanted }: Gap): string[] {
  return [...new Set([escaped(written), escaped(wanted), `\n${escaped(wanted)}`])]
}

/** Braces that are text, behind a backslash as Handlebars wants them. */
function escaped(text: string): string {
  return text.replaceAll('{{', '\\{{')
}
