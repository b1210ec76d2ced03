import { Variables } from '../../src/template/variables.ts'
import { type Problem, ProblemError } from '../../src/values/problem.ts'
import { placeName, Source } from '../../src/values/source.ts'
import type { MapNode, Node, Value } from '../../src/values/value.ts'
import { parseYaml } from '../../src/yaml/yaml.ts'

/** The node of a YAML text that must have no problems. */
export function yaml(text: string, path = 'test.yml'): Node {
  const { node, problems } = parseYaml(new Source(path, text))
  if (problems.length > 0) throw new ProblemError(problems)
  if (node === undefined) throw new Error('an empty document')
  return node
}

/** The variables of a YAML map, as nodes. */
export function nodes(text: string, path = 'vars.yml'): Map<string, Node> {
  return new Map((yaml(text, path) as MapNode).entries.map(({ key, value }) => [key, value]))
}

/** A host's variables, written in YAML. */
export function variables(text: string): Variables {
  return new Variables([{ name: 'test', variables: nodes(text) }])
}

/** A text as the node of a quoted YAML scalar. */
export function scalar(text: string): Node {
  return (yaml(`x: ${JSON.stringify(text)}`) as MapNode).entries[0]!.value
}

/** `file:line:column message (hint)` of what a function raises. */
export function raised(does: () => Value | boolean | undefined): string[] {
  try {
    return [`returned ${JSON.stringify(does())}`]
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return error.problems.map(describe)
  }
}

export function describe({ message, place, hint }: Problem): string {
  const where = place === undefined ? '' : `${placeName(place)} `
  return `${where}${message}${hint === undefined ? '' : ` (${hint})`}`
}
