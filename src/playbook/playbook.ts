import { dirname, resolve } from 'node:path'
import { addTemplatePlugins } from '../plugins/templates.ts'
import type { Problem } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import { type MapNode, type Node, type ScalarNode, toNode, toValue } from '../values/value.ts'
import { Fields, isNull } from '../yaml/fields.ts'
import { firstFile, isFile, shownPath } from '../yaml/files.ts'
import type { Inherited, Play, Playbook, RoleUse, Step, VarsPrompt } from './ast.ts'
import { chainProblem } from './chain.ts'
import { inCollection } from './collections.ts'
import { importName } from './import-name.ts'
import { inherit, nothingInherited } from './inherit.ts'
import { keywordsIn, PROMPT } from './keywords.ts'
import { checkModuleDefaults } from './module-defaults.ts'
import type { Reading, Sources } from './reading.ts'
import { readRoleList, withDependencies } from './roles.ts'
import { readHandlers, readSteps } from './steps.ts'

const playKeywords = keywordsIn('play')

const importKeywords = ['ansible.builtin.import_playbook', ...keywordsIn('import')]

export interface PlaybookOptions extends Sources {
  readonly problems: Problem[]
}

/**
 * Reads the playbook at an absolute path with all that it imports; everything wrong in it is added to the problems.
 * `name` is what the user calls it.
 */
export function readPlaybook(name: string, path: string, options: PlaybookOptions): Playbook {
  return { path: name, plays: readPlays(path, undefined, nothingInherited, [path], options) }
}

function readPlays(
  path: string,
  wanted: ScalarNode | undefined,
  inherited: Inherited,
  chain: readonly string[],
  options: PlaybookOptions,
): Play[] {
  addTemplatePlugins(dirname(path))
  const before = options.files.problems.length
  const node = options.files.yaml(path, wanted?.place)
  if (node === undefined || isNull(node)) {
    if (options.files.problems.length === before) {
      options.problems.push({
        message: `${shownPath(path)} is empty: a playbook is a list of plays`,
        place: wanted?.place,
      })
    }
    return []
  }
  if (node.kind !== 'list') {
    const hint = 'begin each play with "- hosts: ..."'
    options.problems.push({ message: 'a playbook is a list of plays', place: node.place, hint })
    return []
  }
  return node.items.flatMap((item) => readPlayOrImport(item, path, inherited, chain, options))
}

function readPlayOrImport(
  node: Node,
  path: string,
  inherited: Inherited,
  chain: readonly string[],
  options: PlaybookOptions,
): Play[] {
  if (node.kind !== 'map') {
    options.problems.push({
      message: 'a play is a map with "hosts" and "tasks" or "roles"',
      place: node.place,
    })
    return []
  }
  const fields = new Fields(node, options.problems)
  const imported = fields.scalar('import_playbook') ?? fields.scalar('ansible.builtin.import_playbook')
  if (imported === undefined)
    return [readPlay(new Fields(withDefaults(node, options), options.problems), path, inherited, options)]
  fields.rejectUnknown('playbook import', importKeywords)
  const within = inherit(inherited, fields)
  const folder = dirname(path)
  const known = { ...options, inherited: within, playFolder: folder, playVars: undefined, role: undefined }
  const named = importName(imported, known)
  if (named === undefined) return []
  const target = playbookNamed(String(named.value), folder)
  const longer = [...chain, target]
  const message = chainProblem(`${shownPath(target)} imports itself`, longer)
  if (message !== undefined) {
    options.problems.push({ message, place: imported.place })
    return []
  }
  return readPlays(target, imported, within, longer, options)
}

/** The path of a playbook: relative to the one that names it, or of a collection (`namespace.collection.name`). */
export function playbookNamed(name: string, folder: string): string {
  const beside = resolve(folder, name)
  if (isFile(beside)) return beside
  const found = inCollection(name, 'playbooks', folder)
  return (found && firstFile(['.yml', '.yaml', ''].map((ending) => `${found}${ending}`))) ?? beside
}

/** A play with the keywords of the settings that it does not say itself. */
function withDefaults(play: MapNode, { keywords }: Sources): MapNode {
  const place = { source: new Source('settings', ''), start: 0, end: 0 }
  const entries = Object.entries(keywords)
    .filter(([key]) => !play.entries.some((entry) => entry.key === key))
    .map(([key, value]) => ({ key, keyPlace: place, value: toNode(value, place) }))
  return entries.length === 0 ? play : { ...play, entries: [...play.entries, ...entries] }
}

