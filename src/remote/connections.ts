import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Credentials } from './authentication.ts'
import { HungUp, type Transport, Unreachable } from './channel.ts'
import { dialCommand, dialTcp } from './dial.ts'
import { LocalTransport } from './local.ts'
import { jumpTarget, type SshSettings, sshSettings } from './settings.ts'
import { SshTransport } from './ssh.ts'
import type { Target } from './target.ts'

/** OpenSSH begins to drop logins at 10 unfinished ones (MaxStartups). */
const LOGINS_AT_A_TIME = 8
/** How long a login may keep the next one waiting, in ms: hosts that say nothing must not delay the others. */
const LONG = 2000
/** Seconds before another try after the server hung up; doubled each time, and spread by chance. */
const FIRST_WAIT = 0.2

export interface ConnectionsOptions {
  /** The target that a jump host's name means in the inventory, if it is there. */
  readonly hop?: (name: string) => Target | undefined
}

/** The connections of a run: one a host, those to jump hosts shared. */
export class Connections {
  readonly #hop: (name: string) => Target | undefined
  readonly #open = new Map<string, Promise<SshTransport>>()
  readonly #limits = new Map<string, LimitFunction>()

  constructor({ hop = () => undefined }: ConnectionsOptions = {}) {
    this.#hop = hop
  }

  /** The connection to a host, made when there is none or it is gone. Raises Unreachable. */
  async connect(target: Target): Promise<Transport> {
    return target.connection === 'local' ? new LocalTransport() : this.#connect(target, [])
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map((opening) => opening.then((transport) => transport.end()).catch(() => {})))
  }

  /** `from` are the keys of those that are reached through this one. */
  async #connect(target: Target, from: readonly string[]): Promise<SshTransport> {
    const key = keyOf(target)
    if (from.includes(key)) {
      throw new Unreachable(
        `${target.name} is to be reached through itself`,
        'give ansible_ssh_common_args with its ProxyJump only to the hosts behind it',
      )
    }
    const known = this.#open.get(key)
    if (known !== undefined && !(await isGone(known))) return known
    // Another call may have begun a new one while this one looked at the old.
    const current = this.#open.get(key)
    if (current !== undefined && current !== known) return current
    const opening = this.#begin(target, [...from, key])
    this.#open.set(key, opening)
    return opening
  }

  async #begin(target: Target, from: readonly string[]): Promise<SshTransport> {
    // The settings come from a process. The SSH library is loaded meanwhile, and not at all without such a host.
    const [settings, { identities }, { login }] = await Promise.all([
      sshSettings(target),
      import('./identity.ts'),
      import('./login.ts'),
    ])
    const credentials: Credentials = {
      identities: await identities(settings, target.privateKeyFile),
      password: target.password,
      passwordFirst: target.privateKeyFile === undefined,
    }
    const jump = jumpOf(target, settings, this.#hop)
    const through = jump && (await this.#connect(jump, from))
    const limit = this.#limit(jump ? keyOf(jump) : `${settings.host} ${settings.port}`)
    return patiently(target.timeout, async () => {
      // Behind a jump host one that is not there takes nobody's place.
      const dialled = through && (await dial(target, settings, through))
      return inPlace(limit, async () => {
        const { stream, said } = dialled ?? (await dial(target, settings))
        try {
          const client = await login(stream, settings, credentials, target.timeout)
          return new SshTransport(client, stream, settings, target.timeout)
        } catch (error) {
          throw withWordsOf(error as Error, await said())
        }
      })
    })
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
  const { going } = await limit(async () => {
    const going = work()
    await Promise.race([going.catch(() => {}), sleep(LONG, undefined, { ref: false })])
    return { going }
  })
  return going
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
