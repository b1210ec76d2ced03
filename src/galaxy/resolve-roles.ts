import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { type Problem, ProblemError } from '../values/problem.ts'
import { placeName } from '../values/source.ts'
import { shownAddress } from './address.ts'
import { type Exactly, type Fetched, fetchFrom, roleTree } from './fetched.ts'
import { INSTALL_INFO, type InstalledRole, roleIn } from './installed.ts'
import { type Locked, lockedFor, lockedPlace } from './lock.ts'
import { splitRoleName } from './names.ts'
import { AT_A_TIME, type Installing } from './request.ts'
import { readRoleNeeds } from './requirements.ts'
import { newestLoose } from './versions.ts'
import { type Asker, type Wanted, type WantedCollection, type WantedRole, whereText } from './wanted.ts'

/** A role that is to be there, and what is known of it exactly. */
export interface ChosenRole extends Exactly {
  readonly wanted: WantedRole
  readonly version: string | undefined
  readonly installed: InstalledRole | undefined
  /** The staged folder; undefined when what is installed stays. */
  readonly tree: string | undefined
}

export interface ResolvedRoles {
  readonly roles: readonly ChosenRole[]
  /** Collections that roles need. */
  readonly collections: readonly WantedCollection[]
  readonly locked: readonly Locked[]
}

/**
 * Fetches roles and those that they need into the staged folder; those that are installed as they are wanted are left.
 * What the user asks for beats what roles ask for. Raises ProblemError.
 */
export async function resolveRoles(wanted: readonly WantedRole[], by: Installing): Promise<ResolvedRoles> {
  const chosen: ChosenRole[] = []
  const askedFor = new Map<string, WantedRole>()
  const collections: WantedCollection[] = []
  const limit = pLimit(AT_A_TIME)
  for (let level = wanted; level.length > 0; ) {
    const fresh = level.filter((one) => isFirst(one, askedFor, by))
    const ended = await Promise.allSettled(fresh.map((one) => limit(() => choose(one, by))))
    const needed: WantedRole[] = []
    for (const [index, end] of ended.entries()) {
      const one = fresh[index]!
      try {
        if (end.status === 'rejected') throw end.reason
        chosen.push(end.value)
        const needs = needsOf(end.value, by)
        needed.push(...needs.roles)
        collections.push(...needs.collections)
      } catch (error) {
        const problems = problemsOf(error, `role ${one.name} is not installed`, one.asker)
        if (!by.options.ignoreErrors) throw new ProblemError(problems)
        for (const problem of problems) by.warn(problem)
      }
    }
    level = needed
  }
  return { roles: chosen, collections, locked: chosen.map((one) => lockedOf(one, by)) }
}

/** Whether a role is asked for for the first time. Raises ProblemError when another one of its name is wanted. */
function isFirst(wanted: WantedRole, askedFor: Map<string, WantedRole>, by: Installing): boolean {
  const known = askedFor.get(wanted.name)
  if (known === undefined) askedFor.set(wanted.name, wanted)
  else compare(known, wanted, by)
  return known === undefined
}

function needsOf({ wanted, version, tree, installed }: ChosenRole, by: Installing): Wanted {
  if (!by.options.withDependencies) return { roles: [], collections: [] }
  const who = `role ${wanted.name}${version ? ` ${version}` : ''}`
  return readRoleNeeds(tree ?? installed!.path, join(by.root, wanted.name), who)
}

/** What is wrong, each with the place of whoever asks where it has none of its own. */
export function problemsOf(error: unknown, what: string, { place }: Asker): Problem[] {
  if (error instanceof ProblemError) return [...error.problems]
  return [{ message: `${what}: ${(error as Error).message}`, place }]
}

function compare(known: WantedRole, other: WantedRole, { warn }: Installing): void {
  const isSame = roleSource(known) === roleSource(other) && (other.version ?? known.version) === known.version
  if (isSame) return
  const message = `role ${known.name} is wanted as ${askedText(known)} and as ${askedText(other)}`
  const { place } = other.asker
  if (known.asker.isUser && !other.asker.isUser)
    warn({ message: `${message}: it is installed as ${known.asker.who} says`, place })
  else
    throw new ProblemError({
      message,
      place,
      hint: known.asker.isUser
        ? 'take one of the two away'
        : 'say in requirements.yml which of the two it is to be',
    })
}

/** Where a role comes from, for people and to tell sources apart. */
export function roleSource({ where, galaxyName }: WantedRole): string {
  return galaxyName ?? `${where.type} ${whereText(where, shownAddress)}`
}

function askedText(wanted: WantedRole): string {
  const { who, place } = wanted.asker
  const what = `${wanted.version ?? 'any version'} of ${wanted.galaxyName ?? whereText(wanted.where, shownAddress)}`
  return `${what} (${who}${place === undefined ? '' : `, ${placeName(place)}`})`
}

