import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import type { Redis } from 'ioredis'
import type { LaterFile } from '../values/later-file.ts'
import { ProblemError } from '../values/problem.ts'
import { type BundleEntry, contentPlace, laterOf, readBundle } from './bundle.ts'
import { Contents } from './contents.ts'
import type { Seal } from './key.ts'
import { places } from './places.ts'

/** Bundles that stay on a worker, and how long one stays that no run asks for, in ms. */
const MOST = 50
const STAYS = 14 * 86_400_000

/** What a run needs is not in Redis any more. */
export class BundleGone extends Error {}

/** Below the folder of a bundle: the coordinator's files under their own paths, and the inventory. */
export function filesIn(bundle: string): string {
  return join(bundle, 'files')
}

export function inventoryIn(bundle: string): string {
  return join(bundle, 'inventory')
}

/** The files of a bundle whose contents come when they are read, by their paths. */
export async function laterIn(bundle: string): Promise<Map<string, LaterFile>> {
  return new Map(JSON.parse(await readFile(join(bundle, LATER), 'utf8')) as [string, LaterFile][])
}

const LATER = 'later'
/** Where contents are that bundles share. */
const CONTENTS = 'contents'

/** Files of coordinators, kept by a worker in a folder that nobody else may look into. */
export class BundleCache {
  readonly #folder: string
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #coming = new Map<string, Promise<string>>()
  /** Contents that come when they are read. */
  readonly contents: Contents

  /** Raises ProblemError where the folder is somebody else's, or others may look into it. */
  constructor(folder: string, redis: Redis, seal: Seal) {
    this.#redis = redis
    this.#seal = seal
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = lstatSync(folder)
    if (uid !== process.getuid!() || (mode & 0o077) !== 0)
      throw new ProblemError({
        message: `${folder} is to hold playbooks, and is somebody else's or open to others`,
        hint: `chmod 700 ${folder}, or give another with --cache`,
      })
    // Files in it are known by paths in which no folder is a link.
    this.#folder = realpathSync(folder)
    this.contents = new Contents(join(this.#folder, CONTENTS), seal)
  }

  /** The folder of a bundle. Raises BundleGone. */
  async folderOf(name: string): Promise<string> {
    const coming = this.#coming.get(name) ?? this.#fetched(name)
    this.#coming.set(name, coming)
    try {
      return await coming
    } finally {
      this.#coming.delete(name)
    }
  }

  async #fetched(name: string): Promise<string> {
    const folder = join(this.#folder, name)
    if (!existsSync(folder)) {
      const beside = `${folder}.${randomBytes(4).toString('hex')}`
      try {
        await this.#unpack(name, beside, folder)
        // Another worker of this machine may have been faster.
        await rename(beside, folder).catch((error) => {
          if (!existsSync(folder)) throw error
        })
      } finally {
        await rm(beside, { recursive: true, force: true })
      }
      this.#tidy(name)
    }
    const now = new Date()
    await utimes(folder, now, now)
    return folder
  }

  /** Unpacks into one folder what is to lie in another. */
  async #unpack(name: string, root: string, later: string): Promise<void> {
    const { inventory, entries, contents } = readBundle(await this.#content(name))
    await mkdir(root, { mode: 0o700 })
    await writeFile(inventoryIn(root), inventory)
    await writeFile(join(root, LATER), JSON.stringify([...laterOf(entries)]))
    await this.#unpackFiles(filesIn(root), filesIn(later), entries, contents)
  }

  async #unpackFiles(
    root: string,
    later: string,
    entries: readonly BundleEntry[],
    contents: Buffer,
  ): Promise<void> {
    await mkdir(root)
    const folders: BundleEntry[] = []
    let from = 0
    for (const entry of entries) {
      const { path, kind, link, size, later: isLater, mode, changed } = entry
      const place = join(root, normalize(`/${path}`))
      await mkdir(dirname(place), { recursive: true })
      if (kind === 'link') await symlink(link!.startsWith('/') ? `${later}${link}` : link!, place)
      else if (kind === 'folder') {
        await mkdir(place, { recursive: true })
        folders.push(entry)
      } else {
        const content = isLater ? '' : contents.subarray(from, from + size)
        from += content.length
        await writeFile(place, content, { flag: 'wx' })
        // It has its size, and takes no room.
        if (isLater) await truncate(place, size)
        await chmod(place, mode & 0o777)
        await utimes(place, changed / 1000, changed / 1000)
      }
    }
    // What lies in a folder changes its time.
    for (const { path, mode, changed } of folders.reverse()) {
      const place = join(root, normalize(`/${path}`))
      await chmod(place, (mode & 0o777) | 0o700)
      await utimes(place, changed / 1000, changed / 1000)
    }
  }

  async #content(name: string): Promise<Buffer> {
    const sealed = await this.#redis.getBuffer(places.content(name))
    if (sealed === null) throw new BundleGone('Redis does not hold the files of the run any more')
    return this.#seal.open(contentPlace(name), sealed)
  }

  /** Removes bundles that nobody has asked for, the longest first, and what a worker has left that was killed. */
  #tidy(kept: string): void {
    const bundles = readdirSync(this.#folder).filter((name) => name !== CONTENTS)
    const found = bundles.map((name) => {
      const path = join(this.#folder, name)
      return { name, path, used: lstatSync(path).mtimeMs }
    })
    const others = found.filter(({ name }) => name !== kept).sort((a, b) => b.used - a.used)
    for (const [at, { path, used }] of others.entries())
      if (at >= MOST - 1 || Date.now() - used > STAYS) rmSync(path, { recursive: true, force: true })
  }
}
