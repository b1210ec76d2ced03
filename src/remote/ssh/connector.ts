import { setTimeout as sleep } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import { HungUp, type Way } from '../channel.ts'
import type { KeptJumps } from '../kept/jumps.ts'
import type { KeeperClient } from '../kept/keeper-client.ts'
import type { KeptWay } from '../kept/kept-way.ts'
import { mayPersist, persistOf } from '../kept/persist.ts'
import { loginKey } from '../login-key.ts'
import { withSlot, withSlowNotice } from '../slot.ts'
import type { Target } from '../target.ts'
import type { Credentials } from './authentication.ts'
import { HostKeys } from './known-hosts.ts'
import type { HostKeyJudge, LoginEvents } from './login.ts'
import { jumpTarget, sshSettings } from './settings.ts'
import type { SshSettings } from './ssh-settings.ts'
import type { SshTransport } from './transport.ts'

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
  /** Who keeps logins for the next run. */
  readonly keeper?: KeeperClient | undefined
  /** Is called, once each, with what somebody should know though it keeps nobody from going on. */
  readonly warn?: ((message: string) => void) | undefined
  /** Is told how each host is reached, and what has let us in there. */
  readonly onStep?: ((host: string, message: string) => void) | undefined
  /** Is told what the SSH library says of each connection: packets, algorithms; nothing that they hold. */
  readonly onDebug?: ((host: string, message: string) => void) | undefined
}

/** A host, and the way there. */
interface Place {
  readonly target: Target
  readonly settings: SshSettings
  readonly through: Way | undefined
  /** Of logins to this server at a time. */
  readonly limit: LimitFunction
  readonly onUnresponsive: () => void
}

/** The connection to a jump host; undefined if that is this machine itself. Raises Unreachable. */
export type Reach = (jump: Target) => Promise<Way | undefined>

/** Makes SSH connections, no more at a time than servers and this process can bear. */
export class SshConnector {
  readonly #hop: (name: string) => Target | undefined
  readonly #limits = new Map<string, LimitFunction>()
  readonly #making: LimitFunction
  readonly #warn: (message: string) => void
  readonly #options: SshConnectorOptions
  #keptJumps: Promise<KeptJumps> | undefined

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
   * A connection, through its jump host if it has one: one that an earlier run has left, or a new one. `onUnresponsive` is
   * called when nothing has been heard of the host for long, and may be called more than once. Raises Unreachable.
   */
  async connect(target: Target, reach: Reach, onUnresponsive: () => void): Promise<Way> {
    const settings = await this.#settingsOf(target)
    const jump = jumpOf(target, settings, this.#hop)
    // So that the login to the jump host is the keeper's too.
    const isKept = jump !== undefined && persistOf(target, settings) > 0
    const link = isKept ? await this.#options.keeper?.link() : undefined
    const way = jump && (await reach(target.isHidden ? { ...jump, isHidden: true } : jump))
    const through = jump && way && link ? await this.#keptThrough(way, jump, reach, onUnresponsive) : way
    const limit = this.#limit(
      jump && through ? `behind ${loginKey(jump)}` : `${settings.host} ${settings.port}`,
    )
    const place: Place = { target, settings, through, limit, onUnresponsive }
    const kept = await this.#keptWay(place)
    const known = await kept?.take()
    if (known === undefined) return this.#logIn(place, kept)
    this.#stepOf(target)?.(target.name, `TAKES UP THE LOGIN OF AN EARLIER RUN TO ${settings.host}`)
    return known
  }

  /** Gives up what was made to a jump host besides the run's own login. */
  async drop(jump: Target): Promise<void> {
    await (await this.#keptJumps)?.drop(jump)
  }

  /** The run has no more use for what was made besides. */
  async close(): Promise<void> {
    await (await this.#keptJumps)?.end()
    this.#keptJumps = undefined
  }

  async #keptThrough(own: Way, jump: Target, reach: Reach, onUnresponsive: () => void): Promise<Way> {
    if (persistOf(jump, await sshSettings(jump)) === 0) return own
    this.#keptJumps ??= import('../kept/jumps.ts').then(({ KeptJumps }) => new KeptJumps())
    return (await this.#keptJumps).instead(own, jump, () => this.connect(jump, reach, onUnresponsive))
  }

  /** The settings come from a process. Meanwhile the SSH library is loaded, unless there is somebody who keeps logins. */
  async #settingsOf(target: Target): Promise<SshSettings> {
    const { keeper } = this.#options
    const known = mayPersist(target) ? keeper?.known() : undefined
    const loaded = async () => (await known) ?? library()
    const [settings] = await Promise.all([sshSettings(target), known === undefined ? library() : loaded()])
    return settings
  }

  /** undefined when the login is not to be kept, or there is nobody who keeps it. */
  async #keptWay(place: Place): Promise<KeptWay | undefined> {
    const { target, settings, through } = place
    const persist = persistOf(target, settings)
    const { keeper } = this.#options
    if (persist === 0 || keeper === undefined) return undefined
    // What goes over another program or login cannot be left to a keeper later.
    const isOwn = through === undefined && settings.proxyCommand === undefined
    const link = await (isOwn ? keeper.known() : keeper.link())
    if (link === undefined) {
      if (keeper.trouble !== undefined)
        this.#stepOf(target)?.(target.name, `THE LOGIN IS NOT KEPT: ${keeper.trouble}`)
      return undefined
    }
    const { KeptWay } = await import('../kept/kept-way.ts')
    const anew = () => this.#logIn(place)
    return KeptWay.of(link, { target, settings, through, persist, anew })
  }

