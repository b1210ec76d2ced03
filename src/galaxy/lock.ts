import { existsSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { writeWhole } from '../local/written-file.ts'
import { dumpYaml } from '../python/yaml/dump.ts'
import { ProblemError } from '../values/problem.ts'
import { isMap, toValue, type Value } from '../values/value.ts'
import { Files, shownPath } from '../yaml/files.ts'
import { shownAddress } from './address.ts'
import type { Exactly } from './fetched.ts'
import { type WantedCollection, type WantedRole, type Where, whereText } from './wanted.ts'

/** A role or collection as a lock file has it. */
export interface Locked extends Exactly {
  readonly name: string
  readonly type: Where['type']
  /** An address without its login, a path from the lock file on, or a name on a Galaxy server. */
  readonly source?: string | undefined
  /** The version, branch or tag that was asked for; ranges of collections are not kept. */
  readonly asked?: string | undefined
  readonly version?: string | undefined
}

export interface LockFile {
  readonly roles: readonly Locked[]
  readonly collections: readonly Locked[]
}

const NOTHING: LockFile = { roles: [], collections: [] }
const FORMAT = 1
const HEAD = `# What requirements were met with, exactly. "run install" writes it and keeps to it;
# "run install --upgrade" renews it. It belongs beside the requirements, in version control too.
`

/** The lock file of a file of requirements: requirements.lock.yml of requirements.yml. */
export function lockPath(requirements: string): string {
  return requirements.replace(/(\.ya?ml)?$/, '.lock.yml')
}

/** What a lock file says; nothing when there is none. Raises ProblemError for one that is none. */
export function readLock(path: string): LockFile {
  if (!existsSync(path)) return NOTHING
  const files = new Files()
  const node = files.yaml(path)
  if (files.problems.length > 0) throw new ProblemError(files.problems)
  const value = node === undefined ? undefined : toValue(node)
  if (!isMap(value) || value.lock !== FORMAT)
    throw new ProblemError({
      message: `${shownPath(path)} is no lock file that this version reads`,
      hint: 'run install --upgrade makes it anew once it is out of the way',
    })
  return { roles: lockedIn(value.roles), collections: lockedIn(value.collections) }
}

function lockedIn(value: Value | undefined): Locked[] {
  if (!Array.isArray(value)) return []
  return value.filter(isMap).map((one) => {
    const text = (key: string) => (one[key] === undefined ? undefined : String(one[key]))
    return {
      name: text('name') ?? '',
      type: (text('type') ?? 'galaxy') as Where['type'],
      source: text('source'),
      asked: text('asked'),
      version: text('version'),
      commit: text('commit'),
      sha256: text('sha256'),
    }
  })
}

/** The text of a lock file. */
export function lockText({ roles, collections }: LockFile): string {
  const listed = (locked: readonly Locked[]) =>
    [...locked].sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => withoutNothing(one))
  const said = { lock: FORMAT, roles: listed(roles), collections: listed(collections) }
  return HEAD + dumpYaml(said, { sort_keys: false, width: -1 })
}

function withoutNothing({ name, type, source, asked, version, commit, sha256 }: Locked): object {
  const all = { name, type, source, asked, version, commit, sha256 }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

export async function writeLock(path: string, lock: LockFile): Promise<void> {
  try {
    await writeWhole(path, [lockText(lock)])
  } catch (error) {
    throw new ProblemError({ message: `${shownPath(path)} cannot be written: ${(error as Error).message}` })
  }
}

/** How one lock file differs from another, each as a sentence. */
export function lockDifferences(before: LockFile, after: LockFile): string[] {
  const kinds = [
    ['role', before.roles, after.roles],
    ['collection', before.collections, after.collections],
  ] as const
  return kinds.flatMap(([kind, old, now]) => {
    const text = (one: Locked | undefined) => JSON.stringify(one && withoutNothing(one))
    const find = (list: readonly Locked[], name: string) => list.find((one) => one.name === name)
    const names = [...new Set([...old, ...now].map(({ name }) => name))]
    return names.flatMap((name) => {
      const [was, is] = [find(old, name), find(now, name)]
      if (text(was) === text(is)) return []
      if (was === undefined) return [`${kind} ${name} is not in it`]
      return is === undefined
        ? [`${kind} ${name} is no longer asked for`]
        : [`${kind} ${name} is asked for otherwise`]
    })
  })
}

/** What a lock file says of the place of something that is asked for. */
export function lockedPlace(wanted: WantedRole | WantedCollection, lock: string | undefined) {
  const { where } = wanted
  const galaxyName = wanted.kind === 'role' ? wanted.galaxyName : undefined
  if (where.type === 'galaxy')
    return {
      type: where.type,
      source: [where.server && shownAddress(where.server), galaxyName].filter(Boolean).join(' ') || undefined,
    }
  const told = whereText(where, shownAddress)
  const source = lock !== undefined && told.startsWith('/') ? relative(dirname(lock), told) || '.' : told
  return { type: where.type, source }
}

/** The entry that fits what is asked for: the same place, and the same branch or tag. */
export function lockedFor(wanted: WantedRole, lock: LockFile, path: string | undefined): Locked | undefined {
  const place = lockedPlace(wanted, path)
  return lock.roles.find(
    (one) =>
      one.name === wanted.name &&
      one.type === place.type &&
      one.source === place.source &&
      (one.asked ?? '') === (wanted.version ?? ''),
  )
}
