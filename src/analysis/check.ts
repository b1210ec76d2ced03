import { argumentProblem, writtenArguments } from '../engine/arguments.ts'
import { environmentProblems } from '../engine/environment.ts'
import { noNumber } from '../engine/number.ts'
import { sectionsOf } from '../engine/play.ts'
import { limitedHosts, playHosts, scopeOf } from '../engine/play-hosts.ts'
import type { Prepared } from '../engine/run.ts'
import type { Host } from '../inventory/group.ts'
import { HostVariables } from '../inventory/host-variables.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { selectLimit } from '../inventory/pattern.ts'
import { lookupNamed, unknownLookup } from '../lookups/index.ts'
import type { Play, Step, Task } from '../playbook/ast.ts'
import { writtenName } from '../playbook/written-name.ts'
import type { Selection } from '../protocol/request.ts'
import { missingArguments, optionNamed, readArguments } from '../sdk/arguments.ts'
import { namesUsed } from '../template/names.ts'
import { isTemplate } from '../template/template.ts'
import { toNumber } from '../values/number.ts'
import { didYouMean, type Problem, ProblemError } from '../values/problem.ts'
import { toBoolean } from '../values/truth.ts'
import { type MapEntry, type Node, toValue } from '../values/value.ts'
import { firstWord } from '../values/words.ts'
import { everyStep, type Runnable } from './every-step.ts'
import { LocalFiles } from './local-files.ts'
import { assignedBy, mayBring, NameChecker } from './names.ts'

/**
 * Everything that can be found wrong without a host, beyond what reading the files has found; what need not be wrong is
 * added to the warnings.
 */
export function checkRun({
  request,
  inventory,
  playbooks,
  sources,
  extraVars,
  warnings,
}: Prepared & { readonly warnings: Problem[] }): Problem[] {
  const { selection, folder } = request
  const problems: Problem[] = []
  const plays = playbooks.flatMap((playbook) => playbook.plays)
  const found = plays.map((play) => ({ play, ...everyStep(play, sources, problems) }))
  const all = found.flatMap(({ steps }) => steps)
  // A host or group that is unknown now may be added.
  const addsHosts = all.some(
    (step) =>
      (step.kind === 'task' && /^(add_host|group_by)$/.test(step.module.controls ?? '')) ||
      (step.kind === 'meta' && step.verb === 'refresh_inventory'),
  )
  const assigned = new Set(all.flatMap(assignedBy))
  const bringing = all.filter(mayBring)
  const limited = limitedHosts(inventory, request)
  // Where nothing is run, files may be elsewhere, variables come with -e, and hosts be those of another inventory.
  const { onlyReads } = request.execution
  const missing = onlyReads ? warnings : problems
  const known = new Map<string, HostVariables>()
  const variablesFor = (folder: string): HostVariables => {
    const variables = known.get(folder) ?? new HostVariables(inventory, folder)
    known.set(folder, variables)
    return variables
  }
  const local = new LocalFiles(inventory, variablesFor, request.connection.connection, missing)
  const strangers: Problem[] = []
  let hasHosts = false
  for (const { play, steps, handlers, rescued } of found) {
    const { hosts, problems: faults, unknown } = playHosts(inventory, play, extraVars)
    problems.push(...faults)
    if (!addsHosts) strangers.push(...unknown)
    hasHosts ||= hosts.length > 0
    if (!inventory.isOpen(play.folder)) {
      const workedOn = hosts.filter((host) => limited?.has(host) ?? true)
      checkLocked(workedOn, play, inventory, problems)
    }
    const ofHosts = variablesFor(play.folder)
    const names = new NameChecker({ play, ofHosts, sources, extraVars }, assigned, missing, warnings)
    // What a play includes, those behind it know too.
    for (const step of bringing) names.include(step)
    const handlerNames = namesOfHandlers(handlers)
    const areHandlers = new Set<Step>(handlers)
    const environments = new Set(steps.flatMap((step) => step.inherited.environment))
    problems.push(...[...environments].flatMap(environmentProblems))
    for (const step of steps) {
      // What is meant to fail, or may, is not refused: a test of a playbook's does so.
      const mayFail = rescued.has(step) || isForgiven(step)
      // Hosts that are made in the run come with variables of their own.
      if (!mayFail && (unknown.length === 0 || !addsHosts)) names.check(step)
      checkNumbers(step, problems)
      checkLoop(step, problems)
      if (!addsHosts) checkDelegate(step, inventory, warnings)
      // What may never be done may be wrong, and Ansible's users have such.
      const found = step.inherited.when.length > 0 ? warnings : problems
      checkNotify(step, handlerNames, areHandlers.has(step) ? warnings : found)
      if (step.kind === 'task' && !mayFail) checkArguments(step, play, local, problems, found)
      local.passed(step, hosts, play)
    }
  }
  // As in Ansible, a play may be for hosts that this inventory does not have; not all of them, if anything is to be run.
  const least = hasHosts ? warnings : missing
  least.push(...strangers)
  const { limit } = selection
  if (limit !== undefined) {
    const { problems: faults, unknown } = selectLimit(inventory, limit, folder)
    problems.push(...faults, ...unknown)
  }
  const unknownTags = tagsOfNobody(selection, all)
  const runsNothing = () => plays.every((play) => selectsNothing(selection, play, { extraVars, inventory }))
  if (unknownTags.length > 0) (runsNothing() ? problems : warnings).push(...unknownTags)
  checkStart(selection, all, problems)
  return problems
}

