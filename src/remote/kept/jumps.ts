import type { Way } from '../channel.ts'
import { loginKey } from '../login-key.ts'
import type { Target } from '../target.ts'
import { KeptTransport } from './kept-transport.ts'

/**
 * Logins to jump hosts that the keeper holds, where the run had one of its own before there was a keeper: what goes through
 * that one would end with it.
 */
export class KeptJumps {
  readonly #ways = new Map<number, Promise<Way>>()

  /** `own` where it is the keeper's already, or where `logIn` fails; else what `logIn` gives, once for all hosts behind it. */
  async instead(own: Way, jump: Target, logIn: () => Promise<Way>): Promise<Way> {
    if (own instanceof KeptTransport) return own
    const key = loginKey(jump)
    const known = this.#ways.get(key)
    const isThere = known !== undefined && !(await known).closed
    // Another host may have asked meanwhile.
    const current = this.#ways.get(key)
    if (current !== undefined && (isThere || current !== known)) return current
    const made = logIn().catch(() => own)
    this.#ways.set(key, made)
    return made
  }

  /** Gives up the one to a jump host: it serves whom it serves, and nobody else. */
  async drop(jump: Target): Promise<void> {
    const way = await this.#ways.get(loginKey(jump))
    this.#ways.delete(loginKey(jump))
    if (way instanceof KeptTransport) await way.close()
  }

  /** The run has no more use for them. */
  async end(): Promise<void> {
    const ways = await Promise.all(this.#ways.values())
    this.#ways.clear()
    await Promise.all(ways.filter((way) => way instanceof KeptTransport).map((way) => way.end()))
  }
}