  async #logIn(place: Place, kept?: KeptWay): Promise<Way> {
    const { target, settings, through, limit, onUnresponsive } = place
    const [{ identities }, { dial, loggedIn }] = await library()
    const credentials: Credentials = {
      identities: await identities(settings, target.privateKeyFile, this.#warn),
      password: target.password,
      passwordFirst: target.privateKeyFile === undefined,
    }
    if (target.isHidden)
      this.#options.onStep?.(target.name, 'ESTABLISH SSH CONNECTION, of which no_log tells no more')
    this.#stepOf(target)?.(target.name, pathWords(settings, credentials))
    const attempt = async (heard: () => void) => {
      // Behind a jump host one that is not there takes nobody's place.
      const seconds = target.timeout
      const dialled = through && kept === undefined ? await dial(settings, seconds, through) : undefined
      const events = this.#eventsOf(target, heard)
      const logIn = async () => {
        const known = await kept?.logIn(credentials, events)
        if (known !== undefined) return known
        const stream = dialled ?? (await dial(settings, seconds, through))
        const shown = new Shown(new HostKeys(settings), events)
        const { hostKeys } = shown
        const login = { settings, credentials, seconds, hostKeys, events: shown.events }
        return this.#leaving(await loggedIn(stream, login), place, shown)
      }
      return withSlot(limit, () => this.#making(logIn))
    }
    return withRetries(target.timeout, () => withSlowNotice(onUnresponsive, attempt))
  }

  /** The same login; when the run is over it goes to a keeper that is started then, if it is to be kept. */
  #leaving(transport: SshTransport, { target, settings, through }: Place, { letIn }: Shown): SshTransport {
    const { keeper } = this.#options
    const persist = persistOf(target, settings)
    if (keeper === undefined || persist === 0 || through !== undefined) return transport
    const bequest = import('../kept/basis.ts').then(async ({ basisOf }) => ({
      about: {
        basis: await basisOf(settings, target.privateKeyFile, undefined),
        ...{ settings, name: target.name, persist },
      },
      patience: target.timeout,
      ...letIn,
    }))
    keeper.bequeath(transport, bequest)
    return transport
  }

  #eventsOf(target: Target, onGreeting: () => void): LoginEvents {
    const onStep = this.#stepOf(target)
    const onDebug = target.isHidden ? undefined : this.#options.onDebug
    return {
      onGreeting,
      ...(onStep && { onLogin: (by) => onStep(target.name, `LOGGED IN BY ${by}`) }),
      ...(onDebug && { onDebug: (message) => onDebug(target.name, message) }),
    }
  }

  #stepOf(target: Target): SshConnectorOptions['onStep'] {
    return target.isHidden ? undefined : this.#options.onStep
  }

  #limit(server: string): LimitFunction {
    const limit = this.#limits.get(server) ?? pLimit(LOGINS_AT_A_TIME)
    this.#limits.set(server, limit)
    return limit
  }
}

/** Hears what a server shows, and what lets us in. */
class Shown {
  readonly letIn = { hostKey: '', by: '' }
  readonly hostKeys: HostKeyJudge
  readonly events: LoginEvents

  constructor(hostKeys: HostKeyJudge, events: LoginEvents) {
    this.hostKeys = {
      types: hostKeys.types,
      check: (key) => {
        this.letIn.hostKey = key.toString('base64')
        return hostKeys.check(key)
      },
    }
    this.events = {
      ...events,
      onLogin: (by) => {
        this.letIn.by = by
        events.onLogin?.(by)
      },
    }
  }
}

/** What a login needs, the SSH library not least. */
function library() {
  return Promise.all([import('./identity.ts'), import('./reach.ts')])
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
