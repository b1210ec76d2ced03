import { dirname, join } from 'node:path'
import { isTemplate } from '../template/template.ts'
import type { SourceSpan } from '../values/source.ts'
import { toBoolean } from '../values/truth.ts'
import type { MapEntry, MapNode, Node } from '../values/value.ts'
import { Fields } from '../yaml/fields.ts'
import { firstFile, shownPath } from '../yaml/files.ts'
import type { Block, IncludeRole, IncludeTasks, Role, RoleFiles, Step } from './ast.ts'
import { chainProblem } from './chain.ts'
import { importName } from './import-name.ts'
import { inherit, nothingInherited } from './inherit.ts'
import { splitWords, unquote } from './key-values.ts'
import { inheritedKeywords } from './keywords.ts'
import type { Action, Reading } from './reading.ts'
import { readRole, withDependencies } from './roles.ts'
import { common, readSteps } from './steps.ts'
import { STRUCTURAL } from './structural.ts'

/**
 * `include_tasks` is read when it is run; `import_tasks` here and now, its keywords handed to every task in it; the old
 * `include` is the one if it loops or its name is a template, else the other, and what else it is given are variables.
 */
export function readTasksFile(fields: Fields, action: Action, reading: Reading): Step[] {
  const { file, apply, params } = readIncludeArguments(fields, action, reading)
  if (file === undefined) return []
  const shared = common(fields, reading, params)
  const isDynamic = action.name === 'include' && (shared.loop !== undefined || isTemplate(String(file.value)))
  if (action.name === 'include_tasks' || isDynamic) {
    return [
      {
        kind: 'include_tasks',
        ...shared,
        written: action.written,
        file,
        within: reading.within,
        outer: reading.inherited,
        apply,
      } satisfies IncludeTasks,
    ]
  }
  if (shared.loop !== undefined) {
    const hint = 'use include_tasks, which is read for each item'
    reading.problems.push({
      message: '"loop" does not work with import_tasks',
      place: shared.loop.items.place,
      hint,
    })
  }
  const inside = { ...reading, inherited: shared.inherited }
  const named = importName(file, inside)
  if (named === undefined) return []
  const path = findTasksFile(String(named.value), reading, true)
  if (path === undefined) {
    reading.problems.push({ message: `unknown tasks file "${named.value}"`, place: file.place })
    return []
  }
  return readTasksAt(path, file, inside)
}

/** The steps of a tasks file; a file that includes itself is a problem. */
export function readTasksAt(path: string, wanted: Node, reading: Reading): Step[] {
  const chain = [...reading.chain, path]
  const message = chainProblem(`${shownPath(path)} imports itself`, chain)
  if (message !== undefined) {
    reading.problems.push({ message, place: wanted.place })
    return []
  }
  const inside = { ...reading, folder: dirname(path), chain }
  return readSteps(reading.files.yaml(path, wanted.place), inside)
}

/** The role that something stands in, as far as its files are concerned. */
interface Within {
  readonly role: Pick<Role, 'path'> | undefined
}

/**
 * A tasks file as Ansible looks for it: in the role, beside the file that names it, beside the playbook; an import looks
 * beside its own file first.
 */
export function findTasksFile(
  name: string,
  { folder, playFolder, role }: Pick<Reading, 'folder' | 'playFolder'> & Within,
  isImport: boolean,
): string | undefined {
  if (name.startsWith('/')) return firstFile([name])
  const beside = join(folder, name)
  const ofRole = role === undefined ? [] : [join(role.path, 'tasks', name), join(role.path, name)]
  return firstFile([
    ...(isImport ? [beside, ...ofRole] : [...ofRole, beside]),
    join(playFolder, 'tasks', name),
    join(playFolder, name),
  ])
}

/**
 * The arguments of an include or import: a map, `name=value` words, or a text that is the argument `free`; with what
 * `args:` adds. Undefined when there are none.
 */
