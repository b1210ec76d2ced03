import { optionNamed, readArguments } from '../../sdk/arguments.ts'
import type { Module } from '../../sdk/module.ts'
import { type Node, toValue } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { Rule, RuleContext } from '../rule.ts'
import type { Action, LintTask } from '../tasks.ts'
import { holdsTemplate } from '../texts.ts'

export const args: Rule = {
  id: 'args',
  description: 'Give modules the arguments that they take.',
  severity: 'HIGH',
  tags: ['syntax', 'experimental'],
  parts: { module: 'Put right what a module does not take.' },
  on: 'task',
  check,
}

/** What these options take is read from files, or evaluated. */
const READY_MADE = new Set(['file', 'archive', 'template', 'script', 'conditions', 'expression'])

function* check(task: LintTask, { modules, config }: RuleContext): Iterable<Found> {
  const { action } = task
  if (action === undefined || !Object.hasOwn(modules, action.short)) return
  if (config.mockModules.includes(action.written) || isTemplated(task)) return
  const module = modules[action.short]!
  // A text that is a template as a whole may give any arguments.
  if (action.free !== '' && module.freeForm === undefined) return
  const given = givenTo(module, action)
  const isPartial = holdsTemplate(action.free) || [...action.args.values()].some(holdsAny)
  for (const { option, message, hint } of readArguments(module, given, isPartial).problems) {
    const node = option === undefined ? undefined : action.args.get(option)
    yield { part: 'module', message, place: node?.place ?? action.place, hint }
  }
}

function isTemplated({ entries }: LintTask): boolean {
  const besides = entries.get('args')?.value
  return besides !== undefined && besides.kind !== 'map'
}

function givenTo(module: Module, action: Action): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const [name, node] of action.args) {
    if (holdsTemplate(name)) continue
    const type = module.options[optionNamed(module, name) ?? '']?.type ?? ''
    given[name] = holdsAny(node) ? undefined : READY_MADE.has(type) ? {} : toValue(node)
  }
  if (action.free !== '' && module.freeForm !== undefined) {
    const type = module.options[module.freeForm]?.type ?? ''
    given[module.freeForm] = holdsTemplate(action.free) ? undefined : READY_MADE.has(type) ? {} : action.free
  }
  return given
}

function holdsAny(node: Node): boolean {
  return holdsTemplate(JSON.stringify(toValue(node)))
}
