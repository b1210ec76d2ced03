import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { onExit } from 'signal-exit'
import { ownWay } from './own-way.ts'

/**
 * A folder in which folders are put together that belong into another one, in the same file system: each is renamed into
 * its place when it is whole. Nobody but its user may read it, and nothing of it stays when the program ends.
 */
export class StagedFolder {
  readonly path: string
  readonly #root: string
  readonly #forget: () => void

  private constructor(root: string, path: string) {
    this.#root = root
    this.path = path
    this.#forget = onExit(() => rmSync(path, { recursive: true, force: true }))
  }

  /**
   * Makes `root` if need be; links of other users on the way are not followed. Raises the file system's error, or one with
   * a sentence.
   */
  static async in(root: string): Promise<StagedFolder> {
    const real = await ownWay(resolve(root))
    const path = join(real, `.install-${randomBytes(6).toString('hex')}`)
    await mkdir(path, { mode: 0o700 })
    return new StagedFolder(real, path)
  }

  /** A path in it that nothing has yet. */
  fresh(): string {
    return join(this.path, randomBytes(6).toString('hex'))
  }

  /**
   * Renames a folder within this one to `name`, relative to the root, in place of what is there. Raises the file system's
   * error; what was there is there again then.
   */
  async place(folder: string, name: string): Promise<void> {
    const target = join(await ownWay(dirname(join(this.#root, name))), name.split('/').at(-1)!)
    const old = this.fresh()
    const isThere = (await lstat(target).catch(() => undefined)) !== undefined
    if (isThere) await rename(target, old)
    try {
      await rename(folder, target)
    } catch (error) {
      if (isThere) await rename(old, target)
      throw error
    }
  }

  async close(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
    this.#forget()
  }
}
