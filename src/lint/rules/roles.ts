import { basename, dirname, join, resolve } from 'node:path'
import type { MapNode } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'
import type { Project } from '../project.ts'
import type { Rule } from '../rule.ts'
import { argument, type LintTask, textOf, under } from '../tasks.ts'

const NAME = {
  id: 'role-name',
  description: 'Name roles with small letters, digits and underscores, and without paths.',
  severity: 'HIGH',
  tags: ['deprecations', 'metadata'],
  profile: 'basic',
  parts: { path: 'Name roles without the folders in which they lie.' },
} as const

export const roles: readonly Rule[] = [
  { ...NAME, on: 'task', check: checkTask },
  { ...NAME, on: 'play', check: checkPlay },
  { ...NAME, on: 'project', check: checkFolders },
  { ...NAME, on: 'file', check: checkMeta },
  {
    id: 'meta-no-info',
    description: 'Say author, description, license, min_ansible_version and platforms in meta/main.yml.',
    severity: 'HIGH',
    tags: ['metadata'],
    profile: 'shared',
    on: 'file',
    check: checkInfo,
  },
  {
    id: 'meta-incorrect',
    description: 'Replace what ansible-galaxy has written into meta/main.yml.',
    severity: 'HIGH',
    tags: ['metadata'],
    profile: 'shared',
    on: 'file',
    check: checkDefaults,
  },
  {
    id: 'playbook-extension',
    description: 'Let the names of playbooks end in .yml or .yaml.',
    severity: 'MEDIUM',
    tags: ['formatting'],
    profile: 'basic',
    on: 'file',
    check: checkExtension,
  },
]

function* checkTask({ action }: LintTask): Iterable<Found> {
  if (action?.short !== 'import_role' && action?.short !== 'include_role') return
  const name = argument(action, 'name')
  if (typeof name === 'string' && name.includes('/')) yield path(name, action.args.get('name')!.place)
}

function* checkPlay(play: MapNode): Iterable<Found> {
  const list = under(play, 'roles')
  if (list?.kind !== 'list') return
  for (const item of list.items) {
    const node = item.kind === 'map' ? (under(item, 'role') ?? under(item, 'name')) : item
    const name = textOf(node)
    if (node !== undefined && name?.includes('/')) yield path(name, node.place)
  }
}

function path(name: string, place: Found['place']): Found {
  return {
    part: 'path',
    message: `"${name}" is a path`,
    place,
    hint: 'name the role alone, and say roles_path',
  }
}

function galaxyInfo(node: LintFile['node']): MapNode | undefined {
  const info = node?.kind === 'map' ? under(node, 'galaxy_info') : undefined
  return info?.kind === 'map' ? info : undefined
}

function* checkMeta({ kind, node, path: file }: LintFile): Iterable<Found> {
  // Those below roles/ are looked at by their folder.
  if (kind !== 'meta' || node === undefined || isBelowRoles(dirname(dirname(file)))) return
  const info = galaxyInfo(node)
  const written = info === undefined ? undefined : under(info, 'role_name')
  const folder = basename(dirname(dirname(resolve(file))))
  const name = (
    written?.kind === 'scalar' && written.value !== null ? String(written.value) : folder
  ).replace(/^ansible-role-/, '')
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    yield {
      message: `the role's name "${name}" is no name as roles have them`,
      place: written?.place ?? { ...node.place, end: node.place.start },
      hint: NAME.description,
    }
}

function isBelowRoles(folder: string): boolean {
  return basename(dirname(folder)) === 'roles'
}

function* checkFolders({ files, roles: folders }: Project): Iterable<Found> {
  for (const folder of folders.filter(isBelowRoles)) {
    const meta = files.find(
      ({ path: file }) => /^main\.ya?ml$/.test(basename(file)) && dirname(file) === join(folder, 'meta'),
    )
    const info = galaxyInfo(meta?.node)
    const said = info === undefined ? undefined : textOf(under(info, 'role_name'))
    const file = meta ?? files.find(({ role }) => role === folder)!
    const name = (said ?? basename(folder)).replace(/^ansible-role-/, '')
    if (!/^[a-z][a-z0-9_]*$/.test(name))
      yield {
        message: `the role's name "${name}" is no name as roles have them`,
        place: file.at(0, 0),
        hint: NAME.description,
      }
  }
}

const INFO = ['author', 'description', 'license', 'min_ansible_version', 'platforms']

function* checkInfo({ kind, node, path: file }: LintFile): Iterable<Found> {
  if (kind !== 'meta' || node === undefined || basename(file) !== 'main.yml') return
  const info = galaxyInfo(node)
  if (info === undefined) {
    yield { message: '"galaxy_info" is missing', place: { ...node.place, end: node.place.start } }
    return
  }
  for (const key of INFO) {
    const entry = info.entries.find((one) => one.key === key)
    const value = entry?.value
    if (value === undefined || (value.kind === 'scalar' && !value.value))
      yield {
        message: `galaxy_info does not say ${key}`,
        place:
          node.kind === 'map' ? node.entries.find((one) => one.key === 'galaxy_info')!.keyPlace : node.place,
      }
    else if ((key === 'author' || key === 'description') && textOf(value) === undefined)
      yield { message: `${key} is a text`, place: value.place }
    else if (key === 'platforms' && value.kind !== 'list')
      yield { message: 'platforms is a list of maps with "name"', place: value.place }
  }
}

const WRITTEN_BY_GALAXY: readonly (readonly [string, string])[] = [
  ['author', 'your name'],
  ['description', 'your description'],
  ['company', 'your company (optional)'],
  ['license', 'license (GPLv2, CC-BY, etc)'],
  ['license', 'license (GPL-2.0-or-later, MIT, etc)'],
]

function* checkDefaults({ kind, node }: LintFile): Iterable<Found> {
  const info = kind === 'meta' ? galaxyInfo(node) : undefined
  if (info === undefined) return
  for (const [key, text] of WRITTEN_BY_GALAXY) {
    const value = under(info, key)
    if (textOf(value) === text)
      yield { message: `${key} is what ansible-galaxy has written`, place: value!.place }
  }
}

function* checkExtension({ kind, path: file, source }: LintFile): Iterable<Found> {
  if (kind === 'playbook' && !/\.ya?ml$/.test(file) && !file.startsWith('/dev/'))
    yield {
      message: "the playbook's name does not end in .yml or .yaml",
      place: { source, start: 0, end: 0 },
    }
}
