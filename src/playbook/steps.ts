import type { Module } from '../sdk/module.ts'
import { isTemplate, isTemplateNode } from '../template/template.ts'
import { didYouMean, ProblemError } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import { type MapEntry, type MapNode, type Node, type ScalarNode, toValue } from '../values/value.ts'
import { Fields, isNull } from '../yaml/fields.ts'
import type { Block, Meta, MetaVerb, Step, Task } from './ast.ts'
import { metaVerbs } from './ast.ts'
import { foreignModule, standIn } from './foreign-module.ts'
import { readRoleTask, readTasksFile } from './includes.ts'
import { inherit } from './inherit.ts'
import { splitWords } from './key-values.ts'
import { keywordsIn } from './keywords.ts'
import { readLoop, readName, WITH } from './loops.ts'
import { readModuleArguments } from './module-arguments.ts'
import { checkModuleDefaults, defaultsFor, plainName } from './module-defaults.ts'
import { ownModule } from './module-programs.ts'
import type { Action, Reading } from './reading.ts'
import { STRUCTURAL } from './structural.ts'

const taskKeywords = keywordsIn('task')

const handlerKeywords = keywordsIn('handler')

const blockKeywords = keywordsIn('block')

/** Every word that can stand where a task names what it does. */
function actionNames({ modules }: Reading): string[] {
  return [...Object.keys(modules), ...Object.keys(STRUCTURAL)]
}

/** Reads a list of tasks and blocks, as in `tasks:` or a role's tasks/main.yml. */
export function readSteps(node: Node | undefined, reading: Reading): Step[] {
  if (node === undefined || isNull(node)) return []
  if (node.kind !== 'list') {
    reading.problems.push({
      message: 'a list of tasks is expected',
      place: node.place,
      hint: 'begin each task with "- "',
    })
    return []
  }
  return node.items.flatMap((item) => readStep(item, reading))
}

/** Reads handlers: each task in a block is one of its own, with the keywords of the block. */
export function readHandlers(node: Node | undefined, reading: Reading): Step[] {
  const tasksIn = (steps: readonly Step[]): Step[] =>
    steps.flatMap((step) => (step.kind === 'block' ? tasksIn(step.block) : [step]))
  return tasksIn(readSteps(node, { ...reading, handlers: true }))
}

function readStep(node: Node, reading: Reading): Step[] {
  if (node.kind !== 'map') {
    reading.problems.push({
      message: 'a task is a map such as "copy: {src: a, dest: /b}"',
      place: node.place,
    })
    return []
  }
  const fields = new Fields(node, reading.problems)
  return fields.has('block') ? [readBlock(fields, reading)] : readTask(fields, reading)
}

function readBlock(fields: Fields, reading: Reading): Block {
  fields.rejectUnknown('block', blockKeywords)
  checkModuleDefaults(fields, reading)
  const inherited = inherit(reading.inherited, fields)
  const inside = { ...reading, inherited }
  return {
    kind: 'block',
    place: fields.node.place,
    name: fields.scalar('name'),
    inherited,
    role: reading.role,
    folder: reading.folder,
    block: readSteps(fields.get('block'), inside),
    rescue: readSteps(fields.get('rescue'), inside),
    always: readSteps(fields.get('always'), inside),
  }
}

function readTask(fields: Fields, reading: Reading): Step[] {
  const action = findAction(fields, reading)
  if (action === undefined) return []
  switch (action.name) {
    case 'meta':
      return readMeta(fields, action, reading)
    case 'include':
    case 'include_tasks':
    case 'import_tasks':
      return readTasksFile(fields, action, reading)
    case 'include_role':
    case 'import_role':
      return readRoleTask(fields, action, reading)
    default:
      return readModuleTask(fields, action, reading)
  }
}

