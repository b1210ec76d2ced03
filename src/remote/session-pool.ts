import { userInfo } from 'node:os'
import { type Transport, Unreachable, type Way } from './channel.ts'
import { LocalTransport } from './local.ts'
import { becomeKey, loginKey } from './login-key.ts'
import { Session } from './session.ts'
import { withSlowNotice } from './slot.ts'
import { SshConnector, type SshConnectorOptions } from './ssh/connector.ts'
import type { Become, Target } from './target.ts'

export interface SessionPoolOptions extends SshConnectorOptions {
  /** Bytes of an output that are kept; as in ShellOptions if nothing is said. */
  readonly maxOutput?: number | undefined
  /** Waits until a login may begin. */
  readonly beforeLogin?: (() => Promise<void>) | undefined
  /** Is called with the name of a host, once for each login that it comes to use. */
  readonly onConnecting?: ((host: string) => void) | undefined
  /** The login is there, and took so many seconds. */
  readonly onConnected?: ((host: string, seconds: number) => void) | undefined
}

/** One login, and what goes over it. */
interface Entry {
  readonly transport: Promise<Transport>
  /** The same, once it is there. */
  open?: Transport
  /** By the name of the host, as one need not wait for what another asks, and then by whom it becomes. */
  readonly sessions: Map<string, Map<number, Session>>
}

/** The logins of a run, those to jump hosts too, each made once and shared by all that may use it. */
export class SessionPool {
  readonly #connector: SshConnector
  #options: SessionPoolOptions
  readonly #entries = new Map<number, Entry>()
  /** Out of the pool, but other hosts may still be reached through them. */
  #dropped: Transport[] = []
  /** What somebody has asked for since `serve`. */
  readonly #used = new Set<Entry | Session>()

