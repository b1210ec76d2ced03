import { dirname, join, resolve } from 'node:path'
import type { Subfolder } from '../lookups/define.ts'
import type { Play, Step, Task } from '../playbook/ast.ts'
import { defaultsFor } from '../playbook/module-defaults.ts'
import { str } from '../python/text.ts'
import { type ArgumentProblem, optionNamed, readArguments } from '../sdk/arguments.ts'
import { convert } from '../sdk/convert.ts'
import type { Args, Module } from '../sdk/module.ts'
import type { ListingWords } from '../shell/archive.ts'
import { type LocalFile, readLocalFile } from '../shell/content.ts'
import { omit, type TemplateContext } from '../template/context.ts'
import { fileVariables } from '../template/file-variables.ts'
import { isTemplate } from '../template/template.ts'
import { controllerHome, existsSync } from '../values/controller-files.ts'
import { keysOf, mapOf, nameOf as propertyName } from '../values/keys.ts'
import { readNamedFile } from '../values/outside.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { toBoolean } from '../values/truth.ts'
import {
  isMap,
  type MapEntry,
  type Node,
  toNode,
  toValue,
  type Value,
  type ValueMap,
} from '../values/value.ts'
import { firstWord } from '../values/words.ts'
import { readOften, shownPath } from '../yaml/files.ts'
import { listedArchive, SAYS_WHAT_IS_MEANT } from './archive-file.ts'
import { decryptedFile } from './decrypted-file.ts'
import { renderedTemplate, saysHowRendered } from './template-file.ts'

/**
 * The arguments of a task for one host, rendered and as its module takes them. What must hold of the controller's files
 * for them to be the same again is added to `holds`. Raises ProblemError.
 */
export async function argumentsFor(
  task: Task,
  scope: TemplateContext,
  play: Play,
  holds: (() => boolean)[],
): Promise<Args> {
  const entries = [...madeArguments(task, scope), ...writtenArguments(task)]
  const given: Record<string, unknown> = {}
  for (const entry of entries) {
    const value = await resolveArgument(task, entry, entries, scope, { play, holds })
    if (value !== omit) given[keyOf(entry, scope)] = value
  }
  const { args, problems } = readArguments(task.module, given)
  if (problems.length > 0)
    throw new ArgumentsRefused(
      problems.map((problem) => argumentProblem(problem, task, entries)),
      task.module.refusal ?? {},
    )
  return args
}

/** Arguments that a module does not take; `values` is what the result holds besides. */
export class ArgumentsRefused extends ProblemError {
  readonly values: ValueMap

  constructor(problems: readonly Problem[], values: ValueMap) {
    super(problems)
    this.values = values
  }
}

/** The name of an argument, which a template may make. */
function keyOf({ key, keyPlace }: MapEntry, scope: TemplateContext): string {
  return isTemplate(key) ? String(scope.render({ kind: 'scalar', value: key, place: keyPlace })) : key
}

/** What is wrong with an argument, at its place in the task. */
export function argumentProblem(
  { option, message, hint }: ArgumentProblem,
  task: Task,
  entries: readonly MapEntry[],
): Problem {
  const entry = entries.find((one) => one.key === option)
  const isUnknown = option !== undefined && optionNamed(task.module, option) === undefined
  const place = entry === undefined ? task.actionPlace : isUnknown ? entry.keyPlace : entry.value.place
  return { message, place, hint }
}

/** A task's arguments, with those of module_defaults that it does not give itself. */
export function writtenArguments(task: Task): MapEntry[] {
  const entries = new Map<string, MapEntry>()
  for (const own of defaultsFor(task.action, task.inherited)) {
    if (own.kind === 'map')
      for (const entry of own.entries) entries.set(nameOf(task.module, entry.key), entry)
  }
  const given = task.args.entries
  for (const entry of given) entries.delete(nameOf(task.module, entry.key))
  return [...entries.values(), ...given]
}

/** The arguments that templates make. Raises ProblemError for what is no map. */
function madeArguments(task: Task, scope: TemplateContext): MapEntry[] {
  return task.argsFrom.flatMap((node) => {
    const made = toNode(scope.render(node), node.place, true)
    if (made.kind === 'map') return made.entries
    const message = `the arguments of ${task.module.name} are a map; this gives ${JSON.stringify(toValue(made))}`
    throw new ProblemError({ message, place: node.place })
  })
}

/** A text that templates make is an expression when they are done; anything else has no value, as in Ansible. */
function expressionIn(node: Node, scope: TemplateContext): { text: string; value: Value | undefined } {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !isTemplate(node.value))
    return { text: String(toValue(node)), value: scope.expression(node) }
  const made = scope.render(node)
  if (typeof made === 'string') return { text: made, value: scope.expression({ ...node, value: made }) }
  const text = Array.isArray(made) ? "<class 'list'>" : isMap(made) ? "<class 'dict'>" : str(made)
  return { text, value: undefined }
}

function nameOf(module: Module, key: string): string {
  return optionNamed(module, key) ?? key
}

