import type { MapNode, Node, ScalarNode } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { type LintTask, under } from '../tasks.ts'

const NO_JINJA = {
  id: 'no-jinja-when',
  description: 'Write conditions without braces: they are expressions.',
  severity: 'HIGH',
  tags: ['deprecations'],
  profile: 'basic',
} as const

export const conditions: readonly Rule[] = [
  {
    id: 'literal-compare',
    description: 'Write "when: var" or "when: not var" in place of a comparison with true or false.',
    severity: 'HIGH',
    tags: ['idiom'],
    profile: 'basic',
    on: 'task',
    check: (task) =>
      comparing(
        task,
        /[=!]= ?(True|true|False|false)/,
        'a comparison with true or false says no more than the value',
        'write "var", or "not var"',
      ),
  },
  {
    id: 'empty-string-compare',
    description: 'Write "var | length > 0" in place of a comparison with an empty text.',
    severity: 'HIGH',
    tags: ['idiom', 'opt-in'],
    on: 'task',
    check: (task) =>
      comparing(
        task,
        /[=!]= ?(""|'')/,
        'this compares with an empty text',
        'write "var | length > 0", or "== 0"',
      ),
  },
  { ...NO_JINJA, on: 'task', check: (task) => braces(task.entries.get('when')?.value) },
  { ...NO_JINJA, on: 'play', check: checkRoles },
  {
    id: 'no-handler',
    description: 'Make a handler of a task that runs when another has changed something.',
    severity: 'MEDIUM',
    tags: ['idiom'],
    profile: 'shared',
    on: 'task',
    check: checkHandler,
  },
]

/** The texts of a condition; a list holds if all of it holds. */
function textsOf(node: Node | undefined): (ScalarNode & { readonly value: string })[] {
  const items = node === undefined ? [] : node.kind === 'list' ? node.items : [node]
  return items.filter(
    (item): item is ScalarNode & { value: string } =>
      item.kind === 'scalar' && typeof item.value === 'string',
  )
}

function* comparing(task: LintTask, pattern: RegExp, message: string, hint: string): Iterable<Found> {
  for (const node of textsOf(task.entries.get('when')?.value)) {
    if (!pattern.test(node.value)) continue
    yield { message, place: node.place, hint }
    return
  }
}

function* braces(when: Node | undefined): Iterable<Found> {
  for (const node of textsOf(when)) {
    if (!node.value.includes('{{') || !node.value.includes('}}')) continue
    yield {
      message: 'a condition is an expression already, and has braces',
      place: node.place,
      hint: 'take "{{" and "}}" away',
    }
    return
  }
}

function* checkRoles(play: MapNode): Iterable<Found> {
  const roles = under(play, 'roles')
  if (roles?.kind !== 'list') return
  for (const role of roles.items) if (role.kind === 'map') yield* braces(under(role, 'when'))
}

const CHANGED = ['.changed', '|changed', '["changed"]', "['changed']", 'is changed']

function* checkHandler({ entries, file, within }: LintTask): Iterable<Found> {
  if (within !== 'tasks' || file.kind === 'handlers') return
  const [first] = textsOf(entries.get('when')?.value)
  if (first === undefined || first.value.split(/\s+/).includes('and')) return
  if (!CHANGED.some((word) => first.value.includes(word))) return
  yield {
    message: 'this task runs when another has changed something, as handlers do',
    place: first.place,
    hint: 'notify a handler, and make one of this task',
  }
}
