import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { argumentSpecsAt } from '../playbook/argument-specs.ts'
import { findRole, roleFolders } from '../playbook/role-search.ts'
import { ProblemError } from '../values/problem.ts'
import { isMap, toValue, type Value } from '../values/value.ts'
import { Files, isFolder } from '../yaml/files.ts'
import { type Entry, type Kind, paragraphs, writtenOptions } from './entry.ts'

const UNDESCRIBED = 'It describes no arguments: it has no meta/argument_specs.yml.'

/** Where roles are looked for. */
export interface RoleFolders {
  readonly playFolder: string
  readonly rolesPath: readonly string[]
}

/** The roles that describe their arguments; an entry for each way into one, or for the one that is `wanted`. */
export function roleKind(folders: RoleFolders, wanted: string | undefined): Kind {
  const find = (name: string): Entry[] => {
    const path = findRole(name, { ...folders, role: undefined, collections: [] })
    if (path === undefined) return []
    const specs = Object.entries(specsAt(path))
    if (specs.length === 0) return [roleEntry(name, path, 'main', { short_description: UNDESCRIBED })]
    return specs
      .filter(([entry]) => wanted === undefined || entry === wanted)
      .map(([entry, spec]) => roleEntry(name, path, entry, spec))
  }
  const names = () => roleNames(folders)
  return { names, find, has: (name) => names().includes(name) }
}

/** What is said of a role by entry. Raises ProblemError for a file that is wrong. */
function specsAt(path: string): { readonly [entry: string]: Value } {
  const files = new Files()
  const node = argumentSpecsAt(path, files)
  if (files.problems.length > 0) throw new ProblemError(files.problems)
  const specs = node && toValue(node)
  return isMap(specs) ? specs : {}
}

function roleEntry(name: string, file: string, entry: string, written: Value): Entry {
  const spec = isMap(written) ? written : {}
  return {
    kind: 'role',
    name,
    file,
    summary: paragraphs(spec.short_description).join(' '),
    description: paragraphs(spec.description),
    facts: { 'entry point': [entry] },
    options: writtenOptions(spec.options),
    author: paragraphs(spec.author),
  }
}

/** The roles of those folders that have argument specs; a file that is wrong does not count here. */
function roleNames(folders: RoleFolders): string[] {
  const found = roleFolders(folders)
    .slice(0, -1)
    .filter(isFolder)
    .flatMap((folder) => readdirSync(folder).map((name) => ({ name, path: join(folder, name) })))
    .filter(({ path }) => isFolder(path) && argumentSpecsAt(path, new Files()) !== undefined)
  return [...new Set(found.map(({ name }) => name))].sort()
}
