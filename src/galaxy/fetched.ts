import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { StagedFolder } from '../local/staged-folder.ts'
import { isFolder } from '../yaml/files.ts'
import { basic, isWebAddress, shownAddress, splitLogin } from './address.ts'
import { type ArchiveMember, openArchive, unpack } from './archive.ts'
import { archiveOf, gitPlaces } from './git.ts'
import { buildInto, isSource, MANIFEST, sha256Of } from './manifest.ts'
import type { Where } from './wanted.ts'
import { download, type WebOptions } from './web.ts'

/** What tells exactly what has come: the commit of a repository, or the sha256 of an archive. */
export interface Exactly {
  readonly commit?: string | undefined
  readonly sha256?: string | undefined
}

/** Something fetched: an archive that has been looked at, or a folder as it is. */
export interface Fetched extends Exactly {
  /** The archive; undefined for a folder. */
  readonly archive?: string | undefined
  readonly folder?: string | undefined
}

export interface Fetching {
  readonly staged: StagedFolder
  readonly web: WebOptions
}

/** Something of no Galaxy server: fetched, or found on this machine. Raises an Error with a sentence. */
export async function fetchFrom(where: Where, version: string | undefined, by: Fetching): Promise<Fetched> {
  switch (where.type) {
    case 'git': {
      const within = by.staged.fresh()
      await mkdir(within)
      const places = gitPlaces(within)
      const commit = await archiveOf(where.url, version, places, by.web).catch((error: Error) => {
        throw new Error(`${shownAddress(where.url)}: ${error.message}`)
      })
      return { archive: places.into, commit }
    }
    case 'archive':
      return fetchArchive(where.at, by)
    case 'dir':
    case 'subdirs':
      return { folder: where.path }
    default:
      throw new Error('this comes from a Galaxy server')
  }
}

/** An archive at an address or a path, with its sha256. */
async function fetchArchive(at: string, { staged, web }: Fetching): Promise<Fetched> {
  if (!isWebAddress(at)) return { archive: at, sha256: sha256Of(at) }
  const archive = staged.fresh()
  const { address, login } = splitLogin(at)
  const headers = login === undefined ? undefined : { Authorization: basic(login) }
  return { archive, sha256: await download({ ...web, url: address, ...(headers && { headers }) }, archive) }
}

/**
 * A role out of what was fetched, in a folder of its own: what lies around its meta/main.yml, the outermost one. Raises an
 * Error with a sentence when there is none.
 */
export async function roleTree({ archive, folder }: Fetched, staged: StagedFolder): Promise<string> {
  const tree = staged.fresh()
  if (archive === undefined) {
    const isRole = ['meta', 'tasks', 'defaults', 'handlers', 'vars'].some((part) =>
      isFolder(join(folder!, part)),
    )
    if (!isRole) throw new Error('it is no role: it has no meta/main.yml and no tasks')
    await copied(folder!, tree)
    return tree
  }
  const opened = await openArchive(archive, staged.fresh())
  const below = shortest(opened.members, /(^|\/)(meta|tasks)\/main\.ya?ml$/, 2)
  if (below === undefined) throw new Error('it is no role: it has no meta/main.yml and no tasks/main.yml')
  await unpack(opened, below, tree)
  return tree
}

/**
 * The collections out of what was fetched, each built and in a folder of its own. Raises an Error with a sentence when
 * there is none.
 */
export async function collectionTrees(
  { archive, folder }: Fetched,
  subfolder: string | undefined,
  staged: StagedFolder,
): Promise<string[]> {
  let root = folder
  if (archive !== undefined) {
    const opened = await openArchive(archive, staged.fresh())
    root = staged.fresh()
    await unpack(opened, opened.members.some(({ name }) => name === MANIFEST) ? '' : (subfolder ?? ''), root)
  }
  const found = collectionsBelow(root!)
  if (found.length === 0)
    throw new Error('it holds no collection: there is no MANIFEST.json and no galaxy.yml')
  return Promise.all(found.map((one) => built(one, archive !== undefined, staged)))
}

/** The folder itself, or those in it, or those in them. */
function collectionsBelow(root: string): string[] {
  let level = [root]
  for (let depth = 0; depth < 3; depth += 1) {
    const found = level.filter((folder) => isSource(folder) || existsSync(join(folder, MANIFEST)))
    if (found.length > 0) return found
    level = level.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .sort()
        .map((name) => join(folder, name))
        .filter(isFolder),
    )
  }
  return []
}

async function built(folder: string, isOurs: boolean, staged: StagedFolder): Promise<string> {
  if (!isSource(folder) && isOurs) return folder
  const tree = staged.fresh()
  if (isSource(folder)) await buildInto(folder, tree)
  else await copied(folder, tree)
  return tree
}

/** Without what tools of versions keep there; links are copied as they are. */
async function copied(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\/(\.git|\.hg|\.svn)$/.test(path) || path === from,
  })
}

/** The folder nearest to the root around a member that is named so, `up` levels above it. */
function shortest(members: readonly ArchiveMember[], named: RegExp, up: number): string | undefined {
  const folders = members
    .filter(({ name, type }) => type !== 'folder' && named.test(name))
    .map(({ name }) => name.split('/').slice(0, -up))
  const [first] = folders.sort((a, b) => a.length - b.length)
  return first === undefined ? undefined : posix.join(...first, '.') === '.' ? '' : first.join('/')
}
