import type { Duplex } from 'node:stream'
import type { Channel } from '../channel.ts'
import type { SshTransport } from '../ssh/transport.ts'
import type { AboutLogin, LetIn, Listed, LoginThere } from './words.ts'

/** Shells that wait on one login for the next run: servers allow ten programs on one connection (MaxSessions). */
const SPARES_AT_MOST = 4

/** A server may take so many times a round trip to say that it is there, and so many ms besides. */
const ROUNDS = 3
const BESIDES = 250

/** A login that outlives the run that has made it, and the shells that wait on it. */
export class KeptLogin {
  readonly number: number
  readonly basis: string
  readonly transport: SshTransport
  readonly #about: AboutLogin
  readonly #letIn: LetIn
  readonly #made = Date.now()
  /** Runs that use it. */
  readonly #users = new Set<object>()
  /** Command lines that those have asked for. */
  readonly #wanted = new Set<string>()
  readonly #spares = new Map<string, Channel>()
  #isRetired = false
  #persist: number
  /** When it is to end, in ms since 1970: a machine that slept has not kept it any longer for that. */
  #until: number
  /** Of a round trip, in ms. */
  #round = 0
  #isSilent = false

  constructor(number: number, transport: SshTransport, about: AboutLogin, letIn: LetIn) {
    this.number = number
    this.basis = about.basis
    this.transport = transport
    this.#about = about
    this.#letIn = letIn
    this.#persist = about.persist
    this.#until = this.#made + about.persist * 1000
    transport.onFull = () => {
      for (const spare of this.#spares.values()) spare.close()
      this.#spares.clear()
    }
  }

  get there(): LoginThere {
    return { login: this.number, ...this.#letIn }
  }

  get listed(): Listed {
    const { name, settings } = this.#about
    const now = Date.now()
    const left = this.isUsed ? 0 : Math.max(0, Math.ceil((this.#until - now) / 1000))
    return {
      ...{ name, user: settings.user, host: settings.host, port: settings.port, by: this.#letIn.by },
      ...{ age: Math.floor((now - this.#made) / 1000), users: this.#users.size, left },
    }
  }

  get name(): string {
    return this.#about.name
  }

  /** Whether a run has it, or another login goes through it. */
  get isUsed(): boolean {
    return this.#users.size > 0 || this.transport.forwards
  }

  /** When it ends unless it is used, in ms since 1970. */
  get until(): number {
    return this.#until
  }

  /** Whether it can be taken up, as far as is known without asking. */
  get isFit(): boolean {
    return (
      !this.transport.closed &&
      !this.#isSilent &&
      !this.#isRetired &&
      (this.isUsed || Date.now() < this.#until)
    )
  }

  /** How long the server may take for a word, in ms. */
  get #patience(): number {
    return ROUNDS * this.#round + BESIDES
  }

  isUsedBy(user: object): boolean {
    return this.#users.has(user)
  }

  /** `user` is a run; it keeps the login for so many seconds when that is over. */
  take(user: object, persist: number): void {
    this.#users.add(user)
    this.#persist = persist
  }

  /** Whether the server is there: it is asked, and has little more time than it took before. */
  async answers(): Promise<boolean> {
    const began = performance.now()
    const there = await this.transport.answers(this.#patience)
    if (there) this.#round = performance.now() - began
    else this.#isSilent = true
    return there
  }

  /** Measures how far away the server is. */
  async measure(): Promise<void> {
    const began = performance.now()
    if (await this.transport.answers(MEASURING)) this.#round = performance.now() - began
  }

  /**
   * A program for a run: a shell that waits already, or a new one. Raises as the transport does, and Crowded soon where
   * programs of other runs may take up what the server allows.
   */
  async open(command: string): Promise<Channel> {
    if (this.#wanted.size < SPARES_AT_MOST) this.#wanted.add(command)
    const spare = this.#spares.get(command)
    this.#spares.delete(command)
    return spare ?? this.transport.open(command, this.#users.size > 1 ? this.#patience / 1000 : undefined)
  }

  forward(to: { readonly host: string; readonly port: number }): Promise<Duplex> {
    return this.transport.forward(to)
  }

  /** A run has no more use for it. Behind the last one, shells come up for the next; they have seen nothing of this one. */
  release(user: object): void {
    if (!this.#users.delete(user) || this.#users.size > 0) return
    if (this.#isRetired) return void this.transport.close()
    this.#until = Date.now() + this.#persist * 1000
    const wanted = [...this.#wanted]
    this.#wanted.clear()
    this.await(wanted)
  }

  /** A run wants no more of it than those who use it now: it ends behind them. */
  retire(user: object): void {
    this.#isRetired = true
    this.release(user)
  }

  /** Has shells come up for the next run, by these command lines, and no others. */
  await(wanted: readonly string[]): void {
    for (const [command, spare] of this.#spares)
      if (!wanted.includes(command)) {
        this.#spares.delete(command)
        spare.close()
      }
    for (const command of wanted) if (!this.#spares.has(command)) void this.#prepare(command)
  }

  async #prepare(command: string): Promise<void> {
    const channel = await this.transport.open(command).catch(() => undefined)
    if (channel === undefined) return
    const forget = () => {
      if (this.#spares.get(command) === channel) this.#spares.delete(command)
    }
    channel.exited.then(forget, forget)
    if (this.#users.size > 0 || this.#spares.has(command)) channel.close()
    else this.#spares.set(command, channel)
  }

  end(): Promise<void> {
    return this.transport.end()
  }
}

/** How long a server may take that is asked only to see how long it takes, in ms. */
const MEASURING = 10_000
