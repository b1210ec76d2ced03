import { resolve } from 'node:path'
import type { Layer } from '../template/variables.ts'
import { ProblemError } from '../values/problem.ts'
import { entriesOf, type Node, type Value } from '../values/value.ts'
import { type Files, firstFile, shownPath } from '../yaml/files.ts'
import type { Play } from './ast.ts'

/**
 * The layers of a play's vars_files, lowest first. An entry is a path, or a list of paths of which the first that
 * is there counts; `render` gives a path's value, or undefined where it is not time for it. Raises ProblemError for a
 * file that is missing or no map.
 */
export function varsFilesLayers(
  play: Play,
  render: (node: Node) => Value | undefined,
  files: Files,
): Layer[] {
  return play.varsFiles.flatMap((node): Layer[] => {
    const value = render(node)
    if (value === undefined) return []
    const names = [value].flat().map(String)
    const path = firstFile(names.map((name) => resolve(play.folder, name)))
    if (path === undefined) {
      const looked = names.map((name) => shownPath(resolve(play.folder, name))).join(', ')
      throw new ProblemError({ message: `there is no variables file ${looked}`, place: node.place })
    }
    const before = files.problems.length
    const content = files.yaml(path, node.place)
    if (files.problems.length > before) throw new ProblemError(files.problems.splice(before))
    if (content === undefined || (content.kind === 'scalar' && content.value === null))
      return [{ name: path, values: new Map() }]
    if (content.kind !== 'map') {
      throw new ProblemError({ message: 'a map of variables is expected', place: content.place })
    }
    return [{ name: path, origin: { level: 'play vars_files' }, variables: entriesOf(content) }]
  })
}