function findAction(fields: Fields, reading: Reading): Action | undefined {
  const { problems } = reading
  const known = new Set(reading.handlers ? handlerKeywords : taskKeywords)
  const named = fields.node.entries.filter(({ key }) => !known.has(key) && !key.startsWith(WITH))
  const actions = named.filter((entry) => isAction(entry.key, reading))
  for (const entry of named) {
    if (!actions.includes(entry)) problems.push(unknownWord(entry, known, actions.length > 0, reading))
  }
  const written = fields.get('action') ?? fields.get('local_action')
  if (written !== undefined) return readActionKeyword(written, reading)
  const [first, second] = actions
  if (second !== undefined) {
    problems.push({
      message: `one task does one thing: "${first!.key}" and "${second.key}" are two`,
      place: second.keyPlace,
      hint: 'make two tasks of it',
    })
  }
  if (first === undefined) {
    if (named.length === 0) {
      problems.push({
        message: 'this task names nothing to do',
        place: fields.node.place,
        hint: 'add a module, such as "ping:"',
      })
    }
    return undefined
  }
  const { key, keyPlace: place, value: args } = first
  return { name: shortName(key, reading), written: key, place, args }
}

function readActionKeyword(node: Node, reading: Reading): Action | undefined {
  if (node.kind === 'scalar') {
    const text = String(node.value)
    const word = splitWords(text)[0] ?? ''
    return knownAction(word, node.place, { ...node, value: text.trim().slice(word.length).trim() }, reading)
  }
  const module = node.kind === 'map' ? node.entries.find((entry) => entry.key === 'module') : undefined
  if (node.kind !== 'map' || module === undefined) {
    reading.problems.push({
      message: '"action" takes the name of a module and its arguments',
      place: node.place,
    })
    return undefined
  }
  const entries = node.entries.flatMap((entry) => {
    if (entry === module) return []
    return entry.key === 'args' && entry.value.kind === 'map' ? entry.value.entries : [entry]
  })
  const args: MapNode = { ...node, entries }
  return knownAction(String(toValue(module.value)), module.value.place, args, reading)
}

function knownAction(written: string, place: SourceSpan, args: Node, reading: Reading): Action | undefined {
  const name = shortName(written, reading)
  if (isTemplate(written) || isAction(written, reading)) return { name, written, place, args }
  const hint = didYouMean(name, actionNames(reading))
  reading.problems.push({ message: `unknown module "${name}"`, place, hint })
  return undefined
}

function isAction(written: string, reading: Reading): boolean {
  const name = shortName(written, reading)
  return isStructural(name) || moduleNamed(name, reading) !== undefined
}

function isStructural(name: string): boolean {
  return Object.hasOwn(STRUCTURAL, name)
}

/** The name of what is here without Ansible's collection in front; that of all else as it is written. */
function shortName(written: string, { modules }: Reading): string {
  const name = plainName(written)
  return isStructural(name) || Object.hasOwn(modules, name) ? name : written
}

function moduleNamed(name: string, reading: Reading): Module | undefined {
  const own = ownModule(name, reading)
  if (own !== undefined) return own
  return Object.hasOwn(reading.modules, name) ? reading.modules[name] : foreignModule(name, reading)
}

/** Keywords of Ansible's past, and what to write for them. */
const OLD_WORDS: Readonly<Record<string, string>> = {
  first_available_file: 'write with_first_found',
  only_if: 'write when',
  sudo: 'write become: true',
  sudo_user: 'write become_user',
  su: 'write become: true and become_method: su',
}

function unknownWord(entry: MapEntry, keywords: ReadonlySet<string>, hasAction: boolean, reading: Reading) {
  const place = entry.keyPlace
  const old = OLD_WORDS[entry.key]
  if (old !== undefined) return { message: `"${entry.key}" is not in Ansible any more`, place, hint: old }
  if (entry.key === 'listen') return { message: '"listen" belongs to handlers', place }
  if (entry.key === 'debugger') return { message: '"debugger" is left out here', place, hint: 'take it away' }
  const hint = didYouMean(entry.key, hasAction ? keywords : [...keywords, ...actionNames(reading)])
  const what = hasAction ? 'not a keyword of a task' : 'neither a module nor a keyword of a task'
  return { message: `"${entry.key}" is ${what}`, place, hint }
}

