import type { TemplateContext } from '../template/context.ts'
import { isTemplate } from '../template/template.ts'
import { unpassable } from '../values/passable.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import { toText } from '../values/text.ts'
import { isMap, type Node, toValue, type Value } from '../values/value.ts'

/** What a task's programs find in their environment; undefined when nothing is said. Raises ProblemError. */
export function environmentOf(
  nodes: readonly Node[],
  scope: TemplateContext,
): Record<string, string> | undefined {
  if (nodes.length === 0) return undefined
  const environment: Record<string, string> = {}
  for (const node of nodes) {
    for (const map of [scope.render(node)].flat()) {
      const problems = problemsOf(map, node)
      if (problems.length > 0) throw new ProblemError(problems)
      for (const [name, value] of Object.entries(map ?? {})) environment[name] = toText(value)
    }
  }
  return environment
}

/** What is wrong with an `environment` as far as it is written plainly. */
export function environmentProblems(node: Node): Problem[] {
  if (node.kind === 'list') return node.items.flatMap(environmentProblems)
  if (node.kind === 'scalar') return isTemplate(String(node.value)) ? [] : problemsOf(toValue(node), node)
  const plain = node.entries.filter(({ key }) => !isTemplate(key))
  return problemsOf(toValue({ ...node, entries: plain }), node)
}

/** An empty value sets nothing. */
function problemsOf(map: Value, node: Node): Problem[] {
  if (map === null || map === '') return []
  if (!isMap(map)) {
    const message = `environment takes a map of names to values, this is ${JSON.stringify(map)}`
    return [{ message, place: node.place }]
  }
  return Object.entries(map).flatMap(([name, value]) => {
    const { keyPlace, valuePlace } = placesOf(name, node)
    const fault = unpassable(toText(value))
    return [
      ...(NAME.test(name) ? [] : [{ message: wrongName(name), place: keyPlace, hint: HINT }]),
      ...(fault === undefined ? [] : [{ message: `${name}: ${fault}`, place: valuePlace }]),
    ]
  })
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const HINT = 'use letters, digits and _, and no digit first'

function wrongName(name: string): string {
  return `${JSON.stringify(name)} cannot be the name of an environment variable`
}

/** Where an entry is written; the whole, when its name came from a template. */
function placesOf(name: string, node: Node): { keyPlace: SourceSpan; valuePlace: SourceSpan } {
  const entry = node.kind === 'map' ? node.entries.find(({ key }) => key === name) : undefined
  return { keyPlace: entry?.keyPlace ?? node.place, valuePlace: entry?.value.place ?? node.place }
}
