import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean } from '../values/problem.ts'
import { type MapNode, type Node, type ScalarNode, toValue } from '../values/value.ts'
import { Fields } from '../yaml/fields.ts'
import { firstFile, isFolder, shownPath } from '../yaml/files.ts'
import type { Role, RoleFiles, RoleUse, Step } from './ast.ts'
import { chainProblem } from './chain.ts'
import { inherit, inheritedKeywords } from './inherit.ts'
import type { Reading } from './reading.ts'
import { readSteps } from './steps.ts'

/** Reads the entries of `roles:` or of a role's dependencies; the same role with the same words counts once. */
export function readRoleList(nodes: readonly Node[], reading: Reading, seen: Set<string>): RoleUse[] {
  return nodes.flatMap((node) => {
    const use = readRoleEntry(node, reading, seen)
    return use === undefined ? [] : [use]
  })
}

function readRoleEntry(node: Node, reading: Reading, seen: Set<string>): RoleUse | undefined {
  if (node.kind === 'scalar') {
    const name = { ...node, value: String(node.value) }
    return again(node, name, reading, seen) ? undefined : readRole(name, {}, reading, seen)
  }
  if (node.kind === 'list') {
    reading.problems.push({
      message: 'a role is named by a word, or by a map with "role"',
      place: node.place,
    })
    return undefined
  }
  const fields = new Fields(node, reading.problems)
  const name = fields.scalar('role') ?? fields.scalar('name')
  if (name === undefined) {
    reading.problems.push({
      message: 'this entry names no role',
      place: node.place,
      hint: 'add "role: NAME"',
    })
    return undefined
  }
  if (again(node, name, reading, seen)) return undefined
  const keywords = new Set([...inheritedKeywords, 'role', 'name'])
  const params: MapNode = { ...node, entries: node.entries.filter((entry) => !keywords.has(entry.key)) }
  const inherited = inherit(reading.inherited, fields)
  const inside =
    params.entries.length === 0 ? inherited : { ...inherited, params: [...inherited.params, params] }
  return readRole(name, {}, { ...reading, inherited: inside }, seen)
}

function again(node: Node, name: ScalarNode, reading: Reading, seen: Set<string>): boolean {
  // A role that needs itself is no repetition but a mistake, which reading it tells.
  const path = findRole(String(name.value), reading)
  if (path !== undefined && reading.chain.includes(path)) return false
  const signature = JSON.stringify([toValue(node), reading.inherited.params.map(toValue)])
  if (seen.has(signature)) return true
  seen.add(signature)
  return false
}

/** A role's use behind those it depends on, at any depth: the order in which they are run. */
export function withDependencies(use: RoleUse): RoleUse[] {
  return [...use.dependencies.flatMap(withDependencies), use]
}

/** Reads a role where it is used, with its dependencies; undefined when there is none of that name. */
export function readRole(
  name: ScalarNode,
  from: RoleFiles,
  reading: Reading,
  seen: Set<string> = new Set(),
): RoleUse | undefined {
  const path = findRole(String(name.value), reading)
  if (path === undefined) {
    const places = roleFolders(reading).map(shownPath).join(', ')
    const hint = didYouMean(String(name.value), roleNames(reading)) ?? `roles are looked for in ${places}`
    reading.problems.push({ message: `unknown role "${name.value}"`, place: name.place, hint })
    return undefined
  }
  const chain = [...reading.chain, path]
  const message = chainProblem(`the role ${name.value} needs itself`, chain)
  if (message !== undefined) {
    reading.problems.push({ message, place: name.place })
    return undefined
  }
  const outer = { ...reading, chain }
  const role: Role = {
    name: String(name.value),
    path,
    defaults: readVariablesOf(path, 'defaults', from.defaults, outer),
    vars: readVariablesOf(path, 'vars', from.vars, outer),
  }
  const stepsOf = (part: 'tasks' | 'handlers', file: ScalarNode | undefined): Step[] => {
    const folder = join(path, part)
    const inside = { ...outer, role, folder, handlers: part === 'handlers' }
    return readSteps(readPart(folder, file, outer), inside)
  }
  return {
    role,
    dependencies: readDependencies(path, outer, seen),
    steps: stepsOf('tasks', from.tasks),
    handlers: stepsOf('handlers', from.handlers),
  }
}

function roleFolders(reading: Reading): string[] {
  return [join(reading.playFolder, 'roles'), ...reading.rolesPath, reading.playFolder]
}

function findRole(name: string, reading: Reading): string | undefined {
  const own = reading.role === undefined ? [] : [join(reading.role.path, '..')]
  const folders = name.startsWith('/') ? [''] : [...roleFolders(reading), ...own]
  return folders.map((folder) => join(folder, name)).find(isFolder)
}

function roleNames(reading: Reading): string[] {
  return roleFolders(reading)
    .slice(0, -1)
    .filter(isFolder)
    .flatMap((folder) => readdirSync(folder))
}

/** The file of one part of a role: main.yml, or the one asked for, which must be there. */
function readPart(folder: string, file: ScalarNode | undefined, reading: Reading): Node | undefined {
  const name = file === undefined ? 'main' : String(file.value)
  const path = firstFile(
    [name, `${name}.yml`, `${name}.yaml`, `${name}.json`].map((one) => join(folder, one)),
  )
  if (path !== undefined) return reading.files.yaml(path, file?.place)
  if (file !== undefined) {
    const known = isFolder(folder) ? readdirSync(folder).map((one) => one.replace(/\.(ya?ml|json)$/, '')) : []
    const message = `there is no ${name} in ${shownPath(folder)}`
    reading.problems.push({ message, place: file.place, hint: didYouMean(name, known) })
  }
  return undefined
}

function readVariablesOf(
  path: string,
  part: 'defaults' | 'vars',
  file: ScalarNode | undefined,
  reading: Reading,
): ReadonlyMap<string, Node> {
  const node = readPart(join(path, part), file, reading)
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return new Map()
  return variablesIn(node, reading)
}

/** The variables of a file that is a map of them. */
function variablesIn(node: Node, reading: Pick<Reading, 'problems'>): ReadonlyMap<string, Node> {
  if (node.kind === 'map') return new Map(node.entries.map((entry) => [entry.key, entry.value]))
  reading.problems.push({ message: 'a map of variables is expected', place: node.place })
  return new Map()
}

const metaKeywords = ['allow_duplicates', 'argument_specs', 'collections', 'dependencies', 'galaxy_info']

function readDependencies(path: string, reading: Reading, seen: Set<string>): RoleUse[] {
  const node = readPart(join(path, 'meta'), undefined, reading)
  if (node?.kind !== 'map') return []
  const fields = new Fields(node, reading.problems)
  fields.rejectUnknown("role's meta file", metaKeywords)
  return readRoleList(fields.items('dependencies'), reading, seen)
}
