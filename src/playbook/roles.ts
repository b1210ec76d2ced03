import { join } from 'node:path'
import { addTemplatePlugins } from '../plugins/templates.ts'
import { nameInSource } from '../values/source-name.ts'
import { entriesOf, type MapNode, type Node, type ScalarNode, toValue, type Value } from '../values/value.ts'
import { Fields } from '../yaml/fields.ts'
import { pinLanguage } from '../yaml/files.ts'
import { validationTask } from './argument-specs.ts'
import type { Role, RoleFiles, RoleUse, Step } from './ast.ts'
import { chainProblem } from './chain.ts'
import { importName } from './import-name.ts'
import { inherit } from './inherit.ts'
import { keywordsIn } from './keywords.ts'
import type { Reading } from './reading.ts'
import { readPart, readVariablesOf } from './role-files.ts'
import { findRole, roleHint } from './role-search.ts'
import { signatureOf } from './signature.ts'
import { readHandlers, readSteps } from './steps.ts'

/** Reads the entries of `roles:` or of a role's dependencies; `seen` are the dependencies that were read before. */
export function readRoleList(nodes: readonly Node[], reading: Reading, seen: Set<string>): RoleUse[] {
  return nodes.flatMap((node) => {
    const use = readRoleEntry(node, reading, seen)
    return use === undefined ? [] : [use]
  })
}

/** The role that a source means, as it is called once it is installed. */
function namedBy(source: ScalarNode | undefined): ScalarNode | undefined {
  return source && { ...source, value: nameInSource(String(source.value)) }
}

function readRoleEntry(node: Node, reading: Reading, seen: Set<string>): RoleUse | undefined {
  if (node.kind === 'scalar') {
    const named = importName({ ...node, value: String(node.value) }, reading)
    return named && readRole(named, {}, reading, { seen })
  }
  if (node.kind === 'list') {
    reading.problems.push({
      message: 'a role is named by a word, or by a map with "role"',
      place: node.place,
    })
    return undefined
  }
  const fields = new Fields(node, reading.problems)
  const name = fields.scalar('role') ?? fields.scalar('name') ?? namedBy(fields.scalar('src'))
  if (name === undefined) {
    reading.problems.push({
      message: 'this entry names no role',
      place: node.place,
      hint: 'add "role: NAME"',
    })
    return undefined
  }
  const keywords = new Set(keywordsIn('role'))
  const params: MapNode = { ...node, entries: node.entries.filter((entry) => !keywords.has(entry.key)) }
  // What an entry says as vars are variables of the role, below those of its own, and the whole play sees them.
  const inherited = { ...inherit(reading.inherited, fields), vars: reading.inherited.vars }
  const inside =
    params.entries.length === 0 ? inherited : { ...inherited, params: [...inherited.params, params] }
  const vars = fields.map('vars')
  const conditions = [...fields.list('when').map(toValue), fields.words('tags')]
  const entry = { seen, params, vars: vars === undefined ? [] : [vars], conditions }
  const own = { ...reading, inherited: inside }
  const named = importName(name, own)
  return named && readRole(named, {}, own, entry)
}

/** A role's use behind those it depends on, at any depth: the order in which they are run. */
export function withDependencies(use: RoleUse): RoleUse[] {
  return [...use.dependencies.flatMap(withDependencies), use]
}

/** What a role is given where it is named. */
interface RoleEntry {
  /** By include_role or import_role. */
  readonly isIncluded?: boolean
  /** What is included runs each time, unless it is said otherwise. */
  readonly runsOnce?: boolean
  /** The dependencies that were read before. */
  readonly seen?: Set<string>
  readonly params?: MapNode
  readonly vars?: readonly MapNode[]
  /** The entry's own `when` and `tags`, by which it is told apart from others. */
  readonly conditions?: Value
}

function roleSignature(path: string, from: RoleFiles, { isIncluded, params, vars, conditions }: RoleEntry) {
  const files = [from.tasks, from.handlers, from.vars, from.defaults].map((file) => file?.value)
  const given = [params?.entries.length ? toValue(params) : {}, (vars ?? []).map(toValue)]
  return signatureOf([path, isIncluded === true, files, ...given, conditions ?? [[]]])
}

/** Reads a role where it is used, with its dependencies; undefined when there is none of that name. */
export function readRole(
  name: ScalarNode,
  from: RoleFiles,
  reading: Reading,
  entry: RoleEntry,
): RoleUse | undefined {
  const path = findRole(String(name.value), reading)
  if (path === undefined) {
    const hint = roleHint(String(name.value), reading)
    reading.problems.push({ message: `unknown role "${name.value}"`, place: name.place, hint })
    return undefined
  }
  // A role may use another file of its own tasks, and that may be imported by its handlers.
  const link = from.tasks === undefined ? path : `${path} (tasks_from: ${from.tasks.value})`
  const chain = [...reading.chain, link]
  const message = chainProblem(`the role ${name.value} needs itself`, chain)
  if (message !== undefined) {
    reading.problems.push({ message, place: name.place })
    return undefined
  }
  addTemplatePlugins(path)
  const meta = readMetaFile(path, reading)
  const runsOnce = entry.isIncluded ? entry.runsOnce === true : !meta?.allowDuplicates
  const signature = roleSignature(path, from, entry)
  if (runsOnce && isReadBefore(signature, reading, entry)) return undefined
  const outer = { ...reading, chain, collections: meta?.collections ?? [] }
  const above = reading.role === undefined ? [] : [reading.role]
  const role: Role = {
    name: String(name.value),
    path,
    parents: entry.isIncluded ? above.flatMap((role) => [role, ...role.parents]) : [],
    around: above.flatMap((role) => [role, ...role.around]),
    signature,
    runsOnce,
    defaults: readVariablesOf(join(path, 'defaults'), from.defaults, outer),
    vars: new Map([
      ...(entry.vars ?? []).flatMap((map) => [...entriesOf(map)]),
      ...readVariablesOf(join(path, 'vars'), from.vars, outer),
    ]),
  }
  const stepsOf = (
    part: 'tasks' | 'handlers',
    file: ScalarNode | undefined,
    read: typeof readSteps,
  ): Step[] => {
    const folder = join(path, part)
    return read(readPart(folder, file, outer), { ...outer, role, folder, handlers: false })
  }
  const checked = {
    ...{ name: role.name, path, specs: meta?.argumentSpecs, params: entry.params },
    entry: from.tasks === undefined ? 'main' : String(from.tasks.value),
  }
  const check = from.isUnchecked ? undefined : validationTask(checked, outer)
  const checks =
    check === undefined
      ? []
      : readSteps({ kind: 'list', items: [check], place: check.place }, { ...outer, role })
  return {
    role,
    dependencies: readRoleList(meta?.dependencies ?? [], { ...outer, role }, entry.seen ?? new Set()),
    steps: [...checks, ...stepsOf('tasks', from.tasks, readSteps)],
    handlers: stepsOf('handlers', from.handlers, readHandlers),
  }
}

/** A dependency that holds whenever an equal one before it holds need not be read again. */
function isReadBefore(
  signature: string,
  { role, inherited }: Reading,
  { isIncluded, seen }: RoleEntry,
): boolean {
  if (isIncluded || role === undefined || seen === undefined) return false
  const key = signatureOf([signature, inherited.when.map(toValue), inherited.tags])
  if (seen.has(key)) return true
  seen.add(key)
  return false
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