async function choose(wanted: WantedRole, by: Installing): Promise<ChosenRole> {
  const { options, root, staged } = by
  const installed = roleIn(root, wanted.name)
  const isForced = options.force === 'all' || (options.force === 'named' && wanted.asker.isUser)
  if (installed !== undefined && !isForced) {
    if (!installed.isInstalled)
      throw new Error(
        `${installed.path} is there and was not installed, so it is left as it is; --force replaces it`,
      )
    if (staysInstalled(installed, wanted, by)) {
      const { version, commit, sha256 } = installed
      return { wanted, installed, version, commit, sha256, tree: undefined }
    }
  }
  const locked = options.upgrade ? undefined : lockedFor(wanted, by.lock, by.lockPath)
  const { version, ...fetched } = await fetchRole(wanted, locked, by)
  if (locked?.sha256 !== undefined && wanted.where.type !== 'dir' && locked.sha256 !== fetched.sha256)
    throw new Error(
      `what came is not what the lock file has (sha256 ${fetched.sha256}, and not ${locked.sha256}); --upgrade takes it all the same`,
    )
  const tree = await roleTree(fetched, staged)
  const sha256 = wanted.where.type === 'dir' ? treeSum(tree) : fetched.sha256
  const isSame =
    installed?.isInstalled === true &&
    installed.version === version &&
    sameExactly(installed, { ...fetched, sha256 })
  return {
    wanted,
    version,
    installed,
    commit: fetched.commit,
    sha256,
    tree: isSame && !isForced ? undefined : tree,
  }
}

/** Whether an installed role is what is wanted, without a look at where it comes from. */
function staysInstalled(installed: InstalledRole, wanted: WantedRole, by: Installing): boolean {
  if (by.options.upgrade || wanted.where.type === 'dir') return false
  const locked = lockedFor(wanted, by.lock, by.lockPath)
  if (locked !== undefined) return sameExactly(installed, locked)
  const isWanted =
    (wanted.version === undefined || wanted.version === installed.version) &&
    (installed.source === undefined || installed.source === roleSource(wanted))
  // What is to be locked has to be known exactly.
  return (
    isWanted &&
    (by.lockPath === undefined || installed.commit !== undefined || installed.sha256 !== undefined)
  )
}

function sameExactly(a: Exactly, b: Exactly): boolean {
  if (a.commit !== undefined && a.commit === b.commit) return true
  return a.sha256 !== undefined && a.sha256 === b.sha256
}

type FetchedRole = Fetched & { readonly version: string | undefined }

async function fetchRole(
  wanted: WantedRole,
  locked: Locked | undefined,
  by: Installing,
): Promise<FetchedRole> {
  const { where, version } = wanted
  const fetching = { staged: by.staged, web: by.options.web }
  if (where.type !== 'galaxy')
    return { ...(await fetchFrom(where, locked?.commit ?? version, fetching)), version }
  return fetchFromGalaxy(wanted, locked?.version ?? version, by)
}

async function fetchFromGalaxy(
  wanted: WantedRole,
  version: string | undefined,
  by: Installing,
): Promise<FetchedRole> {
  if (by.options.offline) throw new Error('it is not installed, and --offline asks no server')
  const { user, role } = splitRoleName(wanted.galaxyName!)!
  const asked: string[] = []
  for (const server of by.servers) {
    const refusal = (error: Error) => {
      // A server of collections alone is no reason not to ask the next.
      if (by.servers.length === 1 || !error.message.includes('serves no roles')) throw error
      return undefined
    }
    const served = await server.role(user, role).catch(refusal)
    asked.push(server.shown)
    if (served === undefined) continue
    const names = served.versions.map(({ name }) => name)
    const chosen = version ?? newestLoose(names) ?? served.branch ?? 'master'
    const listed = served.versions.find(({ name }) => name === chosen)
    if (
      version !== undefined &&
      names.length > 0 &&
      listed === undefined &&
      !['master', served.branch].includes(version)
    )
      throw new Error(`${server.shown} has no version ${version} of it; it has ${shownVersions(names)}`)
    const { githubUser, githubRepo } = served
    const address =
      listed?.downloadUrl ?? `https://github.com/${githubUser}/${githubRepo}/archive/${chosen}.tar.gz`
    const archive = by.staged.fresh()
    return { version: chosen, archive, sha256: await server.download(address, archive) }
  }
  throw new Error(`there is no role ${wanted.galaxyName} on ${asked.join(', ')}`)
}

function shownVersions(names: readonly string[]): string {
  const last = names.slice(-10)
  return last.length < names.length ? `${last.join(', ')} and others` : last.join(', ')
}

function lockedOf({ wanted, version, commit, sha256 }: ChosenRole, { lockPath }: Installing): Locked {
  const { type, source } = lockedPlace(wanted, lockPath)
  const isResolved = type === 'galaxy'
  return {
    name: wanted.name,
    type,
    source,
    asked: wanted.version,
    version: isResolved ? version : undefined,
    commit,
    sha256: type === 'dir' ? undefined : sha256,
  }
}

/** One sum of the names, contents and links of a folder. */
function treeSum(folder: string): string {
  const hash = createHash('sha256')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  for (const name of names) {
    if (name === INSTALL_INFO) continue
    const path = join(folder, name)
    const found = lstatSync(path)
    hash.update(`${name}\0${found.mode.toString(8)}\0`)
    if (found.isFile()) hash.update(readFileSync(path))
    else if (found.isSymbolicLink()) hash.update(readlinkSync(path))
  }
  return hash.digest('hex')
}
