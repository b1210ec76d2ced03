import { TemplateContext } from '../template/context.ts'
import { isTemplate } from '../template/template.ts'
import type { Layer } from '../template/variables.ts'
import { ProblemError } from '../values/problem.ts'
import { entriesOf, type MapNode, type ScalarNode } from '../values/value.ts'
import type { Reading } from './reading.ts'

/** What can be known where a playbook is read. */
type Known = Pick<Reading, 'extraVars' | 'inherited' | 'playFolder' | 'playVars' | 'problems' | 'role'>

/**
 * A name of something that is imported, as its templates make it: they see the variables of the role, the play, the
 * block and the task, those of -e, and where the playbook and the role are. Undefined, and a problem, where it needs more.
 */
export function importName(name: ScalarNode, known: Known): ScalarNode | undefined {
  if (!isTemplate(String(name.value))) return name
  try {
    return { ...name, value: String(TemplateContext.of(layersOf(known)).render(name)) }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const reasons = error.problems.map(({ message }) => message).join('; ')
    const message = `what is imported must be known before the run: ${reasons}`
    known.problems.push({ message, place: name.place, hint: 'include what only a host can tell' })
    return undefined
  }
}

function layersOf({ extraVars, inherited, playFolder, playVars, role }: Known): Layer[] {
  const ofRole = role === undefined ? {} : { role_path: role.path, role_name: role.name }
  return [
    ...(role === undefined ? [] : [{ name: 'role defaults', variables: role.defaults }]),
    ...layers('play vars', playVars === undefined ? [] : [playVars]),
    ...(role === undefined ? [] : [{ name: 'role vars', variables: role.vars }]),
    ...layers('task vars', inherited.vars),
    ...layers('role parameters', inherited.params),
    { name: 'extra vars', variables: extraVars },
    { name: 'magic', values: new Map(Object.entries({ playbook_dir: playFolder, ...ofRole })) },
  ]
}

function layers(name: string, maps: readonly MapNode[]): Layer[] {
  return maps.map((map) => ({ name, variables: entriesOf(map) }))
}
