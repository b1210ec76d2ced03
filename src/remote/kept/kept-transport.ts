import type { Duplex } from 'node:stream'
import { type Channel, Crowded, type Way } from '../channel.ts'
import { KeeperLost } from './errors.ts'
import type { KeeperLink } from './keeper-link.ts'
import { channelOn, streamOn } from './kept-channel.ts'
import type { LoginThere } from './words.ts'

/**
 * A login that the keeper holds, as long as a run uses it. When the keeper is lost, or the server takes no more programs over
 * that login, one of the run's own takes over.
 */
export class KeptTransport implements Way {
  /** Tells apart what has decided about the login. */
  readonly basis: string
  readonly #link: KeeperLink
  readonly #there: LoginThere
  readonly #anew: () => Promise<Way>
  #own: Promise<Way> | undefined
  #openOwn: Way | undefined
  #isOver = false
  #forwards = 0

  /** `anew` logs in without the keeper. */
  constructor(link: KeeperLink, there: LoginThere, basis: string, anew: () => Promise<Way>) {
    this.basis = basis
    this.#link = link
    this.#there = there
    this.#anew = anew
    link.use(there.login, (error) => {
      if (!(error instanceof KeeperLost)) this.#isOver = true
    })
  }

  /** The number of the login with the keeper; undefined when it is not the keeper's any more. */
  get login(): number | undefined {
    return this.#isOver || this.#link.isLost ? undefined : this.#there.login
  }

  get closed(): boolean {
    return this.#isOver || (this.#openOwn?.closed ?? false)
  }

  get forwards(): boolean {
    return this.#forwards > 0 || (this.#openOwn?.forwards ?? false)
  }

  open(command: string): Promise<Channel> {
    return this.#through(
      async (login) => channelOn(await this.#link.channel({ login, command })),
      (own) => own.open(command),
    )
  }

  forward({ host, port }: { readonly host: string; readonly port: number }): Promise<Duplex> {
    return this.#through(
      async (login) => {
        const stream = await streamOn(await this.#link.channel({ login, forward: { host, port } }))
        this.#forwards += 1
        stream.once('close', () => {
          this.#forwards -= 1
        })
        return stream
      },
      (own) => own.forward({ host, port }),
    )
  }

  /** Nobody is to take the login up any more; it serves those who have it. */
  async close(): Promise<void> {
    const isKept = this.login !== undefined
    this.#isOver = true
    if (isKept) this.#link.leave(this.#there.login, true)
    await this.#openOwn?.close()
  }

  /** The run has no more use for it, and the next one may have. */
  async end(): Promise<void> {
    const isKept = this.login !== undefined
    this.#isOver = true
    if (isKept) this.#link.leave(this.#there.login, false)
    await this.#openOwn?.end()
  }

  async #through<T>(kept: (login: number) => Promise<T>, own: (way: Way) => Promise<T>): Promise<T> {
    if (!this.#link.isLost && this.#own === undefined) {
      try {
        return await kept(this.#there.login)
      } catch (error) {
        const isNext = error instanceof KeeperLost || error instanceof Crowded
        if (!isNext || this.#isOver) throw error
      }
    }
    return own(await this.#ownWay())
  }

  #ownWay(): Promise<Way> {
    if (this.#own === undefined) {
      const own = this.#anew()
      this.#own = own
      own.then(
        (way) => {
          this.#openOwn = way
        },
        // The next who asks may have more luck.
        () => {
          this.#own = undefined
        },
      )
    }
    return this.#own
  }
}
