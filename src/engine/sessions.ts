import type { Listener } from '../protocol/event.ts'
import type { Transport } from '../remote/channel.ts'
import type { Connections } from '../remote/connections.ts'
import { Session } from '../remote/session.ts'
import { noticing } from '../remote/slot.ts'
import type { Become, Target } from '../remote/target.ts'

interface Link {
  readonly transport: Promise<Transport>
  readonly sessions: Map<string, Session>
}

/** The connections of a run: one a host (and login), with one session on it for each user it becomes. */
export class Links {
  readonly #connections: Connections
  readonly #emit: Listener
  readonly #maxOutput: number
  readonly #links = new Map<string, Link>()

  /** `maxOutput` bytes of an output are kept. */
  constructor(connections: Connections, emit: Listener, maxOutput: number) {
    this.#connections = connections
    this.#emit = emit
    this.#maxOutput = maxOutput
  }

  /**
   * The session of an identity, connected when it is first wanted and again when it was lost. `onSilence` is called,
   * maybe more than once, when that takes long because nothing is heard of the host. Raises Unreachable.
   */
  async session(target: Target, become: Become | undefined, onSilence = () => {}): Promise<Session> {
    const link = await this.#link(target, onSilence)
    const transport = await link.transport
    const identity = become === undefined ? '' : JSON.stringify(become)
    let session = link.sessions.get(identity)
    if (session === undefined) {
      session = new Session(transport, become, { patience: target.timeout, most: this.#maxOutput })
      link.sessions.set(identity, session)
    }
    return session
  }

  /** Forgets a host's connection, so that the next step makes a new one. */
  async drop(target: Target): Promise<void> {
    const key = keyOf(target)
    const link = this.#links.get(key)
    this.#links.delete(key)
    const transport = await link?.transport.catch(() => undefined)
    await transport?.close()
  }

  /** Ends every command that is still running. */
  kill(): void {
    for (const link of this.#links.values()) for (const session of link.sessions.values()) session.kill()
  }

  async close(): Promise<void> {
    const sessions = [...this.#links.values()].flatMap((link) => [...link.sessions.values()])
    await Promise.all(sessions.map((session) => session.close()))
    await this.#connections.close()
  }

  async #link(target: Target, onSilence: () => void): Promise<Link> {
    const key = keyOf(target)
    const known = this.#links.get(key)
    if (known !== undefined && !(await noticing(onSilence, () => isClosed(known)))) return known
    // Another step may have made a new one while this one looked at the old.
    const current = this.#links.get(key)
    if (current !== undefined && current !== known) return current
    const link: Link = { transport: this.#connect(target, onSilence), sessions: new Map() }
    this.#links.set(key, link)
    return link
  }

  async #connect(target: Target, onSilence: () => void): Promise<Transport> {
    const started = performance.now()
    this.#emit({ type: 'connecting', host: target.name })
    const transport = await this.#connections.connect(target, onSilence)
    this.#emit({ type: 'connected', host: target.name, seconds: (performance.now() - started) / 1000 })
    return transport
  }
}

async function isClosed(link: Link): Promise<boolean> {
  try {
    return (await link.transport).closed
  } catch {
    return true
  }
}

function keyOf(target: Target): string {
  return [target.name, target.connection, target.address, target.port, target.user].join('\0')
}
