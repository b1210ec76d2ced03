import { dirname, join } from 'node:path'
import { controllerHome, readdirSync } from '../values/controller-files.ts'
import { didYouMean } from '../values/problem.ts'
import { isFolder, shownPath } from '../yaml/files.ts'
import type { Role } from './ast.ts'
import { collectionOf, inCollection, isQualified } from './collections.ts'
import type { Reading } from './reading.ts'

type Searching = Pick<Reading, 'playFolder' | 'rolesPath' | 'collections'> & {
  readonly role: Pick<Role, 'path'> | undefined
}

/** Where Ansible looks for roles when no setting says where. */
const DEFAULT_ROLES_PATH = ['~/.ansible/roles', '/usr/share/ansible/roles', '/etc/ansible/roles']

/** The folder of a role, as Ansible looks for it; undefined when there is none of that name. */
export function findRole(name: string, reading: Searching): string | undefined {
  if (name.startsWith('/')) return isFolder(name) ? name : undefined
  if (isQualified(name)) {
    const found = inCollection(name, 'roles', reading.playFolder)
    if (found !== undefined && isFolder(found)) return found
  }
  const ofCollections = collectionsOf(reading).flatMap(
    (collection) => inCollection(`${collection}.${name}`, 'roles', reading.playFolder) ?? [],
  )
  const own = reading.role === undefined ? [] : [dirname(reading.role.path)]
  const [beside, ...others] = roleFolders(reading)
  const folders = [beside!, ...others.slice(0, -1), ...own, others.at(-1)!]
  return [...ofCollections, ...folders.map((folder) => join(folder, name))].find(isFolder)
}

/** The collection that a role is in comes before those of the play. */
function collectionsOf({ role, collections }: Searching): string[] {
  const own = role === undefined ? undefined : collectionOf(role.path)
  return own === undefined ? [...collections] : [own, ...collections]
}

/** Beside the playbook, where the settings say, and the playbook's own folder. */
export function roleFolders({
  playFolder,
  rolesPath,
}: Pick<Searching, 'playFolder' | 'rolesPath'>): string[] {
  const elsewhere = rolesPath.length > 0 ? rolesPath : DEFAULT_ROLES_PATH
  return [join(playFolder, 'roles'), ...elsewhere.map(atHome), playFolder]
}

function atHome(path: string): string {
  return path.startsWith('~/') ? join(controllerHome(), path.slice(2)) : path
}

/** What to do about a role that is nowhere. */
export function roleHint(name: string, reading: Searching): string {
  if (isQualified(name)) {
    const collection = name.split('.').slice(0, 2).join('.')
    return `collections are looked for in collections/ansible_collections beside the playbook and in ~/.ansible/collections; run install collection ${collection} installs it there`
  }
  const known = roleFolders(reading)
    .slice(0, -1)
    .filter(isFolder)
    .flatMap((folder) => readdirSync(folder))
  const places = roleFolders(reading).map(shownPath).join(', ')
  return didYouMean(name, known) ?? `roles are looked for in ${places}`
}
