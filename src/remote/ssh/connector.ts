import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import { HungUp, Unreachable } from '../channel.ts'
import { loginKey } from '../login-key.ts'
import { withSlot, withSlowNotice } from '../slot.ts'
import type { Target } from '../target.ts'
import type { Credentials } from './authentication.ts'
import { dialCommand, dialTcp } from './dial.ts'
import { jumpTarget, sshSettings } from './settings.ts'
import type { SshSettings } from './ssh-settings.ts'
import { SshTransport } from './transport.ts'

/** OpenSSH begins to drop logins at 10 unfinished ones (MaxStartups). */
const LOGINS_AT_A_TIME = 8
/** Connections that are being made, each with a socket: this process may have only so many. */
const MOST_AT_A_TIME = 1000
/** Seconds before another try after the server hung up; doubled each time, and spread by chance. */
const FIRST_WAIT = 0.2

export interface SshConnectorOptions {
  /** The target that a jump host's name means in the inventory, if it is there. */
  readonly hop?: ((name: string) => Target | undefined) | undefined
  /** How many connections are being made at a time at most; 1000 if nothing is said. */
  readonly most?: number | undefined
  /** Is called, once each, with what somebody should know though it keeps nobody from going on. */
  readonly warn?: ((message: string) => void) | undefined
  /** Is told how each host is reached, and what has let us in there. */
  readonly onStep?: ((host: string, message: string) => void) | undefined
  /** Is told what the SSH library says of each connection: packets, algorithms; nothing that they hold. */
  readonly onDebug?: ((host: string, message: string) => void) | undefined
}

/** The connection to a jump host; undefined if that is this machine itself. Raises Unreachable. */
export type Reach = (jump: Target) => Promise<SshTransport | undefined>

/** Makes SSH connections, no more at a time than servers and this process can bear. */
export class SshConnector {
  readonly #hop: (name: string) => Target | undefined
  readonly #limits = new Map<string, LimitFunction>()
  readonly #making: LimitFunction
  readonly #warn: (message: string) => void
  readonly #options: SshConnectorOptions

  constructor(options: SshConnectorOptions = {}) {
    const { hop = () => undefined, most = MOST_AT_A_TIME, warn = () => {} } = options
    this.#options = options
    const warned = new Set<string>()
    this.#warn = (message) => {
      if (!warned.has(message)) warn(message)
      warned.add(message)
    }
    this.#hop = hop
    this.#making = pLimit(most)
  }

  /**
   * A new connection, through its jump host if it has one. `onUnresponsive` is called when nothing has been heard of
   * the host for long, and may be called more than once. Raises Unreachable.
   */
  async connect(target: Target, reach: Reach, onUnresponsive: () => void): Promise<SshTransport> {
    // The settings come from a process. The SSH library is loaded meanwhile, and not at all without such a host.
    const [settings, { identities }, { login }] = await Promise.all([
      sshSettings(target),
      import('./identity.ts'),
      import('./login.ts'),
    ])
    const credentials: Credentials = {
      identities: await identities(settings, target.privateKeyFile, this.#warn),
      password: target.password,
      passwordFirst: target.privateKeyFile === undefined,
    }
    const { onStep, onDebug } = target.isHidden ? {} : this.#options
    if (target.isHidden)
      this.#options.onStep?.(target.name, 'ESTABLISH SSH CONNECTION, of which no_log tells no more')
    onStep?.(target.name, pathWords(settings, credentials))
    const jump = jumpOf(target, settings, this.#hop)
    const through = jump && (await reach(target.isHidden ? { ...jump, isHidden: true } : jump))
    const limit = this.#limit(
      jump && through ? `behind ${loginKey(jump)}` : `${settings.host} ${settings.port}`,
    )
    const attempt = async (heard: () => void) => {
      // Behind a jump host one that is not there takes nobody's place.
      const dialled = through && (await dial(target, settings, through))
      const logIn = async () => {
        const { stream, said } = dialled ?? (await dial(target, settings))
        try {
          const client = await login(stream, settings, credentials, target.timeout, {
            onGreeting: heard,
            ...(onStep && { onLogin: (by) => onStep(target.name, `LOGGED IN BY ${by}`) }),
            ...(onDebug && { onDebug: (message) => onDebug(target.name, message) }),
          })
          return new SshTransport(client, stream, settings, target.timeout)
        } catch (error) {
          throw withWordsOf(error as Error, await said())
        }
      }
      return withSlot(limit, () => this.#making(logIn))
    }
    return withRetries(target.timeout, () => withSlowNotice(onUnresponsive, attempt))
  }

  #limit(server: string): LimitFunction {
    const limit = this.#limits.get(server) ?? pLimit(LOGINS_AT_A_TIME)
    this.#limits.set(server, limit)
    return limit
  }
}

/** The way to a server, and what is shown to it. */
function pathWords({ user, host, port, jumps, proxyCommand }: SshSettings, shown: Credentials): string {
  const way =
    proxyCommand !== undefined
      ? ' THROUGH ITS ProxyCommand'
      : jumps.length > 0
        ? ` THROUGH ${jumps.join(', ')}`
        : ''
  const keys = shown.identities.map(({ name }) => name)
  const password = shown.password === undefined ? [] : ['password']
  const offers = shown.passwordFirst ? [...password, ...keys] : [...keys, ...password]
  const by = offers.length === 0 ? 'NOTHING' : offers.join(', ')
  return `ESTABLISH SSH CONNECTION FOR USER: ${user} TO ${host} port ${port}${way} WITH ${by}`
}

/** The last jump host before the target; those before it are that one's own jumps. */
function jumpOf(
  target: Target,
  { jumps, proxyCommand }: SshSettings,
  hop: (name: string) => Target | undefined,
): Target | undefined {
  const last = jumps.at(-1)
  if (last === undefined || proxyCommand !== undefined) return undefined
  const jump = hop(last) ?? jumpTarget(last, target)
  const before = jumps.slice(0, -1)
  return before.length === 0 ? jump : { ...jump, sshArgs: ['-J', before.join(','), ...jump.sshArgs] }
}

async function dial(
  target: Target,
  settings: SshSettings,
  through?: SshTransport,
): Promise<{ stream: Duplex; said: () => Promise<string> }> {
  if (settings.proxyCommand !== undefined) return dialCommand(settings.proxyCommand)
  const stream =
    through === undefined
      ? await dialTcp(settings, settings.connectTimeout ?? target.timeout)
      : await through.forward(settings)
  return { stream, said: async () => '' }
}

/** What a ProxyCommand wrote to its stderr says best why nothing came through it. */
function withWordsOf(error: Error, said: string): Error {
  return error instanceof HungUp && said !== ''
    ? new Unreachable(`${error.message}; its ProxyCommand said: ${said}`, 'try the ProxyCommand by hand')
    : error
}

/** Tries again, for `seconds` at most, when the server hangs up because too many want to log in. */
async function withRetries<T>(seconds: number, attempt: () => Promise<T>): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (let wait = FIRST_WAIT; ; wait *= 2) {
    try {
      return await attempt()
    } catch (error) {
      const pause = wait * (0.5 + Math.random()) * 1000
      if (!(error instanceof HungUp) || performance.now() + pause > end) throw error
      await sleep(pause)
    }
  }
}
