import { setImmediate } from 'node:timers/promises'
import type { Session } from '../../remote/session.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import type { HostState } from '../host.ts'
import { ProbeCache, type ProbeRequest } from './probe-cache.ts'

/** The question of a step whose turn has not come. */
export interface UpcomingProbe extends ProbeRequest {
  /** Whether the step would change something, or fail, if this were found. */
  stopsAt(found: ProbeOutput): boolean
}

export type UpcomingProbes = () => AsyncIterable<UpcomingProbe>

/** How many questions go ahead of their turn at most, for a host and for all; what is found has to be kept. */
const MOST_OF_A_HOST = 1000
const MOST_OF_ALL = 50_000
/** After so many other hosts are heard. */
const IN_A_TURN = 20

/**
 * Probing ahead: questions of steps whose turn has not come go to the host together with that of the step whose
 * turn it is, so that a host where nothing changes costs one round trip however many steps there are. What was found
 * is used only if the step, when its turn comes, asks the very same question, and if nothing has been changed since
 * in the scope: the whole batch under linear (from the next step on), the host alone under free.
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
   * Asks a question, and behind it those of the steps to come, unless its answer is known. Gives the number of
   * questions that were sent.
   */
  async prepare(host: HostState, question: ProbeRequest, upcoming: UpcomingProbes): Promise<number> {
    const knowledge = this.#of(host)
    if (knowledge.findings.has(question)) return 0
    // The steps that it was kept for are over, most of them.
    if (knowledge.asked >= this.#most) knowledge.drop()
    knowledge.findings.request(question)
    knowledge.asked += 1
    return 1 + (await this.#askAhead(knowledge, upcoming))
  }

  /**
   * Asks what comes behind a change, which has just been sent to the resident shell of a session: the same shell
   * looks at it once the change is made. Gives the number of questions that were sent.
   */
  async prepareBehind(host: HostState, session: Session, upcoming: UpcomingProbes): Promise<number> {
    // With a second change in this step it would have to be asked again.
    if (this.#isShared && this.#changed.size > 1) return 0
    return this.#askAhead(this.#of(host), upcoming, session)
  }

  async result(host: HostState, question: ProbeRequest): Promise<ProbeOutput> {
    const { findings } = this.#of(host)
    findings.request(question)
    findings.send()
    return findings.result(question)
  }

  /** Something is about to be changed on a host, or time to pass there: what was found before counts no more. */
  invalidate(host: HostState): void {
    this.#changed.add(host)
    this.#of(host).forget()
  }

  /**
   * A step has ended on all hosts: from here on what is known of all is as old as the last change. Only what was
   * asked behind that change, if there was no other, is younger.
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
   * A question at which the host is expected to change something is the last: what is asked behind a change has to
   * be asked again. With `only` questions to other sessions are left out.
   */
  async #askAhead(knowledge: HostKnowledge, upcoming: UpcomingProbes, only?: Session): Promise<number> {
    const { findings } = knowledge
    let asked = 0
    for await (const question of upcoming()) {
      if (knowledge.findings !== findings) return asked
      if (findings.has(question) || (only !== undefined && question.session !== only)) continue
      findings.request(question)
      asked += 1
      knowledge.asked += 1
      if (knowledge.asked >= this.#most || knowledge.isToStop(question)) break
      if (asked % IN_A_TURN === 0) await setImmediate()
    }
    findings.send()
    return asked
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
  findings = new ProbeCache()
  /** How many questions the findings are of. */
  asked = 0
  #past = new ProbeCache()

  /** By what was found before, the step that asks this will change something. */
  isToStop(question: UpcomingProbe): boolean {
    const found = this.#past.resultNow(question)
    return found !== undefined && question.stopsAt(found)
  }

  forget(): void {
    this.#past.take(this.findings)
    this.findings = new ProbeCache()
    this.asked = 0
  }

  drop(): void {
    this.findings = new ProbeCache()
    this.#past = new ProbeCache()
    this.asked = 0
  }
}
