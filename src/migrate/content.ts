import { type Dirent, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { isFile, isFolder } from '../yaml/files.ts'

/** Files of a project that are looked through, and how deep folders may lie in each other. */
const FILES_AT_MOST = 20_000
const DEEPEST = 12

const YAML = /\.(?:ya?ml)$/
const OTHERS = /^(?:\.|node_modules$|venv$|molecule$|tests?$|collections$|__pycache__$)/
/** The folders of a role that hold tasks, variables and templates. */
const OF_ROLES = ['tasks', 'handlers', 'defaults', 'vars', 'templates']

/** What a playbook, a role or a file stands for: paths, absolute. */
export interface Content {
  /** What may be changed. */
  readonly yaml: readonly string[]
  readonly templates: readonly string[]
  /** What is only looked into: it may name those templates, and define variables. */
  readonly around: readonly string[]
  /** The folders of roles, and of playbooks. */
  readonly folders: readonly string[]
}

/** All files below a folder, in order; links are not followed. */
export function filesBelow(folder: string, wanted: (path: string) => boolean): string[] {
  const found: string[] = []
  const look = (at: string, depth: number) => {
    for (const entry of entriesOf(at)) {
      const path = join(at, entry.name)
      if (entry.isDirectory() && depth < DEEPEST && !OTHERS.test(entry.name)) look(path, depth + 1)
      else if (entry.isFile() && found.length < FILES_AT_MOST && wanted(path)) found.push(path)
    }
  }
  look(folder, 0)
  return found
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

export function isRole(folder: string): boolean {
  return (
    ['tasks', 'handlers', 'templates', 'defaults', 'vars', 'meta'].some((name) =>
      isFolder(join(folder, name)),
    ) &&
    ['tasks', 'meta', 'handlers'].some(
      (name) => isFile(join(folder, name, 'main.yml')) || isFile(join(folder, name, 'main.yaml')),
    )
  )
}

/** The YAML files and templates of a role. */
export function roleContent(folder: string): Pick<Content, 'yaml' | 'templates'> {
  const files = OF_ROLES.flatMap((name) => filesBelow(join(folder, name), () => true))
  const inTemplates = (path: string) => path.startsWith(join(folder, 'templates') + sep)
  return {
    yaml: files.filter((path) => YAML.test(path) && !inTemplates(path)),
    templates: files.filter((path) => path.endsWith('.j2')),
  }
}

/** The folder of the project that a path belongs to: that around `roles`, else the role's or the file's own. */
export function projectOf(path: string): string {
  const parts = path.split(sep)
  const at = parts.lastIndexOf('roles')
  const folder = parts.slice(0, at).join(sep)
  if (
    at > 0 &&
    (isFile(join(folder, 'ansible.cfg')) || entriesOf(folder).some(({ name }) => YAML.test(name)))
  )
    return folder
  return roleAround(path) ?? (isFolder(path) ? path : dirname(path))
}

/** The role that a path lies in. */
function roleAround(path: string): string | undefined {
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) {
    if (isFolder(folder) && isRole(folder)) return folder
    if (basename(dirname(folder)) === 'roles') return undefined
  }
  return undefined
}

/** The real path of what there is. */
export function realPath(path: string): string {
  return realpathSync(resolve(path))
}

/** What may name templates or define variables. */
export function lookedThrough(path: string): boolean {
  return YAML.test(path) || path.endsWith('.j2') || path.endsWith('.hbs')
}