  constructor(options: SessionPoolOptions = {}) {
    this.#options = options
    const now = () => this.#options
    this.#connector = new SshConnector({
      most: options.most,
      hop: (name) => now().hop?.(name),
      warn: (message) => now().warn?.(message),
      // Nothing is put into words that nobody wants to hear.
      get onStep() {
        return now().onStep
      },
      get onDebug() {
        return now().onDebug
      },
      get keeper() {
        return now().keeper
      },
    })
  }

  /** The next run has the pool, with all logins that are there: what is told goes to it. `most` stays as it was. */
  serve(options: SessionPoolOptions): void {
    this.#options = options
    this.#used.clear()
  }

  /** Gives up the logins over which no answer comes within so many ms: the host is not there any more, or anew. */
  async dropSilent(patience: number): Promise<void> {
    const look = async ([key, entry]: [number, Entry]) => {
      const answers = await Promise.all(sessionsOn(entry).map((session) => session.answers(patience)))
      if (answers.every(Boolean) || this.#entries.get(key) !== entry) return
      this.#entries.delete(key)
      await entry.transport.then((transport) => transport.close()).catch(() => {})
    }
    await Promise.all([...this.#entries].map(look))
  }

  /** Ends the logins and sessions that nobody has asked for since `serve`; a jump host that is gone through is used. */
  async closeUnused(): Promise<void> {
    const unused = [...this.#entries].filter(([, entry]) => !this.#used.has(entry) && !isJump(entry))
    for (const [key] of unused) this.#entries.delete(key)
    const sessions: Session[] = []
    for (const { sessions: byHost } of this.#entries.values())
      for (const [host, own] of byHost) {
        for (const [become, session] of own) {
          if (this.#used.has(session)) continue
          own.delete(become)
          sessions.push(session)
        }
        if (own.size === 0) byHost.delete(host)
      }
    sessions.push(...unused.flatMap(([, entry]) => sessionsOn(entry)))
    await Promise.all(sessions.map((session) => session.close()))
    await Promise.all(unused.map(([, { transport }]) => transport.then((one) => one.close()).catch(() => {})))
    this.#dropped = this.#dropped.filter((one) => isWay(one) && one.forwards)
  }

  /**
   * The session of an identity, its login made when there is none or it is gone. `onUnresponsive` is called, maybe more
   * than once, when that takes long because nothing is heard of the host. Raises Unreachable.
   */
  async session(target: Target, become?: Become, onUnresponsive = () => {}): Promise<Session> {
    const entry = await this.#entry(target, [], onUnresponsive)
    const sessions = this.#sessionsOf(entry, target.name)
    return this.#session(sessions, await entry.transport, target, become)
  }

  /** The session of an identity whose login is there; undefined if that would have to be made. */
  openSession(target: Target, become?: Become): Session | undefined {
    const entry = this.#entries.get(loginKey(target))
    if (entry?.open === undefined || entry.open.closed) return undefined
    this.#used.add(entry)
    return this.#session(this.#sessionsOf(entry, target.name), entry.open, target, become)
  }

  /** The connection below the sessions of a target; made, and raises, as these are. */
  async connect(target: Target, onUnresponsive = () => {}): Promise<Transport> {
    return (await this.#entry(target, [], onUnresponsive)).transport
  }

  /** Gives up a login, for all hosts and identities that share it: the next who wants it makes a new one. */
  async drop(target: Target): Promise<void> {
    const key = loginKey(target)
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    await this.#connector.drop(target)
    const transport = await entry.transport.catch(() => undefined)
    if (transport === undefined) return
    this.#dropped.push(transport)
    await transport.close()
    for (const session of sessionsOn(entry)) void session.close()
  }

  /** Ends every command that is still running. */
  kill(): void {
    for (const entry of this.#entries.values()) for (const session of sessionsOn(entry)) session.kill()
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.flatMap(sessionsOn).map((session) => session.close()))
    const transports = [...this.#dropped.splice(0), ...entries.map(({ transport }) => transport)]
    await Promise.all(
      transports.map((transport) =>
        Promise.resolve(transport)
          .then(end)
          .catch(() => {}),
      ),
    )
    await this.#connector.close()
  }

  /** `from` are the keys of those that are reached through this one. */
  async #entry(target: Target, from: readonly number[], onUnresponsive: () => void): Promise<Entry> {
    const key = loginKey(target)
    if (from.includes(key)) {
      throw new Unreachable(
        `${target.name} is to be reached through itself`,
        'give ansible_ssh_common_args with its ProxyJump only to the hosts behind it',
      )
    }
    const known = this.#entries.get(key)
    if (known !== undefined && !(await withSlowNotice(onUnresponsive, () => isGone(known))))
      return this.#taken(known)
    // Another call may have begun a new one while this one checked the old.
    const current = this.#entries.get(key)
    if (current !== undefined && current !== known) return this.#taken(current)
    const entry: Entry = {
      transport: this.#begin(target, [...from, key], onUnresponsive),
      sessions: new Map(),
    }
    this.#entries.set(key, entry)
    entry.transport.then(
      (transport) => {
        entry.open = transport
      },
      () => {},
    )
    return this.#taken(entry)
  }

  #taken<T extends Entry | Session>(one: T): T {
    this.#used.add(one)
    return one
  }

  async #begin(target: Target, from: readonly number[], onUnresponsive: () => void): Promise<Transport> {
    if (target.connection === 'local') {
      this.#options.onStep?.(target.name, `ESTABLISH LOCAL CONNECTION FOR USER: ${userInfo().username}`)
      return new LocalTransport()
    }
    const reach = async (jump: Target) => {
      const transport = await (await this.#entry(jump, from, onUnresponsive)).transport
      return isWay(transport) ? transport : undefined
    }
    await this.#options.beforeLogin?.()
    return this.#connector.connect(target, reach, onUnresponsive)
  }

  /** A host's sessions on a login; that it comes to use that one is reported. */
  #sessionsOf({ transport, sessions }: Entry, host: string): Map<number, Session> {
    const known = sessions.get(host)
    if (known !== undefined) return known
    const own = new Map<number, Session>()
    sessions.set(host, own)
    const started = performance.now()
    this.#options.onConnecting?.(host)
    transport.then(
      () => this.#options.onConnected?.(host, (performance.now() - started) / 1000),
      () => {},
    )
    return own
  }

  #session(
    sessions: Map<number, Session>,
    transport: Transport,
    { timeout }: Target,
    become: Become | undefined,
  ): Session {
    const key = becomeKey(become)
    const known = sessions.get(key)
    if (known !== undefined) return this.#taken(known)
    const session = new Session(transport, become, { patience: timeout, most: this.#options.maxOutput })
    sessions.set(key, session)
    return this.#taken(session)
  }
}

function sessionsOn({ sessions }: Entry): Session[] {
  return [...sessions.values()].flatMap((own) => [...own.values()])
}

function isJump({ open }: Entry): boolean {
  return open !== undefined && isWay(open) && open.forwards
}

function isWay(transport: Transport): transport is Way {
  return 'forward' in transport
}

async function isGone({ transport }: Entry): Promise<boolean> {
  return transport.then(
    ({ closed }) => closed,
    () => true,
  )
}

/** At the end nobody is reached through a jump host any more. */
function end(transport: Transport): Promise<void> {
  return isWay(transport) ? transport.end() : transport.close()
}
