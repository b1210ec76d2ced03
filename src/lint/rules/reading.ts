import { basename, dirname } from 'node:path'
import { nothingInherited } from '../../playbook/inherit.ts'
import { readPlaybook } from '../../playbook/playbook.ts'
import type { Reading } from '../../playbook/reading.ts'
import { readHandlers, readSteps } from '../../playbook/steps.ts'
import { type Problem, ProblemError } from '../../values/problem.ts'
import type { Node } from '../../values/value.ts'
import { isVault } from '../../vault/envelope.ts'
import { Files } from '../../yaml/files.ts'
import type { Found } from '../finding.ts'
import { imported } from '../included.ts'
import type { LintFile } from '../lint-file.ts'
import type { Project } from '../project.ts'
import type { Rule, RuleContext } from '../rule.ts'
import { playsOf, textOf, under } from '../tasks.ts'
import { writtenText } from '../written.ts'

const SCHEMA = {
  tasks: 'Put the keywords of a task right.',
  meta: 'Write min_ansible_version as text.',
}

const schemaRule = {
  id: 'schema',
  description: 'Write files as Ansible takes them: its keywords, and modules that there are.',
  severity: 'VERY_HIGH',
  tags: ['core'],
  profile: 'basic',
  parts: SCHEMA,
} as const

/** What keeps a file from being read, and a playbook from being run. */
export const reading: readonly Rule[] = [
  {
    id: 'load-failure',
    description: 'Put right what keeps a file from being read.',
    severity: 'VERY_HIGH',
    tags: ['core', 'unskippable'],
    profile: 'min',
    on: 'project',
    check: checkLoaded,
  },
  {
    id: 'syntax-check',
    description: 'Put right what keeps a playbook from being run: what "run --syntax-check" finds.',
    severity: 'VERY_HIGH',
    tags: ['core', 'unskippable'],
    profile: 'min',
    on: 'project',
    check: checkPlaybooks,
  },
  { ...schemaRule, on: 'project', check: checkTasksFiles },
  { ...schemaRule, on: 'file', check: checkMeta },
]

/** The kinds of files that Ansible reads itself: other YAML may have tags and documents of its own. */
const OF_ANSIBLE = ['playbook', 'tasks', 'handlers', 'vars', 'meta', 'arg_specs']

function* checkLoaded({ files, unread }: Project): Iterable<Found> {
  for (const { problem } of unread) yield located(problem, undefined)
  for (const file of files)
    for (const problem of file.problems)
      if (OF_ANSIBLE.includes(file.kind) || !/^the tag /.test(problem.message)) yield located(problem, file)
}

function located(problem: Problem, file: LintFile | undefined): Found {
  const place = problem.place ?? (file === undefined ? undefined : file.at(0, 0))
  return { ...problem, place: place! }
}

function sourcesOf({ modules }: RuleContext) {
  return { files: new Files(), rolesPath: [], modules, extraVars: new Map(), keywords: {} }
}

function* checkPlaybooks(project: Project, context: RuleContext): Iterable<Found> {
  const sources = { ...sourcesOf(context), rolesPath: project.rolesPath }
  const problems: Problem[] = []
  for (const { path } of notImported(project))
    caught(problems, () => readPlaybook(path, path, { ...sources, problems }))
  yield* eachOnce(problems.concat(sources.files.problems), project, context)
}

/** The playbooks by which all are read: what another imports is read with that one. */
function notImported({ files }: Project): LintFile[] {
  const playbooks = new Map(
    files
      .filter(({ kind, node }) => kind === 'playbook' && node !== undefined)
      .map((file) => [file.path, file]),
  )
  const targets = new Map(
    [...playbooks.values()].map((file) => [
      file,
      playsOf(file).flatMap((play) => imported(play, dirname(file.path))),
    ]),
  )
  const named = new Set([...targets.values()].flat().map(({ path }) => path))
  const reached = new Set<LintFile>()
  const reach = (file: LintFile | undefined): void => {
    if (file === undefined || reached.has(file)) return
    reached.add(file)
    for (const { path } of targets.get(file)!) reach(playbooks.get(path))
  }
  const roots = [...playbooks.values()].filter(({ path }) => !named.has(path))
  for (const root of roots) reach(root)
  // Those that import each other in a circle.
  return [...roots, ...[...playbooks.values()].filter((file) => !reached.has(file))]
}