/** Its failure may be none. */
function isForgiven({ failedWhen, inherited }: Runnable): boolean {
  const ignored = inherited.keywords.ignore_errors
  return failedWhen !== undefined || (ignored !== undefined && toBoolean(toValue(ignored)) !== false)
}

/** Reports variable files of hosts that are worked on and for which there is no password. */
function checkLocked(hosts: readonly Host[], play: Play, inventory: Inventory, problems: Problem[]): void {
  for (const host of hosts) {
    try {
      inventory.layersOf(host, play.folder)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      problems.push(...error.problems.filter((problem) => !problems.includes(problem)))
    }
  }
}

function checkNumbers(step: Runnable, problems: Problem[]): void {
  const { retries, delay, loop, inherited } = step
  const { throttle, timeout } = inherited.keywords
  const { async, poll } = step.kind === 'task' ? step : {}
  const numbers = { retries, delay, pause: loop?.pause, throttle, timeout, async, poll }
  for (const [keyword, node] of Object.entries(numbers)) {
    const value = node === undefined ? null : toValue(node)
    if (node === undefined || value === null || value === '' || isTemplate(String(value))) continue
    if (toNumber(value) === undefined) problems.push(noNumber(node, keyword))
  }
}

/** Lookups of other collections may be there for Ansible, and fail when their task is reached. */
function checkLoop({ loop }: Runnable, problems: Problem[]): void {
  if (loop?.lookup === undefined || lookupNamed(loop.lookup) !== undefined || loop.lookup.includes('.'))
    return
  problems.push({ place: loop.items.place, ...unknownLookup(loop.lookup) })
}

/** As in Ansible, a host that the inventory does not know may be delegated to. */
function checkDelegate(step: Runnable, inventory: Inventory, warnings: Problem[]): void {
  const node = step.inherited.keywords.delegate_to
  if (node === undefined || isTemplate(String(toValue(node)))) return
  const name = String(toValue(node) ?? '')
  if (name === '' || inventory.host(name) !== undefined) return
  const hint = didYouMean(name, inventory.hosts.keys())
  warnings.push({ message: `unknown host "${name}" in the inventory`, place: node.place, hint })
}

function namesOfHandlers(handlers: readonly Step[]): Set<string> {
  const names = new Set<string>()
  for (const handler of handlers) {
    const name = String(handler.name?.value ?? '')
    names.add(name)
    if (handler.role !== undefined) names.add(`${handler.role.name} : ${name}`)
    if (handler.kind !== 'block') for (const topic of handler.listen) names.add(topic)
  }
  names.delete('')
  return names
}

function checkNotify(step: Runnable, handlers: ReadonlySet<string>, problems: Problem[]): void {
  for (const node of step.notify) {
    const name = String(toValue(node))
    if (handlers.has(name) || isTemplate(name)) continue
    if ([...handlers].some(isTemplate)) return
    const hint = didYouMean(name, handlers)
    problems.push({ message: `unknown handler "${name}"`, place: node.place, hint })
  }
}

/**
 * Arguments without templates are read as they will be; those with one only need a name that is known. `values` takes the
 * problems of what arguments hold, `problems` those of their names.
 */
