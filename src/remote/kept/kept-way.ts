import type { Way } from '../channel.ts'
import { Exhausted } from '../exhausted.ts'
import type { Credentials } from '../ssh/authentication.ts'
import { HostKeys } from '../ssh/known-hosts.ts'
import type { LoginEvents } from '../ssh/login.ts'
import type { SshSettings } from '../ssh/ssh-settings.ts'
import type { Target } from '../target.ts'
import { basisOf, proxyEnvironment } from './basis.ts'
import { KeeperLost } from './errors.ts'
import type { KeeperLink } from './keeper-link.ts'
import { KeptTransport } from './kept-transport.ts'
import type { LoginThere, LoginWords, Question } from './words.ts'

interface About {
  readonly target: Target
  readonly settings: SshSettings
  readonly through: Way | undefined
  /** Seconds. */
  readonly persist: number
  /** Logs in without the keeper. */
  readonly anew: () => Promise<Way>
}

/** How a host is reached over the keeper. Who logs in is the run: it has the keys, and judges those of the host. */
export class KeptWay {
  readonly #link: KeeperLink
  readonly #about: About
  readonly #basis: string
  readonly #through: number | undefined

  private constructor(link: KeeperLink, about: About, basis: string, through: number | undefined) {
    this.#link = link
    this.#about = about
    this.#basis = basis
    this.#through = through
  }

  /** undefined for a host behind one whose login the keeper does not hold. */
  static async of(link: KeeperLink, about: About): Promise<KeptWay | undefined> {
    const { through, settings, target } = about
    const jump = through instanceof KeptTransport && through.login !== undefined ? through : undefined
    if (through !== undefined && jump === undefined) return undefined
    const basis = await basisOf(settings, target.privateKeyFile, jump?.basis)
    return new KeptWay(link, about, basis, jump?.login)
  }

  /** A login of an earlier run, whose host key is trusted now too; undefined when there is none. */
  async take(): Promise<KeptTransport | undefined> {
    const take = { basis: this.#basis, persist: this.#about.persist }
    const there = await this.#link.ask<LoginThere | null>({ take }).catch(() => null)
    if (there === null) return undefined
    try {
      new HostKeys(this.#about.settings).check(Buffer.from(there.hostKey, 'base64'))
      return this.#transport(there)
    } catch {
      // A new login says why.
      this.#link.leave(there.login, true)
      return undefined
    }
  }

  /** A new login; undefined when the keeper is lost meanwhile, or has no room for it. Raises Unreachable. */
  async logIn(
    credentials: Credentials,
    { onGreeting, onLogin, onDebug }: LoginEvents,
  ): Promise<KeptTransport | undefined> {
    const { target, settings, persist } = this.#about
    const hostKeys = new HostKeys(settings)
    const login: LoginWords = {
      basis: this.#basis,
      settings,
      offers: credentials.identities.map(({ name, publicKey }) => ({
        name,
        key: publicKey.getPublicSSH().toString('base64'),
      })),
      seconds: target.timeout,
      ...(this.#through !== undefined && { through: this.#through }),
      ...(settings.proxyCommand !== undefined && { environment: proxyEnvironment() }),
      types: hostKeys.types,
      debug: onDebug !== undefined,
      name: target.name,
      persist,
    }
    const onQuestion = async (question: Question): Promise<string> => {
      if ('hostKey' in question) {
        hostKeys.check(Buffer.from(question.hostKey, 'base64'))
        return ''
      }
      const { offer, data, hash } = question.sign
      const signature = await credentials.identities[offer]!.sign(Buffer.from(data, 'base64'), hash)
      return signature.toString('base64')
    }
    try {
      const there = await this.#link.ask<LoginThere>({ login }, { onGreeting, onDebug, onQuestion })
      onLogin?.(there.by)
      return this.#transport(there)
    } catch (error) {
      if (error instanceof KeeperLost || error instanceof Exhausted) return undefined
      throw error
    }
  }

  #transport(there: LoginThere): KeptTransport {
    return new KeptTransport(this.#link, there, this.#basis, this.#about.anew)
  }
}