function caught(problems: Problem[], read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    problems.push(...error.problems)
  }
}

function* checkTasksFiles(project: Project, context: RuleContext): Iterable<Found> {
  const sources = sourcesOf(context)
  const problems: Problem[] = []
  for (const file of project.files) {
    if ((file.kind !== 'tasks' && file.kind !== 'handlers') || file.node === undefined) continue
    const folder = dirname(file.path)
    const inside: Reading = {
      ...sources,
      problems,
      playFolder: file.role ?? folder,
      playVars: undefined,
      folder,
      role: undefined,
      inherited: nothingInherited,
      collections: [],
      chain: [file.path],
      within: [],
      handlers: file.kind === 'handlers',
    }
    const { node } = file
    caught(problems, () => (file.kind === 'handlers' ? readHandlers(node, inside) : readSteps(node, inside)))
  }
  yield* eachOnce(problems, project, context, 'tasks')
}

/** Problems with a place in a file that is looked at, each once, and none of what the configuration says is elsewhere. */
function* eachOnce(
  problems: readonly Problem[],
  project: Project,
  { config }: RuleContext,
  part?: string,
): Iterable<Found> {
  const mocked = [...config.mockRoles, ...config.mockModules, ...rolesFromElsewhere(project)]
  const byPath = new Map(project.files.map((file) => [file.source.path, file]))
  const seen = new Set<string>()
  for (const problem of problems) {
    const { place, message } = problem
    const file = place === undefined ? undefined : byPath.get(place.source.path)
    const key = `${place?.source.path}:${place?.start}:${message}`
    if (place === undefined || file === undefined || seen.has(key)) continue
    seen.add(key)
    if (
      file.problems.length > 0 ||
      // Nobody is asked for a password.
      isVault(file.source.text) ||
      isElsewhere(problem, part !== undefined) ||
      mocked.some((name) => message.includes(`"${name}"`))
    )
      continue
    const { start, end } = place
    yield { ...problem, place: file.at(start, end), ...(part !== undefined && { part }) }
  }
}

/** Where a role is used, and with what beside it, its own files do not tell. */
function isElsewhere({ message }: Problem, isAlone: boolean): boolean {
  return isAlone && /^unknown (role|tasks file)|does not exist/.test(message)
}

/** The roles that requirements bring, and the names by which the project itself, if it is one, is known. */
function rolesFromElsewhere({ files, root }: Project): string[] {
  const names: string[] = []
  for (const { kind, node, path } of files) {
    if (node !== undefined && kind === 'requirements') names.push(...namesIn(node))
    if (node?.kind === 'map' && kind === 'meta') {
      names.push(...namesIn(under(node, 'dependencies')))
      if (path === `${root}/meta/main.yml`) names.push(...ownNames(under(node, 'galaxy_info'), root))
    }
  }
  return names
}

function namesIn(node: Node | undefined): string[] {
  if (node?.kind === 'map') return namesIn(under(node, 'roles'))
  if (node?.kind !== 'list') return []
  return node.items.flatMap((item) => {
    const named =
      item.kind === 'map' ? (under(item, 'name') ?? under(item, 'role') ?? under(item, 'src')) : item
    return textOf(named) ?? []
  })
}

function ownNames(info: Node | undefined, root: string): string[] {
  const said =
    info?.kind === 'map'
      ? {
          role: textOf(under(info, 'role_name')),
          owner: textOf(under(info, 'namespace') ?? under(info, 'author')),
        }
      : {}
  const role = said.role ?? basename(root).replace(/^ansible-role-/, '')
  return [role, basename(root), ...(said.owner === undefined ? [] : [`${said.owner}.${role}`])]
}

/** 2.10 is the number 2.1. */
function* checkMeta({ kind, node }: LintFile): Iterable<Found> {
  const info = kind === 'meta' && node?.kind === 'map' ? under(node, 'galaxy_info') : undefined
  const version = info?.kind === 'map' ? under(info, 'min_ansible_version') : undefined
  if (version?.kind === 'scalar' && typeof version.value !== 'string' && version.value !== null)
    yield {
      part: 'meta',
      message: 'min_ansible_version is a number, and 2.10 is the same as 2.1',
      place: version.place,
      hint: `write "${writtenText(version.place)}" in quotes`,
    }
}
