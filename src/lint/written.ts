import type { SourceSpan } from '../values/source.ts'
import type { MapNode, Node, ScalarNode } from '../values/value.ts'

/** The text as it stands in the file. */
export function writtenText({ source, start, end }: SourceSpan): string {
  return source.text.slice(start, end)
}

/** The first key of a map, for what is missing in it. */
export function startOfMap(node: MapNode): SourceSpan {
  return node.entries[0]?.keyPlace ?? node.place
}

/** Whether a scalar is written without quotes, tag or anchor, on one line. */
export function isPlain(node: Node): node is ScalarNode {
  return node.kind === 'scalar' && !/^["'|>&!*]|\n/.test(writtenText(node.place))
}

/** From the beginning of the line in which a place begins to the end of that in which it ends, the line end too. */
export function wholeLines({ source, start, end }: SourceSpan): SourceSpan {
  const { text } = source
  const last = text.indexOf('\n', Math.max(start, end - 1))
  return { source, start: text.lastIndexOf('\n', start - 1) + 1, end: last === -1 ? text.length : last + 1 }
}
