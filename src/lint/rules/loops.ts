import { basename } from 'node:path'
import type { Node } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { Rule, RuleContext } from '../rule.ts'
import { type LintTask, textOf, under } from '../tasks.ts'
import { holdsTemplate } from '../texts.ts'

export const loops: readonly Rule[] = [
  {
    id: 'deprecated-bare-vars',
    description: 'Write the variable of a loop with braces: "{{ packages }}".',
    severity: 'VERY_HIGH',
    tags: ['deprecations'],
    profile: 'basic',
    on: 'task',
    check: checkBare,
  },
  {
    id: 'loop-var-prefix',
    description: 'Name the variable of a loop in a role as loop_var_prefix of the configuration says.',
    severity: 'MEDIUM',
    tags: ['idiom'],
    parts: {
      missing: 'Say loop_var, as "item" may be the variable of a loop around the role.',
      wrong: 'Let loop_var match loop_var_prefix.',
    },
    on: 'task',
    check: checkPrefix,
  },
]

/** Loops over lists of lists, of which one may be a variable. */
const OF_LISTS = [
  'with_nested',
  'with_together',
  'with_flattened',
  'with_filetree',
  'with_community.general.filetree',
]
/** Loops whose text is no variable. */
const OF_TEXTS = ['with_sequence', 'with_ini', 'with_inventory_hostnames']

function loopOf({ node }: LintTask) {
  return node.entries.find(({ key }) => key.startsWith('with_'))
}

function* checkBare(task: LintTask): Iterable<Found> {
  const loop = loopOf(task)
  if (loop === undefined || OF_TEXTS.includes(loop.key)) return
  const isOfLists = OF_LISTS.includes(loop.key) || loop.key === 'with_subelements'
  const looked: Node | undefined = isOfLists && loop.value.kind === 'list' ? loop.value.items[0] : loop.value
  const text = textOf(looked)
  if (looked === undefined || text === undefined || holdsTemplate(text) || isAllowed(loop.key, text)) return
  yield {
    message: `"${text}" is a text here, and no variable`,
    place: looked.place,
    hint: `write "{{ ${text} }}", or a list if it is meant as a text`,
  }
}

function isAllowed(loop: string, text: string): boolean {
  return (loop === 'with_fileglob' && /[[*?]/.test(text)) || (loop === 'with_filetree' && text.endsWith('/'))
}

function* checkPrefix(task: LintTask, { config }: RuleContext): Iterable<Found> {
  const { role } = task.file
  const loop = task.entries.get('loop') ?? loopOf(task)
  if (role === undefined || config.loopVarPrefix === undefined || loop === undefined) return
  const name = basename(role).replace(/\W/g, '_')
  const pattern = config.loopVarPrefix.replaceAll('{role}', name)
  const control = task.entries.get('loop_control')?.value
  const variable = control?.kind === 'map' ? under(control, 'loop_var') : undefined
  const written = textOf(variable)
  if (variable === undefined || written === undefined)
    yield {
      part: 'missing',
      message: 'the variable of this loop is "item"',
      place: loop.keyPlace,
      hint: `add loop_control: {loop_var: ...}, matching ${pattern}`,
    }
  else if (!new RegExp(`^(?:${pattern})`).test(written))
    yield { part: 'wrong', message: `"${written}" does not match ${pattern}`, place: variable.place }
}