/** The keywords that tasks, includes and meta tasks share; `params` are variables that one is given besides. */
export function common(fields: Fields, reading: Reading, params: readonly MapNode[] = []) {
  checkModuleDefaults(fields, reading)
  const own = inherit(reading.inherited, fields)
  const inherited = params.length === 0 ? own : { ...own, vars: [...own.vars, ...params] }
  return {
    place: fields.node.place,
    name: fields.scalar('name'),
    inherited,
    role: reading.role,
    folder: reading.folder,
    loop: readLoop(fields, reading),
    register: readName(fields, 'register', reading),
    notify: inherited.notify,
    until: fields.get('until'),
    retries: fields.get('retries'),
    delay: fields.get('delay'),
    changedWhen: fields.get('changed_when'),
    failedWhen: fields.get('failed_when'),
    listen: fields.words('listen'),
  }
}

function readMeta(fields: Fields, action: Action, reading: Reading): Meta[] {
  const verb = action.args?.kind === 'scalar' ? String(action.args.value) : ''
  if (!metaVerbs.includes(verb as MetaVerb)) {
    const hint = didYouMean(verb, metaVerbs) ?? `it takes ${metaVerbs.join(', ')}`
    reading.problems.push({
      message: `meta does not know "${verb}"`,
      place: action.args?.place ?? action.place,
      hint,
    })
    return []
  }
  if (verb === 'flush_handlers' && reading.handlers) {
    reading.problems.push({ message: 'flush_handlers cannot be a handler', place: fields.node.place })
  }
  if (verb === 'end_role' && reading.role === undefined) {
    reading.problems.push({ message: 'end_role ends a role, and this is in none', place: fields.node.place })
  }
  const { written } = action
  return [{ kind: 'meta', ...common(fields, reading), written, verb: verb as MetaVerb }]
}

function readModuleTask(fields: Fields, action: Action, reading: Reading): Task[] {
  const isNamedLater = isTemplate(action.name)
  const module = isNamedLater ? standIn(action.name) : moduleNamed(action.name, reading)!
  const shared = common(fields, reading)
  const { args, argsFrom } = readModuleArguments(module, action, fields, reading)
  const defaults = defaultsFor(action.name, shared.inherited).filter(isTemplateNode)
  const task: Task = {
    kind: 'task',
    ...shared,
    written: action.written,
    action: action.name,
    actionPlace: action.place,
    module,
    args,
    argsFrom: [...defaults, ...argsFrom],
    async: fields.get('async'),
    poll: fields.get('poll'),
    ...(isNamedLater && { named: (name: string) => namedTask(name, fields, action, reading) }),
  }
  return [fields.has('local_action') ? onLocalhost(task) : task]
}

/** A task as it is with the module that its template names. Raises ProblemError. */
function namedTask(written: string, fields: Fields, action: Action, reading: Reading): Task {
  const name = shortName(written, reading)
  if (isStructural(name)) {
    const message = `a template cannot name ${name}, which is read before the run`
    throw new ProblemError({ message, place: action.place })
  }
  const inside: Reading = { ...reading, problems: [] }
  const known = knownAction(written, action.place, action.args ?? nothing(action.place), inside)
  const tasks =
    known === undefined ? [] : readModuleTask(new Fields(fields.node, inside.problems), known, inside)
  if (inside.problems.length > 0) throw new ProblemError(inside.problems)
  return tasks[0]!
}

function nothing(place: SourceSpan): ScalarNode {
  return { kind: 'scalar', value: null, place }
}

function onLocalhost(task: Task): Task {
  const delegate: ScalarNode = { kind: 'scalar', value: 'localhost', place: task.actionPlace }
  const { inherited } = task
  return {
    ...task,
    inherited: { ...inherited, keywords: { ...inherited.keywords, delegate_to: delegate } },
  }
}
