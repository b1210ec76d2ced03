import type { VariableText } from '../protocol/request.ts'
import { ProblemError } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import { type Node, toNode } from '../values/value.ts'
import { opened } from '../yaml/vaulted.ts'
import { parseYaml } from '../yaml/yaml.ts'
import { splitWords, unquote } from './key-values.ts'

/**
 * The variables of -e, later ones over earlier: `name=value name2="other value"` (always text), YAML or JSON that
 * begins with { or [, or the YAML of a file. Raises ProblemError.
 */
export function readExtraVars(texts: readonly VariableText[]): Map<string, Node> {
  return new Map(texts.flatMap(readOne))
}

function readOne({ text, file }: VariableText): [string, Node][] {
  const source = opened(new Source(file ?? '-e', text))
  if (!(source instanceof Source)) throw new ProblemError(source)
  if (file !== undefined || /^\s*[{[]/.test(text)) return entriesOf(source, file ?? text)
  return splitWords(text).map((word): [string, Node] => {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word)
    const start = text.indexOf(word)
    const place = { source, start, end: start + word.length }
    if (match === null) {
      const hint = 'write name=value, {"name": value}, or @file'
      throw new ProblemError({ message: `"${word}" sets no variable`, place, hint })
    }
    return [match[1]!, toNode(unquote(match[2]!), place)]
  })
}

function entriesOf(source: Source, from: string): [string, Node][] {
  const { node, problems } = parseYaml(source)
  if (problems.length > 0) throw new ProblemError(problems)
  if (node?.kind === 'map') return node.entries.map(({ key, value }) => [key, value])
  throw new ProblemError({ message: `a map of variables is expected: ${from}`, place: node?.place })
}
