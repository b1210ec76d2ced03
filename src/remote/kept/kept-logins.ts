import { takeOver } from '../ssh/handed.ts'
import { SshTransport } from '../ssh/transport.ts'
import { KeptLogin } from './kept-login.ts'
import type { LeftLogin, Listed } from './words.ts'

/** The logins that a keeper holds. */
export class KeptLogins {
  readonly #logins = new Map<number, KeptLogin>()
  readonly #onChange: () => void
  #numbers = 0

  /** `onChange` is called when one has come, gone or changed hands. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get size(): number {
    return this.#logins.size
  }

  get listed(): Listed[] {
    return [...this.#logins.values()].map(({ listed }) => listed)
  }

  get(number: number): KeptLogin | undefined {
    return this.#logins.get(number)
  }

  add(make: (number: number) => KeptLogin): KeptLogin {
    this.#numbers += 1
    const login = make(this.#numbers)
    this.#logins.set(login.number, login)
    void login.transport.ended.then(() => {
      this.#logins.delete(login.number)
      this.#onChange()
    })
    void login.measure()
    this.#onChange()
    return login
  }

  /** Takes what a run has left, with the descriptor of its connection. */
  inherit({ about, state, patience, commands, hostKey, by }: LeftLogin, descriptor: number): void {
    const { settings } = about
    const { client, stream } = takeOver(state, descriptor, settings, Buffer.from(hostKey, 'base64'))
    const transport = new SshTransport(client, stream, settings, patience)
    this.add((number) => new KeptLogin(number, transport, about, { hostKey, by })).await(commands)
  }

  /** A login that the same has decided about and whose server answers; undefined where there is none. */
  async take(basis: string, user: object, persist: number): Promise<KeptLogin | undefined> {
    for (const login of [...this.#logins.values()].reverse()) {
      if (login.basis !== basis || !login.isFit) continue
      login.take(user, persist)
      if (await login.answers()) {
        this.#onChange()
        return login
      }
      login.release(user)
      if (!login.isUsed) void login.end()
    }
    return undefined
  }

  release(number: number, user: object): void {
    this.#logins.get(number)?.release(user)
    this.#onChange()
  }

  releaseAll(user: object): void {
    for (const login of this.#logins.values()) login.release(user)
    this.#onChange()
  }

  /** Nobody takes it up any more; it ends when nobody uses it, and no other login goes through it. */
  discard(number: number, user: object): void {
    this.#logins.get(number)?.retire(user)
    this.#onChange()
  }

  /** Ends all. */
  async end(): Promise<void> {
    await Promise.all([...this.#logins.values()].map((login) => login.end()))
  }

  /** Ends all, or those to hosts of these names; gives how many. */
  close(names: readonly string[] | 'all'): number {
    const meant = [...this.#logins.values()].filter(({ name }) => names === 'all' || names.includes(name))
    for (const login of meant) void login.end()
    return meant.length
  }

  /** Ends those whose time is over; gives when the next one's will be, in ms since 1970. */
  expire(): number | undefined {
    const now = Date.now()
    const idle = [...this.#logins.values()].filter(({ isUsed }) => !isUsed)
    for (const login of idle) if (login.until <= now) void login.end()
    const later = idle.map(({ until }) => until).filter((until) => until > now)
    return later.length === 0 ? undefined : Math.min(...later)
  }
}