async function resolveArgument(
  task: Task,
  { key, value }: MapEntry,
  entries: readonly MapEntry[],
  scope: TemplateContext,
  { play, holds }: { readonly play: Play; readonly holds: (() => boolean)[] },
): Promise<unknown> {
  const { module } = task
  const type = module.options[nameOf(module, key)]?.type
  switch (type) {
    case 'conditions': {
      const conditions = value.kind === 'list' ? value.items : [value]
      return conditions.map((condition) => ({
        text: String(toValue(condition)),
        holds: scope.evaluate(condition),
      }))
    }
    case 'expression':
      return expressionIn(value, scope)
    case 'file':
    case 'archive': {
      const path = scope.render(value)
      if (typeof path !== 'string' || path === omit || isRemote(module, entries, scope)) return path
      const file = await localFile(findLocal(path, 'files', value, task, play), value, task, entries, scope)
      return type === 'file' ? file : listedArchive(file, listingWords(task, entries, scope), value.place)
    }
    case 'template': {
      const path = String(scope.render(value))
      const found = findLocal(path, 'templates', value, task, play)
      const managed = String(scope.variables.get('ansible_managed'))
      const how = entries.filter((entry) => saysHowRendered(nameOf(module, entry.key)))
      const named = how.map((entry) => [nameOf(module, entry.key), scope.render(entry.value)])
      const read = readOften(found)
      const paths = localPaths(path, 'templates', task, play)
      const before = paths.slice(0, paths.indexOf(found))
      holds.push(() => readOften(found) === read && !before.some((other) => existsSync(other)))
      return renderedTemplate(
        found,
        value.place,
        scope.over(fileVariables(path, found, managed, destinationOf(task, entries, scope))),
        Object.fromEntries(named.filter(([, given]) => given !== omit)),
      )
    }
    case 'script': {
      const { word, rest } = firstWord(String(scope.render(value)))
      const found = findLocal(word, 'files', value, task, play)
      return { file: await localFile(found, value, task, entries, scope), words: rest }
    }
    default:
      return withoutOmitted(scope.render(value))
  }
}

/** What of an archive the task means. */
function listingWords(task: Task, entries: readonly MapEntry[], scope: TemplateContext): ListingWords {
  const listing: Record<keyof ListingWords, string[]> = { exclude: [], include: [], extra: [] }
  for (const { key, value } of entries) {
    const name = SAYS_WHAT_IS_MEANT[nameOf(task.module, key)]
    const given = name === undefined ? omit : withoutOmitted(scope.render(value))
    if (name !== undefined && given !== omit && given !== null)
      listing[name] = convert({ type: 'strings', help: '' }, given) as string[]
  }
  return listing
}

function destinationOf(task: Task, entries: readonly MapEntry[], scope: TemplateContext): Value | undefined {
  const dest = entries.find((entry) => nameOf(task.module, entry.key) === 'dest')
  return dest && scope.render(dest.value)
}

/** A file to be sent, decrypted unless the task says `decrypt: false`. */
async function localFile(
  path: string,
  { place }: Node,
  task: Task,
  entries: readonly MapEntry[],
  scope: TemplateContext,
): Promise<LocalFile> {
  const said = entries.find((entry) => nameOf(task.module, entry.key) === 'decrypt')?.value
  readNamedFile()
  const file = await readLocalFile(path)
  return said !== undefined && toBoolean(scope.render(said)) === false ? file : decryptedFile(file, place)
}

function isRemote(module: Module, entries: readonly MapEntry[], scope: TemplateContext): boolean {
  if (module.remoteSource === undefined) return false
  const raw: Record<string, unknown> = {}
  for (const entry of entries) {
    if (module.options[nameOf(module, entry.key)]?.type === 'bool')
      raw[nameOf(module, entry.key)] = scope.render(entry.value)
  }
  return module.remoteSource(raw)
}

/** `omit` inside a map or list takes that part away. */
function withoutOmitted(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== omit).map(withoutOmitted)
  if (!isMap(value as Value)) return value
  const map = value as ValueMap
  const kept = keysOf(map).filter((key) => map[propertyName(key)] !== omit)
  return mapOf(kept.map((key) => [key, withoutOmitted(map[propertyName(key)])]))
}

/** Where something stands that names a file of the controller's. */
export type Standing = Pick<Step, 'role' | 'folder'>

/** The paths at which a file of the controller's is looked for, in Ansible's order. */
export function localPaths(name: string, kind: Subfolder, task: Standing, play: Play): string[] {
  if (name.startsWith('/')) return [name]
  if (name.startsWith('~/')) return [join(controllerHome(), name.slice(2))]
  const bases = searchFolders(task, play)
  return [...new Set(bases.flatMap((base) => [resolve(base, kind, name), resolve(base, name)]))]
}

/** The folders in which a step's files are looked for, in Ansible's order. */
export function searchFolders(task: Standing, play: Play): string[] {
  const { role, folder } = task
  const ofRole = role === undefined ? [] : [role.path, join(role.path, 'tasks')]
  return [...new Set([...ofRole, folder, ...(role === undefined ? [] : [dirname(folder)]), play.folder])]
}

function findLocal(name: string, kind: 'files' | 'templates', node: Node, task: Task, play: Play): string {
  const paths = localPaths(name, kind, task, play)
  const found = firstOf(name, paths)
  if (found !== undefined) return found
  throw new ProblemError(missingFile(name, paths, node))
}

/** The first of the paths at which something is; that of a folder ends as the name does. */
function firstOf(name: string, paths: readonly string[]): string | undefined {
  const found = paths.find((path) => existsSync(path))
  return found !== undefined && name.endsWith('/') && !found.endsWith('/') ? `${found}/` : found
}

/** The problem of a file of the controller's that is nowhere. */
export function missingFile(name: string, paths: readonly string[], node: Node): Problem {
  const hint = `looked at ${paths.map(shownPath).join(', ')}`
  return { message: `there is no file "${name}" on this machine`, place: node.place, hint }
}
