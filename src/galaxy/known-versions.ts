import type { Problem } from '../values/problem.ts'
import { placeName } from '../values/source.ts'
import { shownAddress } from './address.ts'
import { collectionTrees, type Exactly } from './fetched.ts'
import { collectionIn, type InstalledCollection } from './installed.ts'
import { type Locked, lockedPlace } from './lock.ts'
import { MANIFEST, readInfo, sha256Of } from './manifest.ts'
import { isCollectionName } from './names.ts'
import type { Installing } from './request.ts'
import { type CollectionVersion, GalaxyServer } from './server.ts'
import type { Candidate, ConflictError, Constraint, Versions } from './solve.ts'
import { isIn, newestFirst, type Range, readRange } from './versions.ts'
import type { Asker, WantedCollection } from './wanted.ts'

/** A collection that is to be there. */
export interface ChosenCollection extends Candidate, Exactly {
  readonly installed: InstalledCollection | undefined
  /** The staged folder; undefined when what is installed stays. */
  readonly tree: string | undefined
}

type Source =
  | { readonly from: 'installed' }
  | { readonly from: 'server'; readonly server: GalaxyServer }
  | {
      readonly from: 'fetched'
      readonly tree: string
      readonly wanted: WantedCollection
      readonly exactly: Exactly
    }

/** A version that can be taken, and where it comes from. */
export type Known = Candidate & { readonly source: Source }

/** The versions that are installed, fetched, or on servers. */
export class KnownVersions implements Versions<Known> {
  readonly #fetched: ReadonlyMap<string, Known>
  readonly #by: Installing
  readonly #served = new Map<string, Promise<CollectionVersion>>()

  constructor(fetched: ReadonlyMap<string, Known>, by: Installing) {
    this.#fetched = fetched
    this.#by = by
  }

