import { type Edit, type Edited, fromBytes, planEdit, toBytes } from '../../../host/edit.ts'
import type { ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure } from '../../../sdk/plans.ts'
import type { Args } from './options.ts'
import {
  argumentsOf,
  controlProblem,
  isSame,
  type Line,
  lineFor,
  oneControl,
  type Rule,
  readLines,
  ruleText,
} from './rules.ts'

export function editing({ path, name, backup }: Args) {
  return { path: `${path}/${name}`, state: 'present', backup } as const
}

export function plan(args: Args, state: Edited, view: ModuleContext): Plan {
  const { path } = editing(args)
  if (state.file === undefined) {
    const advice = 'install the package that brings the service, or make the file in an earlier task'
    return {
      ...failure(`Unable to open/read PAM module file ${path} with error No such file or directory.`),
      advice,
    }
  }
  const lines = readLines(state.bytes)
  const wrong = lines.map(lineProblem).find((problem) => problem !== undefined)
  if (wrong !== undefined) return failure(wrong)
  const { bytes, change, count } = edited(args, lines)
  const edit: Edit = { bytes, msg: '', ...(change !== undefined && { change }) }
  const planned = planEdit(editing(args), state, edit, view)
  return planned.failed === undefined
    ? { ...planned, result: { change_count: count, backupdest: '' } }
    : planned
}

function lineProblem({ kind, text, rule }: Line): string | undefined {
  const told = fromBytes(text.trim())
  if (kind === 'wrong') return `Rule is not valid ${told}`
  const problem = rule === undefined ? undefined : controlProblem(rule.control)
  return problem === undefined ? undefined : `${fromBytes(problem)} in rule ${told}`
}

interface Changed extends Pick<Edit, 'bytes' | 'change'> {
  /** How many rules are other than before. */
  readonly count: number
}

function edited(args: Args, lines: readonly Line[]): Changed {
  const key = keyOf(args)
  const before: Rule[] = []
  const after: Rule[] = []
  const made = lines.flatMap((line, index): Line[] => {
    if (!isSame(line.rule, key)) return [line]
    if (args.state === 'before' || args.state === 'after') {
      const rule = newRule(args, key)
      const neighbour = neighbourOf(lines, index, args.state)
      if (isSame(neighbour?.rule, rule)) return [line]
      after.push(rule)
      const ended = line.text.endsWith('\n') ? line : { ...line, text: `${line.text}\n` }
      return args.state === 'before' ? [lineFor(rule), line] : [ended, lineFor(rule)]
    }
    const old = line.rule!
    const rule = args.state === 'absent' ? undefined : changedRule(args, old)
    if (rule !== undefined && ruleText(rule) === ruleText(old)) return [line]
    before.push(old)
    if (rule === undefined) return []
    after.push(rule)
    return [lineFor(rule, line.comment)]
  })
  const bytes = made.map(({ text }) => text).join('')
  const count = Math.max(before.length, after.length)
  const what = `${args.type} ${args.control} ${args.module_path}`
  const change = { what, before: toldRules(before), after: toldRules(after) }
  return count === 0 ? { bytes, count } : { bytes, count, change }
}

function toldRules(rules: readonly Rule[]): string | null {
  return rules.length === 0 ? null : fromBytes(rules.map(ruleText).join('\n'))
}

function keyOf({ type, control, module_path }: Args): Rule {
  return { type, control: oneControl(toBytes(control)), path: toBytes(module_path), args: [] }
}

/** What of a rule the task sets anew. */
function newRule({ new_type, new_control, new_module_path, module_arguments }: Args, old: Rule): Rule {
  return {
    type: new_type ?? old.type,
    control: new_control === undefined ? old.control : oneControl(toBytes(new_control)),
    path: new_module_path === undefined ? old.path : toBytes(new_module_path),
    args: module_arguments === undefined ? old.args : argumentsOf(module_arguments.map(toBytes)),
  }
}

function changedRule(args: Args, old: Rule): Rule {
  const given = argumentsOf((args.module_arguments ?? []).map(toBytes))
  if (args.state === 'args_absent') return { ...old, args: old.args.filter((one) => !given.includes(one)) }
  if (args.state === 'args_present') return { ...old, args: withArguments(old.args, given) }
  return newRule(args, old)
}

/** An argument with a value takes the place of the one of its name. */
function withArguments(old: readonly string[], given: readonly string[]): string[] {
  const nameOf = (argument: string) => /^[^=[]*(?==)/.exec(argument)?.[0]
  let all = [...old]
  for (const argument of given) {
    const name = nameOf(argument)
    if (name === undefined ? all.includes(argument) : all.some((one) => nameOf(one) === name))
      all = all.map((one) => (name !== undefined && nameOf(one) === name ? argument : one))
    else all.push(argument)
  }
  return all
}

/** The rule next to a line; comments stand between rules. */
function neighbourOf(lines: readonly Line[], index: number, where: 'before' | 'after'): Line | undefined {
  const isOne = ({ kind }: Line) => kind !== 'nothing'
  return where === 'before' ? lines.slice(0, index).findLast(isOne) : lines.slice(index + 1).find(isOne)
}
