import pLimit from 'p-limit'
import { type Problem, ProblemError } from '../values/problem.ts'
import { collectionTrees, fetchFrom } from './fetched.ts'
import { type ChosenCollection, type Known, KnownVersions } from './known-versions.ts'
import { type Locked, lockedPlace } from './lock.ts'
import { readInfo } from './manifest.ts'
import { AT_A_TIME, type Installing } from './request.ts'
import { problemsOf } from './resolve-roles.ts'
import { ConflictError, type Constraint, solve } from './solve.ts'
import { readRange } from './versions.ts'
import type { WantedCollection } from './wanted.ts'

export interface ResolvedCollections {
  readonly collections: readonly ChosenCollection[]
  readonly locked: readonly Locked[]
}

/** Fetches collections and those that they need into the staged folder, as one choice of versions. Raises ProblemError. */
export async function resolveCollections(
  wanted: readonly WantedCollection[],
  by: Installing,
): Promise<ResolvedCollections> {
  const fetched = new Map<string, Known>()
  const wishes = new Map<string, Constraint[]>()
  for (const one of wanted) {
    try {
      for (const { name, constraint } of await wishesOf(one, fetched, by))
        wishes.set(name, [...(wishes.get(name) ?? []), constraint])
    } catch (error) {
      tell(problemsOf(error, `collection ${one.name ?? shownPlace(one)} is not installed`, one.asker), by)
    }
  }
  const versions = new KnownVersions(fetched, by)
  const taken = await solved(wishes, versions, by)
  const chosen: { one: ChosenCollection; locked: Locked }[] = []
  const limit = pLimit(AT_A_TIME)
  const ended = await Promise.allSettled(
    taken.map((known) => limit(() => versions.chosen(known, wishes.get(known.name)))),
  )
  for (const [index, end] of ended.entries()) {
    if (end.status === 'fulfilled') chosen.push(end.value)
    else {
      const { name } = taken[index]!
      const asker = wishes.get(name)?.[0]?.asker ?? { who: '', isUser: false }
      tell(problemsOf(end.reason, `collection ${name} is not installed`, asker), by)
    }
  }
  return { collections: chosen.map(({ one }) => one), locked: chosen.map(({ locked }) => locked) }
}

function tell(problems: readonly Problem[], by: Installing): void {
  if (!by.options.ignoreErrors) throw new ProblemError(problems)
  for (const problem of problems) by.warn(problem)
}

function shownPlace(one: WantedCollection): string {
  return lockedPlace(one, undefined).source ?? 'without a name'
}

/** What a requirement wishes for; what is no Galaxy server's is fetched, to see what it is. */
async function wishesOf(wanted: WantedCollection, fetched: Map<string, Known>, by: Installing) {
  const { where, asker } = wanted
  if (where.type === 'galaxy') {
    const constraint = { range: readRange(wanted.version), server: where.server, asker }
    return [{ name: wanted.name!, constraint }]
  }
  const locked = by.options.upgrade ? undefined : fittingLock(wanted, by)
  const version = where.type === 'git' ? (locked?.commit ?? wanted.version) : undefined
  const got = await fetchFrom(where, version, { staged: by.staged, web: by.options.web })
  if (where.type === 'archive' && locked?.sha256 !== undefined && locked.sha256 !== got.sha256)
    throw new Error(
      `what came is not what the lock file has (sha256 ${got.sha256}, and not ${locked.sha256}); --upgrade takes it all the same`,
    )
  const trees = await collectionTrees(got, where.type === 'git' ? where.subfolder : undefined, by.staged)
  const all = trees.map((tree) => ({ tree, ...readInfo(tree) }))
  const meant = all.filter(({ name }) => wanted.name === undefined || wanted.name === name)
  if (meant.length === 0)
    throw new Error(`it holds ${all.map(({ name }) => name).join(', ')}, and not ${wanted.name}`)
  return meant.map(({ tree, name, version: own }) => {
    if (fetched.has(name)) throw new Error(`${name} is asked for from another place too`)
    const { commit, sha256 } = got
    fetched.set(name, {
      name,
      version: own,
      source: { from: 'fetched', tree, wanted, exactly: { commit, sha256 } },
    })
    return { name, constraint: { range: readRange(where.type === 'git' ? '*' : wanted.version), asker } }
  })
}

/** The entry of the lock file for the same place, and the same branch or tag. */
function fittingLock(wanted: WantedCollection, { lock, lockPath }: Installing): Locked | undefined {
  const { type, source } = lockedPlace(wanted, lockPath)
  return lock.collections.find(
    (one) => one.type === type && one.source === source && (type !== 'git' || one.asked === wanted.version),
  )
}

type Wishes = ReadonlyMap<string, readonly Constraint[]>

/** Versions that go together; where errors are ignored, without those that have none with the ones before them. */
async function solved(wishes: Wishes, versions: KnownVersions, by: Installing): Promise<Known[]> {
  try {
    return [...(await solve(wishes, versions)).values()]
  } catch (error) {
    if (!by.options.ignoreErrors) throw new ProblemError(await problemsIn(error, wishes, versions))
  }
  let good: Wishes = new Map()
  let found: Known[] = []
  for (const [name, constraints] of wishes) {
    const next = new Map(good).set(name, constraints)
    try {
      found = [...(await solve(next, versions)).values()]
      good = next
    } catch (error) {
      for (const problem of await problemsIn(error, new Map([[name, constraints]]), versions))
        by.warn(problem)
    }
  }
  return found
}

async function problemsIn(error: unknown, wishes: Wishes, versions: KnownVersions): Promise<Problem[]> {
  if (error instanceof ConflictError) return versions.conflict(error)
  const [first] = [...wishes.values()].flat()
  return problemsOf(error, 'versions of collections cannot be chosen', first!.asker)
}