  async *candidates(name: string, constraints: readonly Constraint[]): AsyncGenerator<Known> {
    const fetched = this.#fetched.get(name)
    if (fetched !== undefined) {
      if (isWanted(fetched.version, constraints, true)) yield fetched
      return
    }
    const { upgrade, preReleases, offline } = this.#by.options
    const installed = this.#installed(name)
    const isForced = this.#isForced(constraints)
    const locked = upgrade ? undefined : this.#locked(name)
    const prefers = [
      ...(locked?.type === 'galaxy' && locked.version !== undefined ? [locked.version] : []),
      ...(installed !== undefined && !upgrade && !isForced ? [installed.version] : []),
    ].filter((version) => isWanted(version, constraints, true))
    if (offline) {
      if (installed !== undefined && isWanted(installed.version, constraints, true))
        yield { name, version: installed.version, source: { from: 'installed' } }
      return
    }
    const tried = new Set<string>()
    for (const version of prefers) {
      const one = await this.#preferred(name, version, constraints, installed, locked)
      if (one === undefined || tried.has(version)) continue
      tried.add(version)
      yield one
    }
    for (const server of this.#serversFor(constraints)) {
      const versions = (await this.#versions(server, name)) ?? []
      for (const version of newestFirst(versions)) {
        if (tried.has(version) || !isWanted(version, constraints, preReleases)) continue
        tried.add(version)
        yield { name, version, source: { from: 'server', server } }
      }
    }
  }

  /** An installed version that is as the lock file has it, or that nothing is locked of; else the server's. */
  async #preferred(
    name: string,
    version: string,
    constraints: readonly Constraint[],
    installed: InstalledCollection | undefined,
    locked: Locked | undefined,
  ): Promise<Known | undefined> {
    if (installed?.version === version && installed.manifest !== undefined && !this.#isForced(constraints)) {
      if (this.#by.lockPath === undefined || locked?.version === version)
        return { name, version, source: { from: 'installed' } }
    }
    for (const server of this.#serversFor(constraints)) {
      const versions = await this.#versions(server, name)
      if (versions?.includes(version)) return { name, version, source: { from: 'server', server } }
    }
    return undefined
  }

  async needs({ name, version, source }: Known): Promise<ReadonlyMap<string, Constraint>> {
    if (!this.#by.options.withDependencies) return new Map()
    const dependencies =
      source.from === 'server'
        ? (await this.#on(source.server, name, version)).dependencies
        : readInfo(source.from === 'installed' ? this.#installed(name)!.path : source.tree).dependencies
    const asker: Asker = { who: `collection ${name} ${version}`, isUser: false }
    const wrong = Object.keys(dependencies).find((other) => !isCollectionName(other))
    if (wrong !== undefined)
      throw new Error(`${asker.who} needs "${wrong}", which is no name of a collection`)
    return new Map(
      Object.entries(dependencies).map(([other, text]) => [
        other,
        { range: rangeIn(text, asker, other), asker },
      ]),
    )
  }

  /** Fetches what was chosen, unless it is installed as it is. */
  async chosen(
    known: Known,
    constraints: readonly Constraint[] = [],
  ): Promise<{ one: ChosenCollection; locked: Locked }> {
    const { name, version, source } = known
    const installed = this.#installed(name)
    const { one, locked } = await this.#got(known)
    const isSame = one.tree !== undefined && installed?.manifest === sha256Of(`${one.tree}/${MANIFEST}`)
    if (
      installed !== undefined &&
      installed.manifest === undefined &&
      one.tree !== undefined &&
      !this.#isForced(constraints)
    )
      throw new Error(
        `${installed.path} is there and was not installed, so it is left as it is; --force replaces it`,
      )
    const tree = isSame && !this.#isForced(constraints) ? undefined : one.tree
    return {
      one: { ...one, name, version, installed, tree },
      locked: { ...locked, name, version, ...lockOf(source, this.#by) },
    }
  }

  async #got({
    name,
    version,
    source,
  }: Known): Promise<{ one: Omit<ChosenCollection, 'installed'>; locked: Locked }> {
    if (source.from === 'installed') {
      const was = this.#locked(name)
      const locked = was ?? { name, type: 'galaxy' as const, version }
      return { one: { name, version, tree: undefined, sha256: was?.sha256 }, locked }
    }
    if (source.from === 'fetched') {
      const locked = { name, type: source.wanted.where.type, version, ...source.exactly }
      return { one: { name, version, tree: source.tree, ...source.exactly }, locked }
    }
    const { downloadUrl, sha256 } = await this.#on(source.server, name, version)
    const was = this.#by.options.upgrade ? undefined : this.#locked(name)
    if (was?.version === version && was.sha256 !== undefined && was.sha256 !== sha256)
      throw new Error(
        `${source.server.shown} offers another ${version} than the lock file has (sha256 ${sha256}, and not ${was.sha256}); --upgrade takes it all the same`,
      )
    const archive = this.#by.staged.fresh()
    const came = await source.server.download(downloadUrl, archive)
    if (came !== sha256)
      throw new Error(
        `${shownAddress(downloadUrl)} came broken: its sha256 is ${came}, and should be ${sha256}`,
      )
    const [tree, more] = await collectionTrees({ archive }, undefined, this.#by.staged)
    const info = readInfo(tree!)
    if (more !== undefined || info.name !== name || info.version !== version)
      throw new Error(
        `${shownAddress(downloadUrl)} holds ${info.name} ${info.version}, and not ${name} ${version}`,
      )
    return { one: { name, version, tree, sha256 }, locked: { name, type: 'galaxy', version, sha256 } }
  }

  /** What is wrong when there is no version that all want, with the places of those who want something else. */
  async conflict({ collection, constraints, taken }: ConflictError): Promise<Problem[]> {
    const place = constraints.find(({ asker }) => asker.place !== undefined)?.asker.place
    const wishes = constraints.map((one) => `${one.range.text} (${whoText(one.asker)})`).join(' and as ')
    const wanted = `collection ${collection} is wanted as ${wishes}`
    if (taken !== undefined || constraints.length > 1)
      return [{ message: `${wanted}, which no version is`, place }]
    if (this.#by.options.offline)
      return [{ message: `${wanted}; it is not installed, and --offline asks no server`, place }]
    const asked = this.#serversFor(constraints)
    const lists = await Promise.all(asked.map((server) => this.#versions(server, collection)))
    const known = newestFirst(lists.flatMap((list) => list ?? []))
    if (known.length === 0)
      return [{ message: `${wanted}, and is not on ${asked.map(({ shown }) => shown).join(', ')}`, place }]
    const hasPre = known.some((version) => isWanted(version, constraints, true))
    const newest = known.slice(0, 10).join(', ')
    const hint = hasPre ? 'only pre-releases fit; --pre takes them' : `it has ${newest}`
    return [{ message: `${wanted}, which no version is`, place, hint }]
  }

  #serversFor(constraints: readonly Constraint[]): readonly GalaxyServer[] {
    const source = constraints.find(({ server }) => server !== undefined)?.server
    if (source === undefined) return this.#by.servers
    const known = this.#by.servers.find((server) => server.isMeant(source))
    if (known !== undefined) return [known]
    if (!/^https?:\/\//i.test(source))
      throw new Error(
        `"${source}" is no Galaxy server; the settings name ${this.#by.servers.map(({ name }) => name).join(', ')}`,
      )
    const server =
      this.#others.get(source) ?? new GalaxyServer({ name: source, url: source, ...this.#by.options.web })
    this.#others.set(source, server)
    return [server]
  }

  readonly #others = new Map<string, GalaxyServer>()

  async #versions(server: GalaxyServer, name: string): Promise<string[] | undefined> {
    const [namespace, short] = name.split('.') as [string, string]
    return server.collectionVersions(namespace, short).catch((error: Error) => {
      // A server of roles alone is no reason not to ask the next.
      if (this.#by.servers.length > 1 && error.message.includes('serves no collections')) return undefined
      throw error
    })
  }

  #on(server: GalaxyServer, name: string, version: string): Promise<CollectionVersion> {
    const key = `${server.shown} ${name} ${version}`
    const [namespace, short] = name.split('.') as [string, string]
    const known = this.#served.get(key) ?? server.collectionVersion(namespace, short, version)
    this.#served.set(key, known)
    return known
  }

  #installed(name: string): InstalledCollection | undefined {
    return collectionIn(this.#by.root, name)
  }

  #locked(name: string): Locked | undefined {
    return this.#by.lock.collections.find((one) => one.name === name)
  }

  #isForced(constraints: readonly Constraint[]): boolean {
    const { force } = this.#by.options
    return force === 'all' || (force === 'named' && constraints.some(({ asker }) => asker.isUser))
  }
}

function lockOf(source: Source, { lockPath }: Installing): Partial<Locked> {
  if (source.from === 'server') return { source: source.server.shown }
  if (source.from === 'installed') return {}
  const { wanted } = source
  const asked = wanted.where.type === 'git' ? { asked: wanted.version } : {}
  return { ...lockedPlace(wanted, lockPath), ...asked }
}

function isWanted(version: string, constraints: readonly Constraint[], withPre: boolean): boolean {
  return constraints.every(({ range }) => isIn(version, range, withPre))
}

function rangeIn(text: string, asker: Asker, name: string): Range {
  try {
    return readRange(text)
  } catch (error) {
    throw new Error(`${asker.who} needs ${name}: ${(error as Error).message}`)
  }
}

function whoText({ who, place }: Asker): string {
  return place === undefined ? who : placeName(place)
}
