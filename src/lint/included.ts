import { dirname, join, resolve } from 'node:path'
import { splitWords } from '../playbook/key-values.ts'
import { mapOfRun } from '../values/of-run.ts'
import { isFile, isFolder } from '../yaml/files.ts'
import { type Lintable, walk } from './discover.ts'
import { kindOfPath } from './kinds.ts'
import type { LintFile } from './lint-file.ts'
import { argument, type LintTask, playsOf, tasksOf, textOf, under } from './tasks.ts'

/** The files that a file names: those of tasks and playbooks that it includes, and all of the roles that it uses; `rolesPath` are absolute. */
export function includedBy(file: LintFile, rolesPath: readonly string[]): Lintable[] {
  const folder = dirname(file.path)
  return [
    ...tasksOf(file).flatMap((task) => ofTask(task, folder, rolesPath)),
    ...playsOf(file).flatMap((play) => [
      ...rolesOf(under(play, 'roles')).flatMap((name) => ofRole(name, folder, rolesPath)),
      ...imported(play, folder),
    ]),
  ]
}

/** The playbook that an entry of a playbook imports. */
export function imported(play: ReturnType<typeof playsOf>[number], folder: string): Lintable[] {
  const name = textOf(under(play, 'import_playbook') ?? under(play, 'ansible.builtin.import_playbook'))
  return name === undefined ? [] : fileNamed(name, [folder], 'playbook')
}

function ofTask({ action, file }: LintTask, folder: string, rolesPath: readonly string[]): Lintable[] {
  if (action === undefined) return []
  if (/^(include|import)_role$/.test(action.short)) {
    const name = argument(action, 'name') ?? argument(action, 'role')
    return typeof name === 'string' ? ofRole(name, folder, rolesPath) : []
  }
  if (!/^(include|(include|import)_tasks)$/.test(action.short)) return []
  const name = argument(action, 'file') ?? splitWords(action.free)[0]
  const folders = [folder, ...(file.role === undefined ? [] : [join(file.role, 'tasks')])]
  const kind = file.kind === 'handlers' ? 'handlers' : 'tasks'
  return typeof name === 'string' ? fileNamed(name, folders, kind) : []
}

function fileNamed(name: string, folders: readonly string[], kind: Lintable['kind']): Lintable[] {
  if (name.includes('{{')) return []
  const path = folders.map((folder) => resolve(folder, name)).find(isFile)
  return path === undefined ? [] : [{ path, kind }]
}

function rolesOf(list: ReturnType<typeof under>): string[] {
  if (list?.kind !== 'list') return []
  return list.items.flatMap(
    (item) => textOf(item.kind === 'map' ? (under(item, 'role') ?? under(item, 'name')) : item) ?? [],
  )
}

/** Parts of a role with files of YAML that are looked at. */
const PARTS = ['tasks', 'meta', 'handlers', 'vars', 'defaults']

function ofRole(name: string, folder: string, rolesPath: readonly string[]): Lintable[] {
  if (name.includes('{{')) return []
  const places = [
    join(folder, 'roles', name),
    ...rolesPath.map((path) => join(path, name)),
    join(folder, name),
    join(folder, '../..', name),
  ]
  const role = places.find((place) => PARTS.some((part) => isFolder(join(place, part))))
  if (role === undefined) return []
  return filesOfRole(role)
}

const known = mapOfRun<string, Lintable[]>()

/** Looked for once, however often a role is used. */
function filesOfRole(role: string): Lintable[] {
  const found = known.get(role) ?? PARTS.map((part) => join(role, part)).flatMap(walked)
  known.set(role, found)
  return found
}

function walked(folder: string): Lintable[] {
  if (!isFolder(folder)) return []
  return walk(folder).flatMap((name) => {
    const path = resolve(folder, name)
    const kind = /\.ya?ml$/.test(name) ? kindOfPath(path) : undefined
    return kind === undefined ? [] : [{ path, kind }]
  })
}
