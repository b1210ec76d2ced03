import type { MapEntry, MapNode } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'
import type { Rule, RuleContext } from '../rule.ts'
import { type LintTask, textOf, under } from '../tasks.ts'

const FACTS = {
  id: 'var-naming',
  description: 'Name variables with small letters, digits and underscores.',
  severity: 'MEDIUM',
  tags: ['idiom'],
  profile: 'basic',
} as const

export const varNaming: readonly Rule[] = [
  { ...FACTS, on: 'task', check: checkTask },
  { ...FACTS, on: 'play', check: (play, _file, context) => inVars(play, context) },
  { ...FACTS, on: 'file', check: checkFile },
]

/** Python's own words, which Ansible's check of names is not asked about. */
const PYTHON = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if
  import in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
)

function isWrong(name: string, { config }: RuleContext): boolean {
  if (/[^\x00-\x7f]|\{\{/.test(name) || PYTHON.has(name)) return false
  return !new RegExp(config.varNamingPattern ?? '^[a-z_][a-z0-9_]*$').test(name)
}

function found({ key, keyPlace }: Pick<MapEntry, 'key' | 'keyPlace'>): Found {
  return { message: `"${key}" is no name as variables have them`, place: keyPlace, hint: FACTS.description }
}

function* inVars(map: MapNode, context: RuleContext): Iterable<Found> {
  const vars = under(map, 'vars')
  if (vars?.kind !== 'map') return
  for (const entry of vars.entries)
    if (entry.keyValue === undefined && isWrong(entry.key, context)) yield found(entry)
}

function* checkTask(task: LintTask, context: RuleContext): Iterable<Found> {
  yield* inVars(task.node, context)
  const { action } = task
  if (action?.short === 'set_fact')
    for (const [key, { place }] of action.args)
      if (!key.startsWith('__') && key !== 'cacheable' && isWrong(key, context)) {
        const entry =
          action.value.kind === 'map' ? action.value.entries.find((one) => one.key === key) : undefined
        yield found({ key, keyPlace: entry?.keyPlace ?? place })
      }
  const register = task.entries.get('register')?.value
  const name = textOf(register)
  if (register !== undefined && name !== undefined && isWrong(name, context))
    yield found({ key: name, keyPlace: register.place })
}

function* checkFile({ kind, node }: LintFile, context: RuleContext): Iterable<Found> {
  if (kind !== 'vars' || node?.kind !== 'map') return
  for (const entry of node.entries)
    if (entry.keyValue === undefined && isWrong(entry.key, context)) yield found(entry)
}
