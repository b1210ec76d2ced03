import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { SshTransport } from '../ssh/transport.ts'
import type { KeeperLink } from './keeper-link.ts'
import { folderName, isListening, keeperFolder, socketOf } from './place.ts'
import type { LeftLogin } from './words.ts'

export interface KeeperProgram {
  /** The file that tells one version from another. */
  readonly file: string
  /** Words for node, behind which goes what `begin.ts` says. */
  readonly argv: readonly string[]
}

/** What is known of a login of the run's own, but for its connection. */
type Bequest = Omit<LeftLogin, 'state' | 'commands'>

interface Left {
  readonly socket: Socket
  /** undefined where it cannot be known. */
  readonly login: Promise<LeftLogin | undefined>
}

/** How a run finds the keeper, starts one, or leaves its logins to one. */
export class KeeperClient {
  readonly #program: KeeperProgram
  #known: Promise<KeeperLink | undefined> | undefined
  #link: Promise<KeeperLink | undefined> | undefined
  #trouble: string | undefined
  readonly #left: Left[] = []

  constructor(program: KeeperProgram) {
    this.#program = program
  }

  /** The run's link to the keeper that is there, or that this run has started; undefined when there is none. */
  known(): Promise<KeeperLink | undefined> {
    this.#known ??= this.#found().catch((error: Error) => this.#failed(error))
    return (this.#link ?? this.#known).then(usable)
  }

  /** The same; where there is no keeper, one is started. undefined when there can be none: then the run logs in by itself. */
  link(): Promise<KeeperLink | undefined> {
    this.#link ??= this.known().then(
      (link) => link ?? this.#started().catch((error: Error) => this.#failed(error)),
    )
    return this.#link.then(usable)
  }

  /** Why there is no link, a sentence; undefined where nobody has been there. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** When the run is over, a login of its own goes to a keeper that is started then, unless there is one by now. */
  bequeath(transport: SshTransport, bequest: Promise<Bequest>): void {
    transport.heir = ({ state, socket }, commands) => {
      const login = bequest.then(
        (known) => ({ ...known, state, commands }),
        () => undefined,
      )
      this.#left.push({ socket, login })
    }
  }

  /** What was asked for is over, and so are the run's own logins. It may be called again. */
  async close(): Promise<void> {
    const link = await (this.#link ?? this.#known)
    link?.close()
    const left = this.#left.splice(0)
    if (left.length > 0 && link === undefined && this.#trouble === undefined)
      await this.#leave(left).catch(() => {})
    for (const { socket } of left) socket.destroy()
  }

  async #leave(all: readonly Left[]): Promise<void> {
    const left: { login: LeftLogin; socket: Socket }[] = []
    for (const { socket, login } of all) {
      const known = await login
      if (known !== undefined) left.push({ login: known, socket })
    }
    if (left.length === 0) return
    const path = this.#path()
    // Another run may have left its own meanwhile, to a keeper that is still coming up: nobody waits for that.
    const { leaveTo } = await import('./begin.ts')
    if (!(await isListening(path))) await leaveTo(path, this.#program.argv, left)
  }

  async #found(): Promise<KeeperLink | undefined> {
    if (!existsSync(folderName())) return undefined
    const path = this.#path()
    if (!existsSync(path)) return undefined
    const { KeeperLink, NobodyThere } = await import('./keeper-link.ts')
    return KeeperLink.to(path).catch((error) => {
      if (error instanceof NobodyThere) return undefined
      throw error
    })
  }

  async #started(): Promise<KeeperLink | undefined> {
    if (this.#trouble !== undefined) return undefined
    const path = this.#path()
    const [{ begun }, { KeeperLink }] = await Promise.all([import('./begin.ts'), import('./keeper-link.ts')])
    await begun(path, this.#program.argv)
    return KeeperLink.to(path)
  }

  #path(): string {
    return socketOf(keeperFolder(), this.#program.file)
  }

  #failed({ message }: Error): undefined {
    this.#trouble = message
    return undefined
  }
}

function usable(link: KeeperLink | undefined): KeeperLink | undefined {
  return link?.isLost ? undefined : link
}