function argumentsOf(action: Action, free: string, fields: Fields): MapNode | undefined {
  const { args, place } = action
  const more = fields.map('args')?.entries ?? []
  if (args?.kind === 'map') return { ...args, entries: [...args.entries, ...more] }
  const text = args?.kind === 'scalar' && args.value !== null ? String(args.value) : ''
  if (args?.kind === 'list' || (text === '' && more.length === 0)) return undefined
  const entries = splitWords(text).flatMap((word) => {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word)
    return match === null ? [] : [entryOf(match[1]!, unquote(match[2]!), args!.place)]
  })
  const rest = splitWords(text).filter((word) => !/^[A-Za-z_]\w*=/.test(word))
  const whole = entries.length === 0 ? text : rest.join(' ')
  const freely = whole === '' ? [] : [entryOf(free, whole, args!.place)]
  return { kind: 'map', entries: [...freely, ...entries, ...more], place: args?.place ?? place }
}

function entryOf(key: string, value: string, place: SourceSpan): MapEntry {
  return { key, keyPlace: place, value: { kind: 'scalar', value, place } }
}

function readIncludeArguments(fields: Fields, action: Action, reading: Reading) {
  const { problems } = reading
  const given = argumentsOf(action, 'file', fields)
  if (given === undefined) {
    problems.push({ message: `${action.name} takes the name of a file`, place: action.place })
    return { file: undefined, apply: nothingInherited, params: [] }
  }
  const args = new Fields(given, problems)
  rejectOthers(args, action)
  const params = given.entries.filter(({ key }) => key !== 'apply' && key !== 'file')
  const file = args.scalar('file')
  if (file === undefined) problems.push({ message: `${action.name} needs "file"`, place: action.place })
  return {
    file,
    apply: readApply(args, reading),
    params: params.length === 0 ? [] : [{ ...given, entries: params }],
  }
}

/** What an include takes no variables of is a mistake. */
function rejectOthers(args: Fields, { name }: Action): void {
  const { options, openEnded } = STRUCTURAL[name]!
  if (!openEnded) args.rejectUnknown(name, Object.keys(options))
}

function readApply(args: Fields, reading: Reading) {
  const apply = args.map('apply')
  if (apply === undefined) return nothingInherited
  const fields = new Fields(apply, reading.problems)
  fields.rejectUnknown('apply', inheritedKeywords)
  return inherit(nothingInherited, fields)
}

export function readRoleTask(fields: Fields, action: Action, reading: Reading): Step[] {
  const { problems } = reading
  const given = argumentsOf(action, 'name', fields)
  if (given === undefined) {
    problems.push({
      message: `${action.name} takes "name" and more`,
      place: action.place,
      hint: 'write "name: ROLE" below it',
    })
    return []
  }
  const args = new Fields(given, problems)
  rejectOthers(args, action)
  const roleName = args.scalar('name') ?? args.scalar('role')
  if (roleName === undefined) {
    problems.push({ message: `${action.name} needs "name", the role's`, place: action.place })
    return []
  }
  const shared = common(fields, reading)
  const from = {
    tasks: args.scalar('tasks_from'),
    handlers: args.scalar('handlers_from'),
    vars: args.scalar('vars_from'),
    defaults: args.scalar('defaults_from'),
    isUnchecked: args.scalar('rolespec_validate')?.value === false,
  }
  const allowsDuplicates = toBoolean(args.scalar('allow_duplicates')?.value ?? true) !== false
  if (action.name === 'include_role') {
    const isPublic = args.scalar('public')?.value === true
    return [
      {
        kind: 'include_role',
        ...shared,
        written: action.written,
        roleName,
        from,
        within: reading.within,
        outer: reading.inherited,
        apply: readApply(args, reading),
        isPublic,
        allowsDuplicates,
      } satisfies IncludeRole,
    ]
  }
  const vars = shared.inherited.vars.slice(reading.inherited.vars.length)
  const entry = { isIncluded: true, runsOnce: !allowsDuplicates, vars }
  const inside = { ...reading, inherited: shared.inherited }
  const named = importName(roleName, inside)
  const use = named && readRole(named, knownFiles(from, inside), inside, entry)
  if (use === undefined) return []
  return [
    {
      kind: 'block',
      place: shared.place,
      name: shared.name,
      inherited: shared.inherited,
      role: reading.role,
      folder: reading.folder,
      block: withDependencies(use).flatMap(({ steps }) => steps),
      rescue: [],
      always: [],
      imported: use,
    } satisfies Block,
  ]
}

function knownFiles({ isUnchecked, ...files }: RoleFiles, reading: Reading): RoleFiles {
  const known = Object.entries(files).map(([part, file]) => [part, file && importName(file, reading)])
  return { ...Object.fromEntries(known), isUnchecked }
}
