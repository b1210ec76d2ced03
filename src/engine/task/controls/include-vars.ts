import { extname, join, resolve } from 'node:path'
import type { Play, Task } from '../../../playbook/ast.ts'
import type { Args } from '../../../sdk/module.ts'
import type { TemplateContext } from '../../../template/context.ts'
import { existsSync, readdirSync } from '../../../values/controller-files.ts'
import { matching } from '../../../values/matching.ts'
import { ProblemError } from '../../../values/problem.ts'
import { pythonRegExp } from '../../../values/regexp.ts'
import { entriesOf, isMap, type MapEntry, type MapNode, type Node, toNode } from '../../../values/value.ts'
import { isNull } from '../../../yaml/fields.ts'
import { type Files, isFolder, shownPath } from '../../../yaml/files.ts'
import { localPaths, type Standing } from '../../arguments.ts'
import { StepFailed } from '../run-module.ts'

interface Wanted {
  readonly file?: string
  readonly dir?: string
  readonly name?: string
  readonly depth: number
  readonly files_matching?: string
  readonly ignore_files: readonly string[]
  readonly extensions: readonly string[]
  readonly ignore_unknown_extensions: boolean
  readonly hash_behaviour: 'replace' | 'merge'
}

/** Variables that were read, as they are written, and the files that they are from. */
export interface IncludedVars {
  readonly variables: ReadonlyMap<string, Node>
  readonly paths: readonly string[]
}

/** Reads the variables that an include_vars names. Raises StepFailed and ProblemError. */
export function includeVars(
  args: Args,
  task: Task,
  play: Play,
  scope: TemplateContext,
  files: Files,
): IncludedVars {
  const wanted = args as unknown as Wanted
  const paths =
    wanted.dir === undefined
      ? [fileOf(wanted.file!.trimEnd(), task, play)]
      : pathsIn(wanted, wanted.dir, task)
  const read = new Map(paths.flatMap((path) => [...variablesOf(path, task, files)]))
  const variables = wanted.name === undefined ? read : new Map([[wanted.name, mapNode(read, task)]])
  if (wanted.hash_behaviour === 'replace') return { variables, paths }
  const merged = [...variables].map(([name, node]) => [name, mergedWith(scope, name, node)] as const)
  return { variables: new Map(merged), paths }
}

/** Where the file of an include_vars is looked for; its first path that is there. */
export function varsFile(name: string, task: Standing, play: Play): string | undefined {
  return localPaths(name, 'vars', task, play).find((path) => existsSync(path) && !isFolder(path))
}

function fileOf(name: string, task: Task, play: Play): string {
  const found = varsFile(name, task, play)
  if (found !== undefined) return found
  const looked = localPaths(name, 'vars', task, play).map(shownPath).join(', ')
  throw new StepFailed(`Could not find file "${name}" of variables; looked at ${looked}`)
}

/** The variables of a file; none when it is empty. Raises ProblemError. */
export function variablesOf(
  path: string,
  task: Pick<Task, 'place'>,
  files: Files,
): ReadonlyMap<string, Node> {
  const before = files.problems.length
  const node = files.yaml(path, task.place)
  if (files.problems.length > before) throw new ProblemError(files.problems.splice(before))
  if (node === undefined || isNull(node)) return new Map()
  if (node.kind !== 'map')
    throw new ProblemError({ message: 'a map of variables is expected', place: node.place })
  return entriesOf(node)
}

function pathsIn(wanted: Wanted, dir: string, task: Task): string[] {
  const root = rootOf(dir, task)
  if (!existsSync(root)) throw new StepFailed(`there is no folder ${shownPath(root)}`)
  if (!isFolder(root)) throw new StepFailed(`${shownPath(root)} is not a folder`)
  const only = wanted.files_matching === undefined ? undefined : finder(wanted.files_matching)
  const left = wanted.ignore_files.map((pattern) => finder(`${pattern}$`))
  const folders = foldersOf(root).slice(0, wanted.depth === 0 ? undefined : wanted.depth)
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => (only?.(name) ?? true) && !left.some((ignores) => ignores(name)))
      .map((name) => join(folder, name))
      .filter((path) => !isFolder(path) && path !== ownMain(task) && isVariables(path, wanted)),
  )
}

/** A role's own vars/main.yml is read with the role. */
function ownMain({ role }: Task): string | undefined {
  return role === undefined ? undefined : join(role.path, 'vars', 'main.yml')
}

function rootOf(dir: string, { role, folder }: Task): string {
  if (role === undefined) return resolve(folder, dir)
  if (dir.split('/')[0] !== 'vars') return resolve(role.path, 'vars', dir)
  const inRole = resolve(role.path, dir)
  return existsSync(inRole) ? inRole : resolve(dir)
}

/** A folder and those in it, in the order of their paths. */
function foldersOf(root: string): string[] {
  const below = (folder: string): string[] => [
    folder,
    ...readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? below(join(folder, entry.name)) : [],
    ),
  ]
  return below(root).sort()
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).sort()
}

function isVariables(path: string, { extensions, ignore_unknown_extensions }: Wanted): boolean {
  if (extensions.includes(extname(path).slice(1))) return true
  if (ignore_unknown_extensions) return false
  throw new StepFailed(`${shownPath(path)} does not have a valid extension: ${extensions.join(', ')}`)
}

function finder(written: string): (text: string) => boolean {
  const expression = pythonRegExp(written)
  return (text) => matching({ expression, written, text }, () => expression.test(text))
}

function mapNode(variables: ReadonlyMap<string, Node>, { place }: Task): MapNode {
  const entries = [...variables].map(([key, value]) => ({ key, keyPlace: place, value }))
  return { kind: 'map', entries, place }
}

/** What is read over what is known: maps within maps too. */
function mergedWith(scope: TemplateContext, name: string, node: Node): Node {
  const known = scope.variables.has(name) ? scope.variables.get(name) : undefined
  return isMap(known) ? merged(toNode(known, node.place, true), node) : node
}

function merged(known: Node, node: Node): Node {
  if (known.kind !== 'map' || node.kind !== 'map') return node
  const entries = new Map<string, MapEntry>(known.entries.map((entry) => [entry.key, entry]))
  for (const entry of node.entries) {
    const before = entries.get(entry.key)
    entries.set(
      entry.key,
      before === undefined ? entry : { ...entry, value: merged(before.value, entry.value) },
    )
  }
  return { ...node, entries: [...entries.values()] }
}
