import { localPaths, writtenArguments } from '../engine/arguments.ts'
import { variablesOf, varsFile } from '../engine/task/controls/include-vars.ts'
import type { HostVariables } from '../inventory/host-variables.ts'
import type { Loop, Play, Role } from '../playbook/ast.ts'
import { isNamedOutright } from '../playbook/included.ts'
import { roleUses } from '../playbook/playbook.ts'
import type { Sources } from '../playbook/reading.ts'
import { varsFilesLayers } from '../playbook/vars-files.ts'
import { optionNamed } from '../sdk/arguments.ts'
import { GATHERER } from '../sdk/module.ts'
import { TemplateContext } from '../template/context.ts'
import { fileOptionsIn, isFileOption } from '../template/file-options.ts'
import { magicNames } from '../template/magic-names.ts'
import { type NamesUsed, type NameUsed, namesInFile, namesUsed } from '../template/names.ts'
import { isFixed, isTemplate, isTemplateNode } from '../template/template.ts'
import { existsSync } from '../values/controller-files.ts'
import { didYouMean, type Problem, ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import { entriesOf, type MapNode, type Node, toValue } from '../values/value.ts'
import { type Files, readSource } from '../yaml/files.ts'
import { Definitions } from './definitions.ts'
import type { Runnable } from './every-step.ts'

/** What names stand for in a step alone. */
type Own = Map<string, Set<Node>>

/** Where a play's variables come from. */
interface VariableSources {
  readonly play: Play
  readonly ofHosts: HostVariables
  readonly sources: Sources
  readonly extraVars: ReadonlyMap<string, Node>
}

/** Finds names in a play's templates and conditions that no variable has, wherever they come from. */
export class NameChecker {
  readonly #play: Play
  readonly #problems: Problem[]
  readonly #warnings: Problem[]
  readonly #extraVars: ReadonlyMap<string, Node>
  readonly #facts: readonly string[]
  /** Names with what they stand for; names without a definition in a file have none. */
  readonly #known: Definitions
  /** Variables come from files whose names are only known on a host. */
  #open: boolean
  readonly #files: Files
  readonly #checked = new Set<Node>()
  /** Definitions of what may never be used. */
  readonly #glanced = new Set<Node>()

  constructor(
    { play, ofHosts, sources, extraVars }: VariableSources,
    assigned: Iterable<string>,
    problems: Problem[],
    warnings: Problem[],
  ) {
    this.#play = play
    this.#problems = problems
    this.#warnings = warnings
    this.#extraVars = extraVars
    this.#files = sources.files
    this.#facts = sources.modules[GATHERER]?.gathersFacts ?? []
    this.#known = new Definitions(ofHosts, [...magicNames, ...assigned])
    // Files that stay encrypted are a mistake only where they are needed: on a host that is worked on.
    this.#open = !ofHosts.isWhole
    this.#define(entriesOf(play.vars))
    for (const { name } of play.varsPrompt) this.#known.replace(name)
    for (const { role } of roleUses(play)) this.#defineRole(role)
    this.#defineFiles(sources.files)
    this.#define(extraVars)
  }

  check(step: Runnable): void {
    const own: Own = new Map()
    for (const map of [...step.inherited.vars, ...step.inherited.params]) addTo(own, entriesOf(map))
    for (const { defaults, vars } of step.role === undefined ? [] : [step.role, ...step.role.around]) {
      addTo(own, defaults)
      addTo(own, vars)
    }
    const { loop } = step
    for (const name of loopNames(loop)) own.set(name, new Set())
    const { certain, depending } = this.#usedBy(step)
    const all = [...certain, ...depending].flatMap(({ names }) => names)
    // What is asked of somewhere in a step may be missing everywhere in it.
    for (const { name, guarded } of all) if (guarded) own.set(name, own.get(name) ?? new Set())
    for (const used of certain) this.#use(used, own, true)
    // What stands behind a condition may never be used.
    for (const used of depending) this.#use(used, own, step.inherited.when.length === 0)
  }

  /** The variables that a step brings for others: known if its file and names are, and else any may be. */
  include(step: Runnable): void {
    const { variable, indexVariable } = step.loop ?? {}
    for (const node of [variable, indexVariable])
      if (node !== undefined && isTemplateNode(node)) this.#open = true
    if (step.kind === 'task' && (step.named !== undefined || setsComputed(step))) this.#open = true
    // What a file sets whose name is computed, nobody knows.
    const isInclude = step.kind === 'include_tasks' || step.kind === 'include_role'
    if (isInclude && !isNamedOutright(step)) this.#open = true
    if (step.kind !== 'task' || step.module.controls !== 'include_vars') return
    const args = new Map(writtenArguments(step).map(({ key, value }) => [key, value]))
    const name = args.get('name')
    const file = args.get('file')
    if (name?.kind === 'scalar' && !isTemplateNode(name)) this.#known.replace(String(name.value))
    else if (file?.kind !== 'scalar' || isTemplateNode(file)) this.#open = true
    else this.#defineFile(String(file.value), step)
  }

  #defineFile(name: string, step: Extract<Runnable, { kind: 'task' }>): void {
    const path = varsFile(name, step, this.#play)
    if (path === undefined) this.#open = true
    else this.#tryDefine(() => variablesOf(path, step, this.#files))
  }

  /** What a step asks for in any case, and what only when it is done. */
  #usedBy(step: Runnable): { certain: NamesUsed[]; depending: NamesUsed[] } {
    const { inherited, loop } = step
    const [first, ...others] = inherited.when.flatMap((node) => (node.kind === 'list' ? node.items : [node]))
    const conditions = [...others, step.until, step.changedWhen, step.failedWhen]
    const templates = [
      loop?.label,
      loop?.pause,
      step.retries,
      step.delay,
      ...step.notify,
      ...inherited.environment,
      ...Object.values(inherited.keywords),
      ...(step.kind === 'task' ? [step.async, step.poll] : []),
      ...(step.kind === 'include_tasks' ? [step.file] : []),
      ...(step.kind === 'include_role' ? [step.roleName] : []),
    ]
    const items = loop === undefined ? [] : [namesUsed(loop.items, 'template')]
    return {
      certain: first === undefined ? [] : [namesUsed(first, 'condition')],
      depending: [
        ...items.map((used) => (loop?.lookup?.endsWith('first_found') ? { ...used, names: [] } : used)),
        ...conditions.filter((node) => node !== undefined).map((node) => namesUsed(node, 'condition')),
        ...templates.filter((node) => node !== undefined).map((node) => namesUsed(node, 'template')),
        ...(step.kind === 'task' ? this.#usedByArguments(step) : []),
      ],
    }
  }

  #usedByArguments(task: Extract<Runnable, { kind: 'task' }>): NamesUsed[] {
    const made = task.argsFrom.map((node) => namesUsed(node, 'template'))
    const written = writtenArguments(task).flatMap(({ key, value }) => {
      const type = task.module.options[optionNamed(task.module, key) ?? key]?.type
      if (type === 'conditions' || type === 'expression') return [namesUsed(value, 'condition')]
      const used = [namesUsed(value, 'template')]
      if (type !== 'template' || value.kind !== 'scalar' || isTemplateNode(value)) return used
      const path = localPaths(String(value.value), 'templates', task, this.#play).find((one) =>
        existsSync(one),
      )
      const source = path === undefined ? undefined : readSource(path)
      if (source instanceof Source) return [...used, ...this.#usedByFile(source, task)]
      if (source !== undefined) this.#problems.push({ place: value.place, ...source })
      return used
    })
    return [...made, ...written]
  }

  /** Of a template whose options are known; what others ask for is seen when they are rendered. */
  #usedByFile(source: Source, task: Extract<Runnable, { kind: 'task' }>): NamesUsed[] {
    const how = writtenArguments(task).filter(({ key }) => isFileOption(key))
    if (how.some(({ value }) => !isFixed(value))) return []
    const named = Object.fromEntries(how.map(({ key, value }) => [key, toValue(value)]))
    try {
      return [namesInFile(source, fileOptionsIn(named))]
    } catch (error) {
      const problem = { message: (error as Error).message, place: task.actionPlace }
      return [{ names: [], problems: [problem], unknown: [] }]
    }
  }

  /** `isCertain`: what is used is used in any case, so that what is missing is missing for good. */
  #use({ names, problems, unknown }: NamesUsed, own: Own, isCertain: boolean): void {
    this.#problems.push(...problems)
    for (const { guarded, ...problem } of unknown) this.#report(problem, isCertain && !guarded)
    for (const used of names) this.#useName(used, own, isCertain)
  }

  /**
   * A filter that is not there is a mistake where it is surely reached, told at each of its places. Elsewhere one word of
   * it is enough.
   */
  #report(problem: Problem, isCertain: boolean): void {
    const list = isCertain ? this.#problems : this.#warnings
    const told = list.filter(({ message }) => message === problem.message)
    if (!told.some(({ place }) => !isCertain || isSamePlace(place, problem.place))) list.push(problem)
  }

  /** A known name's own definitions are checked too, once each: only variables that are used need to be right. */
  #useName(used: NameUsed, own: Own, isCertain: boolean): void {
    const { name, guarded } = used
    const definitions = [own.get(name), this.#known.of(name)].filter((set) => set !== undefined)
    if (definitions.length === 0) {
      if (!isCertain || guarded || this.#open || name.startsWith('ansible_')) return
      const hint = didYouMean(name, [...own.keys(), ...this.#known.names(), ...this.#facts])
      this.#problems.push({ message: `unknown variable "${name}"`, place: used.place, hint })
    }
    const checked = isCertain ? this.#checked : this.#glanced
    for (const node of definitions.flatMap((set) => [...set])) {
      if (checked.has(node) || this.#checked.has(node)) continue
      checked.add(node)
      this.#use(namesUsed(node, 'template'), own, isCertain)
    }
  }

  #tryDefine(read: () => ReadonlyMap<string, Node>): void {
    try {
      this.#define(read())
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      this.#problems.push(...error.problems)
    }
  }

  #define(variables: ReadonlyMap<string, Node>): void {
    this.#known.add(variables)
  }

  #defineRole({ defaults, vars }: Role): void {
    this.#define(defaults)
    this.#define(vars)
  }

  #defineFiles(files: Files): void {
    const scope = TemplateContext.of([{ name: 'extra vars', variables: this.#extraVars }])
    for (const node of this.#play.varsFiles) {
      try {
        const play = { ...this.#play, varsFiles: [node] }
        for (const layer of varsFilesLayers(play, (path) => scope.render(path), files)) {
          if ('variables' in layer) this.#define(layer.variables)
        }
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        const isLiteral = namesUsed(node, 'template').names.length === 0
        if (isLiteral) this.#problems.push(...error.problems)
        else this.#open = true
      }
    }
  }
}

/** The names that a step gives values to: what it registers, what set_fact sets, what an include loops with. */
export function assignedBy(step: Runnable): string[] {
  const registered = step.register === undefined ? [] : [step.register]
  if (step.kind !== 'task') {
    return [...registered, ...loopNames(step.loop)]
  }
  if (step.module.controls === 'validate_argument_spec') return [...registered, ...described(step.args)]
  const facts = factsOf(step)
  if (facts !== undefined) return [...registered, ...facts]
  if (!step.module.setsVariables && step.module.controls !== 'add_host') return registered
  return [...registered, ...Object.keys(toValue(step.args) as object)]
}

/** What an argument spec describes is missed by its check, in its own words. */
function described(args: MapNode): string[] {
  const spec = args.entries.find(({ key }) => key === 'argument_spec')?.value
  return spec?.kind === 'map' ? spec.entries.map(({ key }) => key) : []
}

/** Whether others may know variables by a step: see `NameChecker.include`, which is asked for each play. */
export function mayBring(step: Runnable): boolean {
  if (step.loop !== undefined || step.kind === 'include_tasks' || step.kind === 'include_role') return true
  if (step.kind !== 'task') return false
  return step.named !== undefined || step.module.controls === 'include_vars' || setsComputed(step)
}

/** It sets variables whose names are computed. */
function setsComputed(task: Extract<Runnable, { kind: 'task' }>): boolean {
  const { module, args, argsFrom } = task
  if (module.returnsFacts !== undefined) return argsFrom.length > 0 || factsOf(task) === undefined
  if (!module.setsVariables) return false
  return argsFrom.length > 0 || args.entries.some(({ key }) => isTemplate(key))
}

/** The facts that a task returns, as far as their names are known. */
function factsOf(task: Extract<Runnable, { kind: 'task' }>): readonly string[] | undefined {
  const fixed = writtenArguments(task).filter(({ value }) => isFixed(value))
  return task.module.returnsFacts?.(Object.fromEntries(fixed.map(({ key, value }) => [key, toValue(value)])))
}

/** The variables of a loop's turns, as far as their names are written. */
function loopNames(loop: Loop | undefined): string[] {
  if (loop === undefined) return []
  const { variable, indexVariable } = loop
  const named = [variable, indexVariable].filter((node) => node !== undefined && !isTemplateNode(node))
  const always = ['ansible_loop_var', 'ansible_index_var', 'ansible_loop']
  return [...(variable === undefined ? ['item'] : []), ...named.map((node) => String(node!.value)), ...always]
}

function isSamePlace(one: SourceSpan | undefined, other: SourceSpan | undefined): boolean {
  return one?.source === other?.source && one?.start === other?.start
}

function addTo(definitions: Own, variables: ReadonlyMap<string, Node>): void {
  for (const [name, node] of variables) {
    const known = definitions.get(name)
    if (known === undefined) definitions.set(name, new Set([node]))
    else known.add(node)
  }
}
