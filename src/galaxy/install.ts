import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StagedFolder } from '../local/staged-folder.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { shownPath } from '../yaml/files.ts'
import { INSTALL_INFO, installInfo } from './installed.ts'
import type { ChosenCollection } from './known-versions.ts'
import { type LockFile, lockDifferences, lockText, readLock, writeLock } from './lock.ts'
import type { Installing, InstallOptions, Outcome } from './request.ts'
import { resolveCollections } from './resolve-collections.ts'
import { type ChosenRole, resolveRoles, roleSource } from './resolve-roles.ts'
import type { GalaxyServer } from './server.ts'
import type { Wanted } from './wanted.ts'

export interface InstallRequest {
  readonly wanted: Wanted
  /** The folders that they go to. */
  readonly rolesPath: string
  readonly collectionsPath: string
  readonly servers: readonly GalaxyServer[]
  readonly options: InstallOptions
  /** The lock file; undefined: nothing is locked. */
  readonly lock?: { readonly path: string; readonly isFrozen: boolean } | undefined
  readonly warn: (problem: Problem) => void
}

/**
 * Installs roles and collections with what they need: all are fetched and looked at before the first is put into its
 * place. Raises ProblemError.
 */
export async function install(request: InstallRequest): Promise<Outcome[]> {
  const { wanted, options, lock } = request
  const before = lock === undefined ? { roles: [], collections: [] } : readLock(lock.path)
  const ends: (() => Promise<void>)[] = []
  const within = async (root: string): Promise<Installing> => {
    const staged = await stagedIn(root)
    ends.push(() => staged.close())
    const { servers, warn } = request
    return { options, servers, root, staged, lock: before, lockPath: lock?.path, warn }
  }
  try {
    const roles = wanted.roles.length === 0 ? undefined : await within(request.rolesPath)
    const ofRoles = roles && (await resolveRoles(wanted.roles, roles))
    const named = [...wanted.collections, ...(ofRoles?.collections ?? [])]
    const collections = named.length === 0 ? undefined : await within(request.collectionsPath)
    const ofCollections = collections && (await resolveCollections(named, collections))
    const after = { roles: ofRoles?.locked ?? [], collections: ofCollections?.locked ?? [] }
    if (lock?.isFrozen) checkFrozen(before, after, lock.path)
    const outcomes: Outcome[] = []
    for (const role of ofRoles?.roles ?? []) outcomes.push(await placeRole(role, roles!))
    for (const one of ofCollections?.collections ?? [])
      outcomes.push(await placeCollection(one, collections!))
    if (lock !== undefined && !lock.isFrozen && lockText(before) !== lockText(after))
      await writeLock(lock.path, after)
    return outcomes
  } finally {
    for (const end of ends) await end()
  }
}

async function stagedIn(root: string): Promise<StagedFolder> {
  try {
    return await StagedFolder.in(root)
  } catch (error) {
    throw new ProblemError({
      message: `nothing can be installed into ${shownPath(root)}: ${(error as Error).message}`,
      hint: 'roles_path and collections_path, or -p and --collections-path, name other folders',
    })
  }
}

function checkFrozen(before: LockFile, after: LockFile, path: string): void {
  const wrong = lockDifferences(before, after)
  if (wrong.length === 0) return
  throw new ProblemError({
    message: `${shownPath(path)} does not fit the requirements: ${wrong.join('; ')}`,
    hint: 'run install without --frozen writes one that fits; nothing was installed',
  })
}

async function placeRole(role: ChosenRole, { root, staged }: Installing): Promise<Outcome> {
  const { wanted, version, installed, tree } = role
  const path = join(root, wanted.name)
  const told = { kind: 'role' as const, name: wanted.name, version: shownVersion(role), path }
  if (tree === undefined) return { ...told, state: 'unchanged' }
  const info = join(tree, INSTALL_INFO)
  mkdirSync(dirname(info), { recursive: true })
  writeFileSync(info, installInfo(version, roleSource(wanted), role))
  await placed(staged, tree, wanted.name)
  return installed === undefined
    ? { ...told, state: 'installed' }
    : { ...told, state: 'changed', before: installed.version || installed.commit?.slice(0, 7) }
}

function shownVersion({ version, commit }: ChosenRole): string {
  const short = commit?.slice(0, 7)
  if (version === undefined) return short ?? ''
  return short === undefined || version.startsWith(short) ? version : `${version} (${short})`
}

async function placeCollection(one: ChosenCollection, { root, staged }: Installing): Promise<Outcome> {
  const { name, version, installed, tree } = one
  const folder = join('ansible_collections', ...name.split('.'))
  const told = { kind: 'collection' as const, name, version, path: join(root, folder) }
  if (tree === undefined) return { ...told, state: 'unchanged' }
  await placed(staged, tree, folder)
  return installed === undefined
    ? { ...told, state: 'installed' }
    : { ...told, state: 'changed', before: installed.version }
}

async function placed(staged: StagedFolder, tree: string, name: string): Promise<void> {
  chmodSync(tree, 0o755)
  await staged.place(tree, name).catch((error: Error) => {
    throw new ProblemError({ message: `${name} cannot be put into its place: ${error.message}` })
  })
}
