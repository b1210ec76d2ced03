import { homedir } from 'node:os'
import { join } from 'node:path'
import { isFolder } from '../yaml/files.ts'
import { pythonPackages } from './python-packages.ts'

const NAME = /^[a-z_]\w*\.[a-z_]\w*$/i

/** Whether a name has a collection in front: `namespace.collection.name`. */
export function isQualified(name: string): boolean {
  return /^[a-z_]\w*\.[a-z_]\w*\.\w+(\.\w+)*$/i.test(name)
}

/** The folder of an installed collection `namespace.collection`; undefined when there is none. */
function collectionFolder(collection: string, playFolder: string): string | undefined {
  if (!NAME.test(collection)) return undefined
  const [namespace, name] = collection.split('.') as [string, string]
  return collectionRoots(playFolder)
    .map((root) => join(root, 'ansible_collections', namespace, name))
    .find(isFolder)
}

let folders: readonly string[] = [join(homedir(), '.ansible/collections'), '/usr/share/ansible/collections']

/** Says where collections are installed, before anything is read. */
export function searchCollections(paths: readonly string[]): void {
  folders = paths.map((path) => path.replace(/\/ansible_collections\/?$/, ''))
}

/** Beside the playbook, the user's, the system's; and around a playbook that is part of a collection itself. */
export function collectionRoots(playFolder: string): string[] {
  const around = /^(.*)\/ansible_collections\/[^/]+\/[^/]+\//.exec(`${playFolder}/`)?.[1]
  return [
    ...(around === undefined ? [] : [around]),
    join(playFolder, 'collections'),
    ...folders,
    ...pythonPackages(),
  ]
}

/** What a collection holds under a name, in its folder `part`: `roles`, `playbooks`; undefined for a short name. */
export function inCollection(name: string, part: string, playFolder: string): string | undefined {
  if (!isQualified(name)) return undefined
  const [namespace, collection, ...rest] = name.split('.')
  const folder = collectionFolder(`${namespace}.${collection}`, playFolder)
  return folder === undefined ? undefined : join(folder, part, ...rest)
}

/** The collection that a file or folder is part of. */
export function collectionOf(path: string): string | undefined {
  const found = /\/ansible_collections\/([^/]+)\/([^/]+)\/(?:roles|playbooks)\//.exec(`${path}/`)
  return found === null ? undefined : `${found[1]}.${found[2]}`
}
