import type { Socket } from 'node:net'
import ssh2, { type ParsedKey } from 'ssh2'
import type { Identity } from '../ssh/identity.ts'
import { dial, loggedIn } from '../ssh/reach.ts'
import { errorOfWords, wordsOfError } from './errors.ts'
import { KeptLogin } from './kept-login.ts'
import type { KeptLogins } from './kept-logins.ts'
import { KIND, receive, sendWords } from './wire.ts'
import type { Asked, FromKeeper, FromRun, LoginWords, Question } from './words.ts'

/** Who waits for an answer of the run. */
interface Waiting {
  readonly resolve: (value: string) => void
  readonly reject: (error: Error) => void
}

/** A run that the keeper serves, as long as its socket is open. */
export class ServedRun {
  readonly #socket: Socket
  readonly #logins: KeptLogins
  readonly #waiting = new Map<number, Waiting>()
  #questions = 0

  constructor(socket: Socket, logins: KeptLogins) {
    this.#socket = socket
    this.#logins = logins
    receive(socket, (kind, bytes) => {
      if (kind === KIND.words) this.#hear(JSON.parse(bytes.toString()))
    })
    socket.once('close', () => this.#end())
  }

  #hear(said: FromRun): void {
    if ('ask' in said)
      this.#do(said.asked, said.ask).then(
        (given) => this.#say({ to: said.ask, given: given ?? null }),
        (error: Error) => this.#say({ to: said.ask, error: wordsOfError(error) }),
      )
    else if ('answer' in said) {
      const waiting = this.#waiting.get(said.answer)
      this.#waiting.delete(said.answer)
      if (said.error !== undefined) waiting?.reject(errorOfWords(said.error))
      else waiting?.resolve(said.value ?? '')
    } else if ('release' in said) this.#logins.release(said.release, this)
    else this.#logins.discard(said.discard, this)
  }

  async #do(asked: Asked, to: number): Promise<unknown> {
    if ('take' in asked) {
      const login = await this.#logins.take(asked.take.basis, this, asked.take.persist)
      if (login !== undefined) this.#watch(login)
      return login?.there
    }
    if ('login' in asked) return this.#logIn(asked.login, to)
    if ('list' in asked) return this.#logins.listed
    if ('close' in asked) return this.#logins.close(asked.close)
    return undefined
  }

  async #logIn(words: LoginWords, to: number): Promise<unknown> {
    const { settings, seconds, through, environment, types } = words
    const jump = through === undefined ? undefined : this.#logins.get(through)
    let hostKey = ''
    let by = ''
    const dialled = await dial(settings, seconds, jump?.transport, environment)
    const transport = await loggedIn(dialled, {
      settings,
      seconds,
      credentials: { identities: this.#identities(words, to), password: undefined, passwordFirst: false },
      hostKeys: {
        types,
        check: async (key) => {
          hostKey = key.toString('base64')
          await this.#ask(to, { hostKey })
        },
      },
      events: {
        onGreeting: () => this.#say({ to, greeting: true }),
        onLogin: (name) => {
          by = name
        },
        ...(words.debug && { onDebug: (debug: string) => this.#say({ to, debug }) }),
      },
    })
    if (this.#socket.destroyed) {
      await transport.end()
      throw new Error('the run has ended')
    }
    const login = this.#logins.add((number) => new KeptLogin(number, transport, words, { hostKey, by }))
    login.take(this, words.persist)
    this.#watch(login)
    return login.there
  }

  /** The keys of the run, which signs with them itself. */
  #identities({ offers }: LoginWords, to: number): Identity[] {
    return offers.map(({ name, key }, offer) => ({
      name,
      publicKey: ssh2.utils.parseKey(Buffer.from(key, 'base64')) as ParsedKey,
      sign: async (data, hash) => {
        const sign = { offer, data: data.toString('base64'), ...(hash && { hash }) }
        return Buffer.from(await this.#ask(to, { sign }), 'base64')
      },
    }))
  }

  #watch(login: KeptLogin): void {
    void login.transport.ended.then((error) => {
      if (login.isUsedBy(this)) this.#say({ lost: login.number, error: wordsOfError(error) })
    })
  }

  #ask(to: number, about: Question): Promise<string> {
    this.#questions += 1
    const question = this.#questions
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('the run has ended'))
      this.#waiting.set(question, { resolve, reject })
      this.#say({ to, question, about })
    })
  }

  #say(words: FromKeeper): void {
    sendWords(this.#socket, words)
  }

  #end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the run has ended'))
    this.#waiting.clear()
    this.#logins.releaseAll(this)
  }
}
