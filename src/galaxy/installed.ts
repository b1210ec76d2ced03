import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { dumpYaml } from '../python/yaml/dump.ts'
import { isMap, toValue } from '../values/value.ts'
import { Files, isFolder } from '../yaml/files.ts'
import type { Exactly } from './fetched.ts'
import { type CollectionInfo, MANIFEST, readInfo, sha256Of } from './manifest.ts'
import { isCollectionName, isRoleName } from './names.ts'

export interface InstalledRole extends Exactly {
  readonly name: string
  readonly path: string
  /** As it was asked for; undefined for a role that nobody has installed, or of which no version is known. */
  readonly version?: string | undefined
  /** Where it came from, if that is known: `roleSource`'s text. */
  readonly source?: string | undefined
  /** Installed by run install or ansible-galaxy, and not written there. */
  readonly isInstalled: boolean
}

export interface InstalledCollection extends CollectionInfo {
  readonly path: string
  /** Of its MANIFEST.json, which holds those of all files; undefined where it was not installed but written there. */
  readonly manifest?: string | undefined
}

const INFO = 'meta/.galaxy_install_info'

/** What a folder of roles has under a name. */
export function roleIn(root: string, name: string): InstalledRole | undefined {
  const path = join(root, name)
  if (!isFolder(path)) return undefined
  const file = join(path, INFO)
  const node = existsSync(file) ? new Files().yaml(file) : undefined
  const info = node === undefined ? undefined : toValue(node)
  if (!isMap(info)) return { name, path, isInstalled: false }
  const text = (key: string) =>
    info[key] === undefined || info[key] === null ? undefined : String(info[key])
  const version = text('version') || undefined
  return {
    name,
    path,
    isInstalled: true,
    version,
    source: text('source'),
    commit: text('commit'),
    sha256: text('sha256'),
  }
}

/** The roles in a folder of roles, by name. */
export function rolesIn(root: string): InstalledRole[] {
  return namesIn(root)
    .filter((name) => isRoleName(name) && isRole(join(root, name)))
    .map((name) => roleIn(root, name)!)
}

function isRole(path: string): boolean {
  return ['meta/main.yml', 'meta/main.yaml', 'tasks/main.yml', 'tasks/main.yaml', INFO].some((name) =>
    existsSync(join(path, name)),
  )
}

/** What `meta/.galaxy_install_info` says of a role that is installed now; ansible-galaxy reads the first two. */
export function installInfo(
  version: string | undefined,
  source: string,
  { commit, sha256 }: Exactly,
): string {
  const date = new Date().toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*/, '$1 $3 $2 $5 $4')
  return dumpYaml({
    install_date: date,
    version: version ?? '',
    source,
    ...(commit && { commit }),
    ...(sha256 && { sha256 }),
  })
}

export const INSTALL_INFO = INFO

/** The collection that a folder of collections has under "namespace.name". Raises an Error with a sentence when it is broken. */
export function collectionIn(root: string, name: string): InstalledCollection | undefined {
  const path = join(root, 'ansible_collections', ...name.split('.'))
  if (!isFolder(path)) return undefined
  const manifest = join(path, MANIFEST)
  return { ...readInfo(path), path, ...(existsSync(manifest) && { manifest: sha256Of(manifest) }) }
}

/** The collections in a folder of collections, by name; `broken` is told of those that say nothing of themselves. */
export function collectionsIn(
  root: string,
  broken: (message: string) => void = () => {},
): InstalledCollection[] {
  const folder = join(root, 'ansible_collections')
  return namesIn(folder).flatMap((namespace) =>
    namesIn(join(folder, namespace)).flatMap((name) => {
      if (!isCollectionName(`${namespace}.${name}`)) return []
      try {
        return collectionIn(root, `${namespace}.${name}`) ?? []
      } catch (error) {
        broken((error as Error).message)
        return []
      }
    }),
  )
}

function namesIn(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder).sort() : []
}
