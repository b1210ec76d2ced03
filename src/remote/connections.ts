import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import { HungUp, type Transport, Unreachable } from './channel.ts'
import { LocalTransport } from './local.ts'
import { noticing, Place } from './slot.ts'
import type { Credentials } from './ssh/authentication.ts'
import { dialCommand, dialTcp } from './ssh/dial.ts'
import { jumpTarget, sshSettings } from './ssh/settings.ts'
import type { SshSettings } from './ssh/ssh-settings.ts'
import { SshTransport } from './ssh/transport.ts'
import type { Target } from './target.ts'

/** OpenSSH begins to drop logins at 10 unfinished ones (MaxStartups). */
const LOGINS_AT_A_TIME = 8
/** Connections that are being made, each with a socket: this process may have only so many. */
const MOST_AT_A_TIME = 1000
/** Seconds before another try after the server hung up; doubled each time, and spread by chance. */
const FIRST_WAIT = 0.2

export interface ConnectionsOptions {
  /** The target that a jump host's name means in the inventory, if it is there. */
  readonly hop?: (name: string) => Target | undefined
  /** How many connections are being made at a time at most; 1000 if nothing is said. */
  readonly most?: number
  /** Is told, once each, what somebody should know though it keeps nobody from going on. */
  readonly warn?: (message: string) => void
}

/** The connections of a run: one a host, those to jump hosts shared. */
export class Connections {
  readonly #hop: (name: string) => Target | undefined
  readonly #open = new Map<string, Promise<SshTransport>>()
  readonly #limits = new Map<string, LimitFunction>()
  readonly #making: LimitFunction
  readonly #warn: (message: string) => void

  constructor({ hop = () => undefined, most = MOST_AT_A_TIME, warn = () => {} }: ConnectionsOptions = {}) {
    const warned = new Set<string>()
    this.#warn = (message) => {
      if (!warned.has(message)) warn(message)
      warned.add(message)
    }
    this.#hop = hop
    this.#making = pLimit(most)
  }

  /**
   * The connection to a host, made when there is none or it is gone. `onSilence` is called when nothing has been
   * heard of the host for long, and may be called more than once. Raises Unreachable.
   */
  async connect(target: Target, onSilence = () => {}): Promise<Transport> {
    return target.connection === 'local' ? new LocalTransport() : this.#connect(target, [], onSilence)
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map((opening) => opening.then((transport) => transport.end()).catch(() => {})))
  }

  /** `from` are the keys of those that are reached through this one. */
  async #connect(target: Target, from: readonly string[], onSilence: () => void): Promise<SshTransport> {
    const key = keyOf(target)
    if (from.includes(key)) {
      throw new Unreachable(
        `${target.name} is to be reached through itself`,
        'give ansible_ssh_common_args with its ProxyJump only to the hosts behind it',
      )
    }
    const known = this.#open.get(key)
    if (known !== undefined && !(await noticing(onSilence, () => isGone(known)))) return known
    // Another call may have begun a new one while this one looked at the old.
    const current = this.#open.get(key)
    if (current !== undefined && current !== known) return current
    const opening = this.#begin(target, [...from, key], onSilence)
    this.#open.set(key, opening)
    return opening
  }

  async #begin(target: Target, from: readonly string[], onSilence: () => void): Promise<SshTransport> {
    // The settings come from a process. The SSH library is loaded meanwhile, and not at all without such a host.
    const [settings, { identities }, { login }] = await Promise.all([
      sshSettings(target),
      import('./ssh/identity.ts'),
      import('./ssh/login.ts'),
    ])
    const credentials: Credentials = {
      identities: await identities(settings, target.privateKeyFile, this.#warn),
      password: target.password,
      passwordFirst: target.privateKeyFile === undefined,
    }
    const jump = jumpOf(target, settings, this.#hop)
    const through = jump && (await this.#connect(jump, from, onSilence))
    const limit = this.#limit(jump ? keyOf(jump) : `${settings.host} ${settings.port}`)
    const attempt = async (heard: () => void) => {
      // Behind a jump host one that is not there takes nobody's place.
      const dialled = through && (await dial(target, settings, through))
      const reach = async () => {
        const { stream, said } = dialled ?? (await dial(target, settings))
        try {
          const client = await login(stream, settings, credentials, target.timeout, heard)
          return new SshTransport(client, stream, settings, target.timeout)
        } catch (error) {
          throw withWordsOf(error as Error, await said())
        }
      }
      return inPlace(limit, () => this.#making(reach))
    }
    return patiently(target.timeout, () => noticing(onSilence, attempt))
  }

  #limit(server: string): LimitFunction {
    const limit = this.#limits.get(server) ?? pLimit(LOGINS_AT_A_TIME)
    this.#limits.set(server, limit)
    return limit
  }
}

function keyOf({ address, port, user, privateKeyFile, password, sshArgs, hostKeyChecking }: Target): string {
  return JSON.stringify([address, port, user, privateKeyFile, password, sshArgs, hostKeyChecking])
}

async function isGone(opening: Promise<SshTransport>): Promise<boolean> {
  return opening.then(
    (transport) => transport.closed,
    () => true,
  )
}

/** The last jump host before the target; those before it are that one's own jumps. This machine itself is none. */
function jumpOf(
  target: Target,
  { jumps, proxyCommand }: SshSettings,
  hop: (name: string) => Target | undefined,
): Target | undefined {
  const last = jumps.at(-1)
  if (last === undefined || proxyCommand !== undefined) return undefined
  const jump = hop(last) ?? jumpTarget(last, target)
  if (jump.connection === 'local') return undefined
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

/** Does something when there is a place for it; what takes long gives its place to the next. */
async function inPlace<T>(limit: LimitFunction, work: () => Promise<T>): Promise<T> {
  const place = new Place(limit)
  await place.take()
  try {
    return await noticing(() => place.leave(), work)
  } finally {
    place.leave()
  }
}

/** Tries again, for `seconds` at most, when the server hangs up because too many want to log in. */
async function patiently<T>(seconds: number, attempt: () => Promise<T>): Promise<T> {
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