function checkArguments(
  task: Task,
  play: Play,
  local: LocalFiles,
  problems: Problem[],
  values: Problem[],
): void {
  const written = writtenArguments(task)
  // A name that is a template is known on the host.
  const entries = written.filter(({ key }) => !isTemplate(key))
  const literal = entries.filter((entry) => !holdsTemplate(entry.value))
  const given: Record<string, unknown> = Object.fromEntries(
    entries.map((entry) => [entry.key, literal.includes(entry) ? toValue(entry.value) : undefined]),
  )
  const special = new Set(['file', 'archive', 'template', 'script', 'conditions', 'expression'])
  const typeOf = (entry: MapEntry) => task.module.options[optionNamed(task.module, entry.key) ?? '']?.type
  const isRemote = task.module.remoteSource?.(given) === true
  for (const entry of entries) {
    const type = typeOf(entry) ?? ''
    if (special.has(type) && !(isRemote && isOfFile(type))) given[entry.key] = {}
  }
  for (const entry of entries) values.push(...notText(entry, typeOf(entry)))
  const isWhole = literal.length === written.length && task.argsFrom.length === 0
  const found = readArguments(task.module, given, !isWhole)
  for (const problem of found.problems) {
    const isUnknown = problem.option !== undefined && optionNamed(task.module, problem.option) === undefined
    const list = isUnknown ? problems : values
    list.push(argumentProblem(problem, task, entries))
  }
  if (!isWhole && task.argsFrom.length === 0) checkRequired(task, entries, problems)
  for (const entry of literal) {
    const name = String(toValue(entry.value))
    const type = typeOf(entry)
    const { value } = entry
    if (type === 'template') local.check(name, value, 'templates', task, play)
    else if (type === 'script') local.check(firstWord(name).word, value, 'files', task, play)
    else if (isOfFile(type) && !isRemote) local.check(name, value, 'files', task, play)
  }
}

function isOfFile(type: string | undefined): boolean {
  return type === 'file' || type === 'archive'
}

/** A list or map that is written for a text is a mistake; one that a template gives becomes a text, as in Ansible. */
function notText({ key, value }: MapEntry, type: string | undefined): Problem[] {
  if (value.kind === 'scalar' || (type !== 'str' && type !== 'path' && type !== 'mode')) return []
  return [{ message: `${key}: expected text, found a ${value.kind}`, place: value.place }]
}

function checkRequired(task: Task, entries: readonly MapEntry[], problems: Problem[]): void {
  const given = new Set(entries.map((entry) => optionNamed(task.module, entry.key)))
  for (const [name, option] of Object.entries(task.module.options)) {
    if (!option.required || given.has(name)) continue
    problems.push({ ...missingArguments(task.module, [name]), place: task.actionPlace })
  }
}

function holdsTemplate(node: Node): boolean {
  const { names, problems } = namesUsed(node, 'template')
  return names.length > 0 || problems.length > 0 || JSON.stringify(toValue(node)).includes('{{')
}

const SPECIAL_TAGS = ['all', 'always', 'never', 'tagged', 'untagged']

function selectsNothing(
  selection: Selection,
  play: Play,
  { extraVars, inventory }: Pick<Prepared, 'extraVars' | 'inventory'>,
): boolean {
  const steps = sectionsOf(selection, play, () => scopeOf(play, extraVars, inventory)).flat()
  return steps.every(({ kind }) => kind === 'meta')
}

/** The chosen tags that no task has; none where a template may make any. */
function tagsOfNobody({ tags, skipTags }: Selection, steps: readonly Runnable[]): Problem[] {
  if (tags.length + skipTags.length === 0) return []
  const known = new Set([...SPECIAL_TAGS, ...steps.flatMap((step) => step.inherited.tags)])
  if ([...known].some(isTemplate)) return []
  return [...tags, ...skipTags]
    .filter((tag) => !known.has(tag))
    .map((tag) => ({
      message: `no task has the tag "${tag}"`,
      hint: didYouMean(tag, known) ?? 'list them with --list-tags',
    }))
}

function checkStart({ startAtTask }: Selection, steps: readonly Runnable[], problems: Problem[]): void {
  if (startAtTask === undefined || /[*?{]/.test(startAtTask)) return
  const names = steps.flatMap((step) => {
    const name = writtenName(step)
    return step.role === undefined ? [name] : [name, `${step.role.name} : ${name}`]
  })
  if (names.includes(startAtTask)) return
  problems.push({
    message: `unknown task "${startAtTask}"`,
    hint: didYouMean(startAtTask, names) ?? 'list them with --list-tasks',
  })
}
