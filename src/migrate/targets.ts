import { basename, dirname, join } from 'node:path'
import { didYouMean, ProblemError } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import type { MapNode, Node } from '../values/value.ts'
import { isFile, isFolder, readWritten, shownPath } from '../yaml/files.ts'
import { parseYaml } from '../yaml/yaml.ts'
import { filesBelow, isRole, realPath, roleContent } from './content.ts'

/** What is to be migrated: paths, absolute and without links. */
export interface Target {
  readonly yaml: readonly string[]
  readonly templates: readonly string[]
  /** Folders of roles and playbooks. */
  readonly folders: readonly string[]
}

const PLAYBOOKS = /^(?:ansible\.(?:builtin|legacy)\.)?import_playbook$/
const FILES = /^(?:ansible\.(?:builtin|legacy)\.)?(?:import_tasks|include_tasks|include_vars|include)$/
const ROLES = /^(?:ansible\.(?:builtin|legacy)\.)?(?:import_role|include_role)$/

/** What playbooks, roles, folders and files stand for, with what they name outright. Raises ProblemError. */
export function targetsOf(paths: readonly string[]): Target {
  const finder = new TargetFinder()
  for (const path of paths) finder.add(path)
  return { yaml: [...finder.yaml], templates: [...finder.templates], folders: [...finder.folders] }
}

class TargetFinder {
  readonly yaml = new Set<string>()
  readonly templates = new Set<string>()
  readonly folders = new Set<string>()

  add(given: string): void {
    const path = isFile(given) || isFolder(given) ? realPath(given) : this.#roleNamed(given, process.cwd())
    if (path === undefined) {
      const hint = didYouMean(basename(given), namesIn(dirname(given)))
      throw new ProblemError({ message: `there is no playbook, role or file "${given}"`, hint })
    }
    if (isFolder(path)) this.#folder(path)
    else if (/\.ya?ml$/.test(path)) this.#file(path)
    else if (path.endsWith('.j2')) this.templates.add(path)
    else
      throw new ProblemError({
        message: `${shownPath(path)} is neither YAML nor a template`,
        hint: 'files end in .yml, .yaml or .j2',
      })
  }

  #folder(path: string): void {
    this.folders.add(path)
    if (isRole(path)) {
      this.#role(path)
      return
    }
    const files = filesBelow(path, (file) => /\.ya?ml$|\.j2$/.test(file))
    if (files.length === 0)
      throw new ProblemError({ message: `${shownPath(path)} holds no YAML and no templates` })
    for (const file of files) (file.endsWith('.j2') ? this.templates : this.yaml).add(file)
  }

  #role(folder: string): void {
    this.folders.add(folder)
    const { yaml, templates } = roleContent(folder)
    for (const path of yaml) this.yaml.add(path)
    for (const path of templates) this.templates.add(path)
  }

  /** A file with those that it names outright, and the roles. */
  #file(path: string): void {
    if (this.yaml.has(path) || !isFile(path)) return
    this.yaml.add(path)
    const source = readWritten(path)
    const root = source instanceof Source ? parseYaml(source).node : undefined
    if (root?.kind !== 'list') return
    const folder = dirname(path)
    if (root.items.some((item) => textOf(entry(item, 'hosts')) !== undefined)) this.#beside(folder)
    this.#named(root, folder)
  }

  /** What lies beside a playbook. */
  #beside(folder: string): void {
    if (this.folders.has(folder)) return
    this.folders.add(folder)
    for (const name of ['group_vars', 'host_vars'])
      for (const path of filesBelow(join(folder, name), (file) => /\.ya?ml$/.test(file))) this.yaml.add(path)
    for (const path of filesBelow(join(folder, 'templates'), (file) => file.endsWith('.j2')))
      this.templates.add(path)
  }

  #named(node: Node, folder: string): void {
    if (node.kind === 'list') for (const item of node.items) this.#named(item, folder)
    if (node.kind !== 'map') return
    for (const { key, value } of node.entries) {
      if (PLAYBOOKS.test(key) || FILES.test(key))
        this.#path(textOf(value) ?? textOf(entry(value, 'file')), folder)
      else if (ROLES.test(key)) this.#roleUse(textOf(entry(value, 'name')), folder)
      else if (key === 'roles' && value.kind === 'list')
        for (const role of value.items)
          this.#roleUse(textOf(role) ?? textOf(entry(role, 'role')) ?? textOf(entry(role, 'name')), folder)
      else if (key === 'vars_files' && value.kind === 'list')
        for (const file of value.items) this.#path(textOf(file), folder)
      this.#named(value, folder)
    }
  }

  #path(name: string | undefined, folder: string): void {
    if (name === undefined || name.includes('{{')) return
    const path = join(folder, name.split(/\s/)[0]!)
    if (isFile(path) && /\.ya?ml$/.test(path)) this.#file(realPath(path))
  }

  #roleUse(name: string | undefined, folder: string): void {
    const role = name === undefined ? undefined : this.#roleNamed(name, folder)
    if (role !== undefined) this.#role(role)
  }

  #roleNamed(name: string, folder: string): string | undefined {
    const path = [join(folder, 'roles', name), join(dirname(folder), name)].find((one) => isRole(one))
    return path === undefined ? undefined : realPath(path)
  }
}

function namesIn(folder: string): string[] {
  return filesBelow(folder, (path) => dirname(path) === folder || dirname(path) === '.').map((path) =>
    basename(path),
  )
}

function entry(node: Node, name: string): Node {
  const found =
    node.kind === 'map' ? (node as MapNode).entries.find(({ key }) => key === name)?.value : undefined
  return found ?? { kind: 'scalar', value: null, place: node.place }
}

function textOf(node: Node): string | undefined {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}
