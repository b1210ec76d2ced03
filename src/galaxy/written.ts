import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { isAddress, nameInSource } from '../values/source-name.ts'
import { isFile, isFolder } from '../yaml/files.ts'
import { isWebAddress } from './address.ts'
import { isCollectionName, isRoleName } from './names.ts'
import type { Asker, WantedCollection, WantedRole, Where } from './wanted.ts'

/** What a requirement says of a role, as written. */
export interface RoleWords {
  readonly src: string
  readonly name?: string | undefined
  readonly version?: string | undefined
  readonly scm?: string | undefined
}

/** The words of `SRC[,VERSION[,NAME]]`. Raises an Error with a sentence. */
export function roleWords(line: string): RoleWords {
  const [src = '', version, name, ...more] = line.trim().split(',')
  if (src === '' || more.length > 0)
    throw new Error(`"${line}" is no role; write it as NAME[,VERSION[,NAME IN ROLES]]`)
  return { src: src.trim(), version: version?.trim() || undefined, name: name?.trim() || undefined }
}

/** A role that is asked for; relative paths are looked for from `folders`. Raises an Error with a sentence. */
export function wantedRole(words: RoleWords, asker: Asker, folders: readonly string[]): WantedRole {
  const { version } = words
  const [, prefix, rest] = /^(git|hg)\+(.+)$/s.exec(words.src) ?? []
  const scm = prefix ?? words.scm
  const src = rest ?? words.src
  if (scm !== undefined && scm !== 'git') throw new Error(`scm is "${scm}", and roles come by git alone`)
  const where = roleWhere(src, scm, folders)
  const name = words.name ?? (where.type === 'dir' ? basename(where.path) : nameInSource(src))
  if (!isRoleName(name))
    throw new Error(`"${name}" is no name of a role: it is made of letters, digits, "_", "-" and "."`)
  const galaxyName = where.type === 'galaxy' ? src : undefined
  if (galaxyName !== undefined && !/^[\w.-]+\.[\w-]+$/.test(galaxyName))
    throw new Error(`"${src}" is no role on a Galaxy server; those are called USER.ROLE`)
  return { kind: 'role', name, where, galaxyName, version: version || undefined, asker }
}

function roleWhere(src: string, scm: string | undefined, folders: readonly string[]): Where {
  if (scm === 'git') return { type: 'git', url: isAddress(src) ? src : (found(src, folders) ?? src) }
  if (isWebAddress(src) && isGitAddress(src)) return { type: 'git', url: src }
  if (isWebAddress(src)) return { type: 'archive', at: src }
  if (isAddress(src)) return { type: 'git', url: src }
  const path = found(src, folders)
  if (path !== undefined && (src.includes('/') || isFile(path)))
    return isFile(path) ? { type: 'archive', at: path } : folderOrRepository(path)
  if (src.includes('/')) throw new Error(`there is no ${src}`)
  return { type: 'galaxy' }
}

/** An address of a forge is a repository unless it is an archive of one. */
function isGitAddress(address: string): boolean {
  const path = address.replace(/[?#].*$/, '')
  return (
    /\.git\/?$/.test(path) ||
    (/^https?:\/\/([^/@]*@)?github\.com\//i.test(path) && !/\.(tar\.\w+|tgz)$/.test(path))
  )
}

function folderOrRepository(path: string): Where {
  const isBare = existsSync(join(path, 'HEAD')) && existsSync(join(path, 'objects'))
  return isBare ? { type: 'git', url: path } : { type: 'dir', path }
}

/** What a requirement says of a collection, as written. */
export interface CollectionWords {
  readonly name: string
  readonly version?: string | undefined
  readonly source?: string | undefined
  readonly type?: string | undefined
}

export const COLLECTION_TYPES = ['galaxy', 'git', 'url', 'file', 'dir', 'subdirs']

/** The words of `NAME[:RANGE]`, of a path, or of an address with `,VERSION`. */
export function collectionWords(line: string): CollectionWords {
  const text = line.trim()
  if (isAddress(text) || text.startsWith('git+')) {
    const [, name = text, version] = /^(.*?)(?:,([^,]*))?$/s.exec(text) ?? []
    return { name, version }
  }
  if (/^[./~]/.test(text)) return { name: text }
  const [, name = text, version] = /^([^:=<>!,\s]+)\s*:?\s*(.*)$/s.exec(text) ?? []
  return { name, version: version || undefined }
}

/** A collection that is asked for; relative paths are looked for from `folders`. Raises an Error with a sentence. */
export function wantedCollection(
  { name, version, source, type }: CollectionWords,
  asker: Asker,
  folders: readonly string[],
): WantedCollection {
  const where = collectionWhere(name, type, source, folders)
  const isNamed = where.type === 'galaxy' || (source !== undefined && isCollectionName(name))
  const fragment = where.type === 'git' ? /,([^,]+)$/.exec(name)?.[1] : undefined
  if (where.type === 'galaxy' && !isCollectionName(name))
    throw new Error(`"${name}" is no collection; those are called NAMESPACE.NAME, in lower case`)
  return {
    kind: 'collection',
    ...(isNamed && { name }),
    where,
    version: version || fragment || (where.type === 'git' ? 'HEAD' : '*'),
    asker,
  }
}

function collectionWhere(
  name: string,
  type: string | undefined,
  source: string | undefined,
  folders: readonly string[],
): Where {
  // Where a type says what source is, the name may stand beside it.
  const at = source !== undefined && type !== undefined && type !== 'galaxy' ? source : name
  switch (type ?? guessedType(at, folders)) {
    case 'git':
      return gitWhere(at, folders)
    case 'url':
      return { type: 'archive', at }
    case 'file':
      return { type: 'archive', at: there(at, folders) }
    case 'dir':
    case 'subdirs':
      return { type: (type ?? guessedType(at, folders)) as 'dir' | 'subdirs', path: there(at, folders) }
    default:
      return { type: 'galaxy', ...(source !== undefined && { server: source }) }
  }
}

function gitWhere(at: string, folders: readonly string[]): Where {
  const [address = '', fragment] = at
    .replace(/^git\+/, '')
    .replace(/,[^,/]*$/, '')
    .split('#')
  const subfolder = fragment?.replace(/^\/+|\/+$/g, '')
  const url = isAddress(address) ? address : (found(address, folders) ?? address)
  if (subfolder?.split('/').includes('..')) throw new Error(`"${fragment}" leads out of the repository`)
  return { type: 'git', url, ...(subfolder && { subfolder }) }
}

function guessedType(name: string, folders: readonly string[]): string {
  if (/^git(\+|@)/.test(name)) return 'git'
  if (isWebAddress(name)) return 'url'
  if (isAddress(name)) return 'git'
  const path = found(name, folders)
  if (path === undefined) {
    if (/^[./~]/.test(name)) throw new Error(`there is no ${name}`)
    return 'galaxy'
  }
  if (isFile(path)) return 'file'
  if (!name.includes('/') && isCollectionName(name)) return 'galaxy'
  const isOne = ['galaxy.yml', 'galaxy.yaml', 'MANIFEST.json'].some((one) => isFile(join(path, one)))
  return isOne ? 'dir' : 'subdirs'
}

function found(path: string, folders: readonly string[]): string | undefined {
  const plain = path.replace(/^file:\/\//, '').replace(/^~(?=\/|$)/, homedir())
  return folders.map((folder) => resolve(folder, plain)).find((one) => isFile(one) || isFolder(one))
}

function there(path: string, folders: readonly string[]): string {
  const one = found(path, folders)
  if (one === undefined) throw new Error(`there is no ${path}`)
  return one
}
