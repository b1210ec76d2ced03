import { splitWords, unquote } from '../playbook/key-values.ts'
import { ProblemError } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import { type Node, toNode } from '../values/value.ts'
import { Files } from '../yaml/files.ts'
import { parseYaml } from '../yaml/yaml.ts'

/**
 * The variables of -e, later ones over earlier: `name=value name2="other value"` (always text), YAML or JSON that
 * begins with { or [, or @FILE of variables. Raises ProblemError.
 */
export function readExtraVars(texts: readonly string[]): Map<string, Node> {
  return new Map(texts.flatMap(readOne))
}

function readOne(text: string): [string, Node][] {
  if (text.startsWith('@')) return fromFile(text.slice(1))
  const source = new Source('-e', text)
  if (/^\s*[{[]/.test(text)) {
    const { node, problems } = parseYaml(source)
    if (problems.length > 0) throw new ProblemError(problems)
    return entriesOf(node, text)
  }
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

function fromFile(path: string): [string, Node][] {
  const files = new Files()
  const node = files.yaml(path)
  if (files.problems.length > 0) throw new ProblemError(files.problems)
  return entriesOf(node, path)
}

function entriesOf(node: Node | undefined, from: string): [string, Node][] {
  if (node?.kind === 'map') return node.entries.map(({ key, value }) => [key, value])
  throw new ProblemError({ message: `a map of variables is expected: ${from}`, place: node?.place })
}
