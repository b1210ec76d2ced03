import { setImmediate } from 'node:timers/promises'
import type { Session } from '../../remote/session.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import type { HostState } from '../host.ts'
import { ProbeCache, type ProbeRequest } from './probe-cache.ts'

/** The probe request of a task whose turn has not come. */
export interface UpcomingProbe extends ProbeRequest {
  /** What it would change may go to the host with changes before it. */
  readonly mayGoAlong: boolean
  /** Whether the step would change something, or fail, if this were found. */
  stopsAt(found: ProbeOutput): boolean
}

export type UpcomingProbes = () => AsyncIterable<UpcomingProbe>

/** How many requests go ahead of their turn at most, for a host and for all; what is found has to be kept. */
const MOST_OF_A_HOST = 1000
const MOST_OF_ALL = 50_000
/** So many requests of steps that would change something go ahead, where their changes may go along with each other. */
const MOST_IN_A_MESSAGE = 40
/** After so many other hosts are heard. */
const IN_A_TURN = 20

/**
 * Prefetch: the probes of upcoming tasks go to the host together with that of the present one, so that a host where
 * nothing changes costs one round trip however many tasks there are. A result is used only if the task, when its turn
 * comes, makes the very same request, and if nothing has been changed since: on any host of the batch under linear
 * (from the next step on), on the host itself under free.
 */
export class Prefetcher {
  readonly #isShared: boolean
  readonly #most: number
  readonly #hosts = new Map<HostState, HostKnowledge>()
  /** The hosts on which something has been changed in this step. */
  readonly #changed = new Set<HostState>()

  /** `isShared`: a change on one host makes what is known of all stale. `hosts` is how many there will be. */
  constructor(isShared: boolean, hosts: number) {
    this.#isShared = isShared
    this.#most = Math.min(MOST_OF_A_HOST, Math.ceil(MOST_OF_ALL / hosts))
  }

  /**
   * Sends a request, and behind it those of upcoming tasks, unless it has been sent. Gives the number of requests that
   * were sent.
   */
  async prepare(host: HostState, request: ProbeRequest, upcoming: UpcomingProbes): Promise<number> {
    const knowledge = this.#of(host)
    knowledge.cache.forgetTurns(request)
    if (knowledge.cache.has(request)) return 0
    // The steps that it was kept for are over, most of them.
    if (knowledge.sent >= this.#most) knowledge.drop()
    knowledge.cache.request(request)
    knowledge.sent += 1
    return 1 + (await this.#sendAhead(knowledge, upcoming))
  }

  /**
   * Sends the requests behind a change, which has just been sent to the resident shell of a session: the same shell
   * probes once the change is made. Gives the number of requests that were sent.
   */
  async prepareBehind(host: HostState, session: Session, upcoming: UpcomingProbes): Promise<number> {
    // With a second change in this step they would have to be sent again.
    if (this.#isShared && this.#changed.size > 1) return 0
    const knowledge = this.#of(host)
    const sending = this.#sendAhead(knowledge, upcoming, session)
    knowledge.sending = sending.catch(() => {})
    return sending
  }

  /** Waits until all is sent that goes behind a change, however busy we are: what is asked together is known together. */
  async whole(host: HostState): Promise<void> {
    await this.#of(host).sending
  }

  /** What was found before, if nothing has been changed since. */
  known(host: HostState, request: ProbeRequest): ProbeOutput | undefined {
    if (request.probes.some(({ inTurn }) => inTurn)) return undefined
    return this.#of(host).cache.resultNow(request)
  }

  async result(host: HostState, request: ProbeRequest): Promise<ProbeOutput> {
    const { cache } = this.#of(host)
    cache.request(request)
    cache.send()
    return cache.result(request)
  }

  /** Something is about to be changed on a host, or time to pass there: what was found before counts no more. */
  invalidate(host: HostState): void {
    this.#changed.add(host)
    this.forget(host)
  }

  /** What was found on a host counts no more, and that of other hosts does. */
  forget(host: HostState): void {
    this.#of(host).forget()
  }

  /** The hosts on which something has been changed in this step. */
  get changed(): readonly HostState[] {
    return [...this.#changed]
  }

  /**
   * A step has ended on all hosts: from here on what is known of all is as old as the last change. Only what was
   * sent behind that change, if there was no other, is younger.
   */
  stepEnded(): void {
    if (this.#isShared && this.#changed.size > 0) {
      for (const [host, knowledge] of this.#hosts) {
        if (this.#changed.size > 1 || !this.#changed.has(host)) knowledge.forget()
      }
    }
    this.#changed.clear()
  }

  /**
   * A request at which the host is expected to change something is the last, unless it changes that together with others:
   * what is sent behind a change has to be sent again. With `only` requests to other sessions are left out.
   */
  async #sendAhead(knowledge: HostKnowledge, upcoming: UpcomingProbes, only?: Session): Promise<number> {
    const { cache } = knowledge
    let sent = 0
    let changing = 0
    for await (const request of upcoming()) {
      if (knowledge.cache !== cache) return sent
      if (cache.has(request) || (only !== undefined && request.session !== only)) continue
      cache.request(request)
      sent += 1
      knowledge.sent += 1
      if (knowledge.isToStop(request)) changing += request.mayGoAlong ? 1 : MOST_IN_A_MESSAGE
      if (knowledge.sent >= this.#most || changing >= MOST_IN_A_MESSAGE) break
      if (sent % IN_A_TURN === 0) await setImmediate()
    }
    cache.send()
    return sent
  }

  #of(host: HostState): HostKnowledge {
    let knowledge = this.#hosts.get(host)
    if (knowledge === undefined) {
      knowledge = new HostKnowledge()
      this.#hosts.set(host, knowledge)
    }
    return knowledge
  }
}

/** What is known of a host, and what was known before it changed. */
class HostKnowledge {
  cache = new ProbeCache()
  /** How many requests the cache is of. */
  sent = 0
  /** Resolves when what goes behind a change has been sent. */
  sending: Promise<unknown> | undefined
  #past = new ProbeCache()

  /** By what was found before, the task of this request will change something. */
  isToStop(request: UpcomingProbe): boolean {
    const found = this.#past.resultNow(request)
    return found !== undefined && request.stopsAt(found)
  }

  forget(): void {
    this.#past.take(this.cache)
    this.cache = new ProbeCache()
    this.sent = 0
  }

  drop(): void {
    this.cache = new ProbeCache()
    this.#past = new ProbeCache()
    this.sent = 0
  }
}
