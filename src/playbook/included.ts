import { omit, type TemplateContext } from '../template/context.ts'
import { isTemplateNode } from '../template/template.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { placeName } from '../values/source.ts'
import { type MapNode, type ScalarNode, toNode, type Value, type ValueMap } from '../values/value.ts'
import type { IncludeRole, IncludeTasks, Inherited, Play, Role, RoleFiles, Step } from './ast.ts'
import { DEEPEST, tooDeep } from './chain.ts'
import { findTasksFile, readTasksAt } from './includes.ts'
import { combine } from './inherit.ts'
import { importedIn } from './playbook.ts'
import type { Reading, Sources } from './reading.ts'
import { readRole, withDependencies } from './roles.ts'
import { signatureOf } from './signature.ts'

/** What one host includes: the name of a file or role, which files of the role, and the loop's variables. */
export interface Inclusion {
  readonly name: string
  readonly from: RoleFiles
  readonly loopVariables: ValueMap
  /** Hosts with the same key include the same. */
  readonly key: string
}

/** `earlier` is what the host includes before: what it includes again, for an equal item, is done again. */
export function inclusionOf(
  name: string,
  from: RoleFiles,
  loopVariables: ValueMap,
  earlier: readonly Inclusion[] = [],
): Inclusion {
  const files = Object.entries(from).map(([part, file]) => [part, toFileName(file)])
  const same = signatureOf([name, files, loopVariables])
  const times = earlier.filter(({ key }) => key.endsWith(same)).length
  return { name, from, loopVariables, key: `${times} ${same}` }
}

/** The names of the files that an include asks for, rendered; one that is omitted is main. Raises ProblemError. */
export function filesFrom(step: IncludeTasks | IncludeRole, scope: TemplateContext): RoleFiles {
  if (step.kind === 'include_tasks') return {}
  const { isUnchecked, ...files } = step.from
  const rendered = Object.entries(files).map(([part, file]): [string, ScalarNode | undefined] => {
    const name = file && scope.render(file)
    return [part, name === undefined || name === omit ? undefined : { ...file!, value: String(name) }]
  })
  return { ...Object.fromEntries(rendered), isUnchecked: isUnchecked === true }
}

/** Whether it is known before a run what an include takes. */
export function isNamedOutright(step: IncludeTasks | IncludeRole): boolean {
  if (step.kind === 'include_tasks') return !isTemplateNode(step.file)
  const { isUnchecked: _, ...files } = step.from
  return [step.roleName, ...Object.values(files)].every((node) => node === undefined || !isTemplateNode(node))
}

/** An inclusion without its places, for somebody who has the step, too. */
export interface InclusionTold {
  readonly name: string
  /** The role's files that are used, by the part that they stand for. */
  readonly files: readonly (readonly [part: string, name: string])[]
  readonly loopVariables: ValueMap
  readonly key: string
}

export function toldOf({ name, from, loopVariables, key }: Inclusion): InclusionTold {
  const files = Object.entries(from).flatMap(([part, file]): [string, string][] =>
    typeof file === 'object' ? [[part, String(file.value)]] : [],
  )
  return { name, files, loopVariables, key }
}

/** What was told of an inclusion, with the places of the step that includes it. */
export function inclusionTold(
  { name, files, loopVariables, key }: InclusionTold,
  step: IncludeTasks | IncludeRole,
): Inclusion {
  if (step.kind === 'include_tasks') return { name, from: {}, loopVariables, key }
  const written = step.from as Record<string, ScalarNode>
  const from = Object.fromEntries(files.map(([part, value]) => [part, { ...written[part]!, value }]))
  return { name, from: { ...from, isUnchecked: step.from.isUnchecked === true }, loopVariables, key }
}

function toFileName(file: ScalarNode | boolean | undefined): Value {
  return typeof file === 'object' ? file.value : (file ?? null)
}

export interface Included {
  readonly steps: readonly Step[]
  readonly handlers: readonly Step[]
  readonly role?: Role
}

/** The steps of what is included. Raises ProblemError when the file or role is missing or wrong, or nested too deep. */
export function includedSteps(
  step: IncludeTasks | IncludeRole,
  { name, from, loopVariables }: Inclusion,
  play: Play,
  sources: Sources,
): Included {
  const within = [...step.within, step.place]
  if (within.length > DEEPEST) {
    const hint = 'what includes itself needs a condition ("when") that ends it'
    throw new ProblemError({ message: tooDeep(within.map(placeName)), place: step.place, hint })
  }
  const problems: Problem[] = []
  const { files } = sources
  const before = files.problems.length
  const reading: Reading = {
    ...sources,
    problems,
    playFolder: play.folder,
    playVars: play.vars,
    folder: step.folder,
    role: step.role,
    inherited: handedDown(step, loopVariables),
    chain: [],
    collections: play.collections,
    within,
    handlers: false,
  }
  const included =
    step.kind === 'include_tasks' ? tasksFile(step, name, reading) : roleSteps(step, name, from, reading)
  problems.push(...files.problems.splice(before))
  if (problems.length > 0) throw new ProblemError(problems)
  return included
}

/**
 * An include's own condition and tags are for itself; its variables and `apply:` are for what it includes, where they rank
 * with the parameters of roles.
 */
function handedDown(step: IncludeTasks | IncludeRole, loopVariables: ValueMap): Inherited {
  const vars: MapNode[] = step.inherited.vars.slice(step.outer.vars.length)
  const loop = Object.entries(loopVariables).map(([key, value]) => ({
    key,
    keyPlace: step.place,
    value: toNode(value as Value, step.place, true),
  }))
  const own: MapNode = { kind: 'map', entries: loop, place: step.place }
  const { outer } = step
  return combine({ ...outer, vars: [...outer.vars, own], params: [...outer.params, ...vars] }, step.apply)
}

function tasksFile(step: IncludeTasks, name: string, reading: Reading): Included {
  const path = findTasksFile(name, reading, false)
  if (path === undefined) {
    throw new ProblemError({ message: `unknown tasks file "${name}"`, place: step.file.place })
  }
  return { steps: readTasksAt(path, step.file, reading), handlers: [] }
}

function roleSteps(step: IncludeRole, name: string, from: RoleFiles, reading: Reading): Included {
  const vars = step.inherited.vars.slice(step.outer.vars.length)
  const entry = { isIncluded: true, runsOnce: !step.allowsDuplicates, vars }
  const use = readRole({ ...step.roleName, value: name }, from, reading, entry)
  if (use === undefined) return { steps: [], handlers: [] }
  const all = withDependencies(use)
  const steps = all.flatMap((one) => one.steps)
  const handlers = [...all, ...importedIn(steps)].flatMap((one) => one.handlers)
  return { steps, handlers, role: use.role }
}
