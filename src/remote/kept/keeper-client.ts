import type { KeeperLink } from './keeper-link.ts'

/** What a run needs to find the keeper, or to start one. */
export class KeeperClient {
  readonly #program: string
  #link: Promise<KeeperLink | undefined> | undefined

  /** `program` is the path of the keeper's. */
  constructor(program: string) {
    this.#program = program
  }

  /** The run's link to the keeper; undefined when there can be none: then it logs in by itself. */
  link(): Promise<KeeperLink | undefined> {
    this.#link ??= this.#open().catch(() => undefined)
    return this.#link.then((link) => (link?.isLost ? undefined : link))
  }

  async #open(): Promise<KeeperLink | undefined> {
    const [{ KeeperLink }, { keeperFolder, socketOf }] = await Promise.all([
      import('./keeper-link.ts'),
      import('./place.ts'),
    ])
    return KeeperLink.open(socketOf(keeperFolder(), this.#program), this.#program)
  }

  /** What was asked for is over. */
  async close(): Promise<void> {
    const link = await this.#link
    link?.close()
  }
}
