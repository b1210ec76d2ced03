import { join } from 'node:path'
import { type MapNode, type Node, type ScalarNode, toValue } from '../values/value.ts'
import { Fields } from '../yaml/fields.ts'
import { pinLanguage } from '../yaml/files.ts'
import { validationTask } from './argument-specs.ts'
import type { Role, RoleFiles, RoleUse, Step } from './ast.ts'
import { chainProblem } from './chain.ts'
import { inherit, inheritedKeywords } from './inherit.ts'
import type { Reading } from './reading.ts'
import { readPart, readVariablesOf } from './role-files.ts'
import { findRole, roleHint } from './role-search.ts'
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
    return again(node, name, reading, seen) ? undefined : readRole(name, {}, reading, { seen })
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
  // What an entry says as vars are variables of the role, below those of its own, and the whole play sees them.
  const inherited = { ...inherit(reading.inherited, fields), vars: reading.inherited.vars }
  const inside =
    params.entries.length === 0 ? inherited : { ...inherited, params: [...inherited.params, params] }
  return readRole(name, {}, { ...reading, inherited: inside }, { seen, params, vars: fields.map('vars') })
}

function again(node: Node, name: ScalarNode, reading: Reading, seen: Set<string>): boolean {
  // A role that needs itself is no repetition but a mistake, which reading it reports.
  const path = findRole(String(name.value), reading)
  if (path === undefined || reading.chain.includes(path)) return false
  if (readMetaFile(path, { ...reading, problems: [] })?.allowDuplicates) return false
  const signature = JSON.stringify([toValue(node), reading.inherited.params.map(toValue)])
  if (seen.has(signature)) return true
  seen.add(signature)
  return false
}

/** A role's use behind those it depends on, at any depth: the order in which they are run. */
export function withDependencies(use: RoleUse): RoleUse[] {
  return [...use.dependencies.flatMap(withDependencies), use]
}

/** What a role is given by the entry of `roles:` or of dependencies that names it. */
interface RoleEntry {
  /** The entries that were read before. */
  readonly seen: Set<string>
  readonly params?: MapNode
  readonly vars?: MapNode | undefined
}

/** Reads a role where it is used, with its dependencies; undefined when there is none of that name. */
export function readRole(
  name: ScalarNode,
  from: RoleFiles,
  reading: Reading,
  entry?: RoleEntry,
): RoleUse | undefined {
  const isDependency = entry !== undefined
  const path = findRole(String(name.value), reading)
  if (path === undefined) {
    const hint = roleHint(String(name.value), reading)
    reading.problems.push({ message: `unknown role "${name.value}"`, place: name.place, hint })
    return undefined
  }
  // A role may use another file of its own tasks.
  const link = from.tasks === undefined ? path : join(path, 'tasks', String(from.tasks.value))
  const chain = [...reading.chain, link]
  const message = chainProblem(`the role ${name.value} needs itself`, chain)
  if (message !== undefined) {
    reading.problems.push({ message, place: name.place })
    return undefined
  }
  const meta = readMetaFile(path, reading)
  const outer = { ...reading, chain, collections: meta?.collections ?? [] }
  const role: Role = {
    name: String(name.value),
    path,
    parents: reading.role === undefined || isDependency ? [] : [reading.role, ...reading.role.parents],
    defaults: readVariablesOf(join(path, 'defaults'), from.defaults, outer),
    vars: new Map([
      ...(entry?.vars?.entries ?? []).map((entry): [string, Node] => [entry.key, entry.value]),
      ...readVariablesOf(join(path, 'vars'), from.vars, outer),
    ]),
  }
  const stepsOf = (part: 'tasks' | 'handlers', file: ScalarNode | undefined): Step[] => {
    const folder = join(path, part)
    const inside = { ...outer, role, folder, handlers: part === 'handlers' }
    return readSteps(readPart(folder, file, outer), inside)
  }
  const checked = {
    ...{ name: role.name, path, specs: meta?.argumentSpecs, params: entry?.params },
    entry: from.tasks === undefined ? 'main' : String(from.tasks.value),
  }
  const check = from.isUnchecked ? undefined : validationTask(checked, outer)
  const checks =
    check === undefined
      ? []
      : readSteps({ kind: 'list', items: [check], place: check.place }, { ...outer, role })
  return {
    role,
    dependencies: readRoleList(meta?.dependencies ?? [], { ...outer, role }, entry?.seen ?? new Set()),
    steps: [...checks, ...stepsOf('tasks', from.tasks)],
    handlers: stepsOf('handlers', from.handlers),
  }
}

const metaKeywords = [
  'allow_duplicates',
  'argument_specs',
  'collections',
  'dependencies',
  'galaxy_info',
  'template_language',
]

/** What a role says of itself in meta/main.yml. */
function readMetaFile(path: string, reading: Reading) {
  const node = readPart(join(path, 'meta'), undefined, reading)
  if (node?.kind !== 'map') return undefined
  const fields = new Fields(node, reading.problems)
  fields.rejectUnknown("role's meta file", metaKeywords)
  readLanguage(path, fields, reading)
  return {
    allowDuplicates: fields.scalar('allow_duplicates')?.value === true,
    collections: fields.words('collections'),
    dependencies: fields.items('dependencies'),
    argumentSpecs: fields.get('argument_specs'),
  }
}

/** The language of a role's templates, which holds for the files that are read behind its meta file. */
function readLanguage(path: string, fields: Fields, { problems }: Reading): void {
  const node = fields.scalar('template_language')
  if (node === undefined) return
  if (node.value === 'handlebars' || node.value === 'jinja') pinLanguage(path, node.value)
  else problems.push({ message: 'the template languages are handlebars and jinja', place: node.place })
}
