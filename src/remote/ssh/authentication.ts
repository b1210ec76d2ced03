import ssh2, {
  type AnyAuthMethod,
  type AuthenticationType,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2'
import { Unreachable } from '../channel.ts'
import type { Identity } from './identity.ts'
import type { SshSettings } from './ssh-settings.ts'

export interface Credentials {
  readonly identities: readonly Identity[]
  readonly password: string | undefined
  /** No key was named: what the user did give is tried before whatever keys are lying about. */
  readonly passwordFirst: boolean
}

interface Watcher {
  /** A method is about to be tried. */
  onAttempt(): void
  /** A key is being used, which may mean that somebody types its passphrase. */
  onSigning(): void
  onFailure(error: Error): void
}

interface Offer {
  readonly name: string
  readonly method: AnyAuthMethod
}

/** Who we say we are to one server: keys in their order, and a password. */
export class Authentication {
  readonly #settings: SshSettings
  readonly #watcher: Watcher
  #left: Offer[]
  /** All that the server has seen. */
  readonly #shown = new Set<Offer>()
  #last: Offer | undefined
  /** Refused only because something else has to be shown first. */
  #tooEarly: Offer[] = []
  #accepts: readonly string[] | undefined
  #hasAsked = false
  #passwordIsWrong = false

  constructor(settings: SshSettings, credentials: Credentials, watcher: Watcher) {
    this.#settings = settings
    this.#watcher = watcher
    const passwords = credentials.password === undefined ? [] : this.#passwordOffers(credentials.password)
    const keys = credentials.identities.map((identity) => this.#keyOffer(identity))
    this.#left = credentials.passwordFirst ? [...passwords, ...keys] : [...keys, ...passwords]
  }

  /** ssh2's authHandler: the next method, or false when there is none; `accepts` is what the server said last. */
  next(accepts: AuthenticationType[] | null): AnyAuthMethod | false {
    this.#watcher.onAttempt()
    if (accepts !== null) this.#hear(accepts)
    const offer = this.#nextWelcome()
    if (offer !== undefined) {
      this.#shown.add(offer)
      this.#last = offer
      return offer.method
    }
    if (this.#hasAsked) return false
    // ssh2 does not pass on what the server says to a key: asking for nothing makes it say what it still wants.
    this.#hasAsked = true
    return { type: 'none', username: this.#settings.user }
  }

  #hear(accepts: readonly AuthenticationType[]): void {
    this.#accepts = accepts
    const last = this.#last
    this.#last = undefined
    if (last?.method.type === 'password') {
      if (accepts.includes('password')) this.#passwordIsWrong = true
      else this.#tooEarly.push(last)
    }
    this.#left.push(...this.#tooEarly.filter((offer) => this.#isWelcome(offer)))
    this.#tooEarly = this.#tooEarly.filter((offer) => !this.#isWelcome(offer))
  }

  #nextWelcome(): Offer | undefined {
    for (let offer = this.#left.shift(); offer !== undefined; offer = this.#left.shift()) {
      if (this.#isWelcome(offer)) return offer
      this.#tooEarly.push(offer)
    }
    return undefined
  }

  /** The name of what was shown last: when we are in, of what has let us in. */
  get current(): string {
    return this.#last?.name ?? 'nothing: the server asks for none'
  }

  /** Why nobody was let in. */
  refusal(): Unreachable {
    const { user, host, port, certificates } = this.#settings
    const all = [...this.#shown].map(({ name }) => name)
    const tried = all.length === 0 ? 'there was no key or password to try' : `tried ${all.join(', ')}`
    const accepts = this.#accepts === undefined ? '' : `; the server takes ${this.#accepts.join(', ')}`
    const advice = certificates
      ? 'certificates (CertificateFile) are not supported: add the plain key to authorized_keys'
      : 'name the key with ansible_ssh_private_key_file or --private-key, load it into ssh-agent, or give a password with -k'
    return new Unreachable(`${host} port ${port} does not let ${user} in: ${tried}${accepts}`, advice)
  }

  /** The connection ended while we were logging in. */
  hungUp(error: Error): Unreachable {
    const { user, host, port } = this.#settings
    const names = [...this.#shown].map(({ name }) => name)
    const tried = names.length === 0 ? '' : ` (tried ${names.join(', ')})`
    return new Unreachable(
      `${host} port ${port} hung up during the login of ${user}${tried}: ${error.message}`,
      names.length > 2
        ? 'too many keys were offered (MaxAuthTries): name the right one with ansible_ssh_private_key_file'
        : "the server's log says why",
    )
  }

  #isWelcome({ method }: Offer): boolean {
    if (this.#accepts === undefined) return true
    // A password that was refused would be refused again, and counted, under its other name.
    if (method.type === 'keyboard-interactive' && this.#passwordIsWrong) return false
    return this.#accepts.includes(method.type === 'agent' ? 'publickey' : method.type)
  }

  #keyOffer(identity: Identity): Offer {
    const agent = new OneKeyAgent(identity, this.#watcher)
    return { name: identity.name, method: { type: 'agent', username: this.#settings.user, agent } }
  }

  #passwordOffers(password: string): Offer[] {
    const username = this.#settings.user
    return [
      { name: 'password', method: { type: 'password', username, password } },
      {
        name: 'password (keyboard-interactive)',
        method: {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
        },
      },
    ]
  }
}

/** Shows ssh2 one key as if an agent held it: it then asks for a signature only once the server takes the key. */
class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #identity: Identity
  readonly #watcher: Watcher

  constructor(identity: Identity, watcher: Watcher) {
    super()
    this.#identity = identity
    this.#watcher = watcher
  }

  getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(null, [this.#identity.publicKey])
  }

  sign(
    _key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const [hash, done] =
      typeof options === 'function' ? [undefined, options] : [options.hash, callback ?? (() => {})]
    this.#watcher.onSigning()
    this.#identity.sign(data, hash).then(
      (signature) => {
        this.#watcher.onAttempt()
        done(null, signature)
      },
      (error: Error) => {
        this.#watcher.onFailure(
          error instanceof Unreachable
            ? error
            : new Unreachable(`the ${this.#identity.name} cannot be used: ${error.message}`),
        )
      },
    )
  }
}