function readPlay(fields: Fields, path: string, outer: Inherited, options: PlaybookOptions): Play {
  const { problems } = options
  fields.rejectUnknown('play', playKeywords, {
    when: 'a play has no condition: put it on its tasks, roles or import',
  })
  const hosts = fields.get('hosts')
  if (hosts === undefined || isNull(hosts)) {
    problems.push({
      message: 'this play says no hosts',
      place: fields.node.place,
      hint: 'add "hosts: all", or a group',
    })
  }
  const vars = fields.map('vars')
  const collections = fields.words('collections')
  checkModuleDefaults(fields, { ...options, playFolder: dirname(path), role: undefined, collections })
  const own = inherit(outer, fields)
  // A play's own variables rank below facts, those of an import with the tasks'.
  const user = fields.get('user')
  const keywords = user === undefined ? own.keywords : { remote_user: user, ...own.keywords }
  const inherited: Inherited = { ...own, keywords, vars: outer.vars }
  const folder = dirname(path)
  const reading: Reading = {
    ...options,
    problems,
    playFolder: folder,
    playVars: vars,
    folder,
    role: undefined,
    inherited,
    chain: [],
    collections,
    within: [],
    handlers: false,
  }
  const hostsNode: Node = hosts ?? { kind: 'list', items: [], place: fields.node.place }
  return {
    place: fields.node.place,
    name: fields.text('name') ?? describe(hostsNode),
    hosts: hostsNode,
    file: path,
    folder,
    inherited,
    collections,
    vars,
    varsFiles: fields.list('vars_files'),
    varsPrompt: readPrompts(fields, problems),
    gatherFacts: fields.get('gather_facts'),
    gatherSubset: fields.get('gather_subset'),
    gatherTimeout: fields.get('gather_timeout'),
    factPath: fields.get('fact_path'),
    serial: fields.list('serial'),
    maxFailPercentage: fields.get('max_fail_percentage'),
    strategy: readStrategy(fields, problems),
    forceHandlers: fields.get('force_handlers'),
    order: fields.text('order') ?? 'inventory',
    preTasks: readSteps(fields.get('pre_tasks'), reading),
    roles: readRoleList(fields.items('roles'), reading, new Set()),
    tasks: readSteps(fields.get('tasks'), reading),
    postTasks: readSteps(fields.get('post_tasks'), reading),
    handlers: readHandlers(fields.get('handlers'), reading),
  }
}

function describe(hosts: Node): string {
  const value = toValue(hosts)
  return Array.isArray(value) ? value.join(',') : String(value)
}

function readStrategy(fields: Fields, problems: Problem[]): 'linear' | 'free' {
  const node = fields.scalar('strategy')
  const name = node === undefined ? 'linear' : String(node.value).replace(/^ansible\.builtin\./, '')
  if (node === undefined || name === 'linear' || name === 'debug') return 'linear'
  // What host_pinned adds to free, that a host is at its turn until it is done, free does here.
  if (name === 'free' || name === 'host_pinned') return 'free'
  problems.push({
    message: `unknown strategy "${node.value}"`,
    place: node.place,
    hint: 'it is linear, free or host_pinned',
  })
  return 'linear'
}

function readPrompts(fields: Fields, problems: Problem[]): VarsPrompt[] {
  return fields.items('vars_prompt').flatMap((node) => {
    const name = node.kind === 'map' ? new Fields(node, problems).text('name') : undefined
    if (node.kind !== 'map' || name === undefined) {
      problems.push({ message: 'a prompt is a map with "name" and "prompt"', place: node.place })
      return []
    }
    const prompt = new Fields(node, problems)
    prompt.rejectUnknown('prompt', Object.keys(PROMPT), {
      encrypt: 'hash it where it is used, with password_hash',
    })
    const isPrivate = prompt.scalar('private')?.value !== false
    const isConfirmed = prompt.scalar('confirm')?.value === true
    return [
      { name, prompt: prompt.text('prompt') ?? name, default: prompt.get('default'), isPrivate, isConfirmed },
    ]
  })
}

/** The roles that a play uses from its beginning, those of `roles:` and of import_role, each behind what it depends on. */
export function roleUses(play: Play): RoleUse[] {
  const listed = play.roles.flatMap(withDependencies)
  const steps = [...play.preTasks, ...listed.flatMap((use) => use.steps), ...play.tasks, ...play.postTasks]
  return [...listed, ...importedIn(steps)]
}

/** The roles that steps import. */
export function importedIn(steps: readonly Step[]): RoleUse[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'block') return []
    const own = step.imported === undefined ? [] : withDependencies(step.imported)
    return [...own, ...importedIn([...step.block, ...step.rescue, ...step.always])]
  })
}

/** Every handler of a play: those of its roles, imported ones too, then its own. */
export function handlersOf(play: Play): Step[] {
  return [...roleUses(play).flatMap(({ handlers }) => handlers), ...play.handlers]
}
