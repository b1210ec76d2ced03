import { existsSync } from 'node:fs'
import type { KeeperLink } from './keeper-link.ts'
import { folderName, keeperFolder, socketOf } from './place.ts'

export interface KeeperProgram {
  /** The file that tells one version from another. */
  readonly file: string
  /** Words for node, behind which goes the path of the socket. */
  readonly argv: readonly string[]
}

/** How a run finds the keeper, or starts one. */
export class KeeperClient {
  readonly #program: KeeperProgram
  #link: Promise<KeeperLink | undefined> | undefined
  #trouble: string | undefined
  #isNew = false

  constructor(program: KeeperProgram) {
    this.#program = program
  }

  /**
   * Starts one before it is known whether it is needed, if an earlier run has needed one: it comes up while playbooks are
   * read.
   */
  expect(): void {
    if (existsSync(folderName())) void this.link()
  }

  /** The run's link to the keeper; undefined when there can be none: then it logs in by itself. */
  link(): Promise<KeeperLink | undefined> {
    this.#link ??= this.#open().catch(({ message }: Error) => {
      this.#trouble = message
      return undefined
    })
    return this.#link.then((link) => (link?.isLost ? undefined : link))
  }

  /** It has been started for this run, and has no login yet. */
  get isNew(): boolean {
    return this.#isNew
  }

  /** Why there is no link, a sentence. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  async #open(): Promise<KeeperLink | undefined> {
    const { KeeperLink } = await import('./keeper-link.ts')
    return KeeperLink.open(socketOf(keeperFolder(), this.#program.file), this.#program.argv, () => {
      this.#isNew = true
    })
  }

  /** What was asked for is over. */
  async close(): Promise<void> {
    const link = await this.#link
    link?.close()
  }
}
