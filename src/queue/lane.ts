import { join } from 'node:path'
import type { EventLoopUtilization } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { Worker as Thread } from 'node:worker_threads'
import { ContentMissing } from '../values/later-file.ts'
import { letHeapsGrow, YOUNG } from './heap.ts'
import {
  type AttemptName,
  type ContentAnswer,
  type FromLane,
  LANE,
  type LaneData,
  type ToLane,
} from './lane-messages.ts'

/** How long a thread may say nothing, in ms: it may read a large playbook, or render a large template. */
const SILENCE = 60_000
const PINGS = 5_000

/** The run's playbook cannot be read on this worker. */
export class Unreadable extends Error {}

/** The thread has ended, or has said nothing for too long. */
export class LaneBroken extends Error {}

/** The hosts of a slice are another's, or may be. */
export class GivenUp extends Error {}

/** Where a content lies, by the path of its file on the coordinator. Raises ContentMissing. */
export type ContentOf = (path: string) => Promise<string>

export interface SliceCalls {
  chunk(message: Extract<FromLane, { type: 'chunk' }>): Promise<void>
  meet(point: string, word: string): Promise<readonly (string | undefined)[]>
  login(): Promise<void>
}

interface Attempt extends SliceCalls {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  /** Chunks in their order. */
  sending: Promise<void>
}

/** A thread that carries out slices of one run; before it is given one it only waits, with all that it needs loaded. */
export class Lane {
  readonly #thread: Thread
  readonly #attempts = new Map<AttemptName, Attempt>()
  readonly #pings: NodeJS.Timeout
  #heard = performance.now()
  #asked: EventLoopUtilization | undefined
  /** Contents without which the thread stands still. */
  #missing = 0
  #contentOf: ContentOf = () => Promise.reject(new Error('no run has been read'))
  #prepared: Promise<void> | undefined
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined
  #broken: LaneBroken | undefined

  constructor(data: LaneData) {
    const program = join(fileURLToPath(new URL('../', import.meta.url)), 'start.cjs')
    letHeapsGrow()
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG }
    this.#thread = new Thread(program, { argv: [LANE], workerData: data, resourceLimits })
    this.#thread.on('message', (message: FromLane) => this.#hear(message))
    this.#thread.on('error', (error) => this.#break(`its thread has failed: ${error.message}`))
    this.#thread.on('exit', () => this.#break('its thread has ended'))
    this.#pings = setInterval(() => this.#ping(), PINGS)
    this.#pings.unref()
  }

  /** Which part of the time since it was last asked the thread has worked, 0 to 1. */
  takeLoad(): number {
    const { performance: of } = this.#thread
    const now = of.eventLoopUtilization()
    const { utilization } = of.eventLoopUtilization(now, this.#asked)
    this.#asked = now
    return utilization
  }

  get slices(): number {
    return this.#attempts.size
  }

  /** Its run is over and came to its end: it may be given another that is read from the very same. */
  rest(): void {
    this.#prepared = undefined
    this.#tell({ type: 'rest' })
  }

  /** Reads the run; once. Raises Unreadable and LaneBroken. */
  prepare(what: Omit<Extract<ToLane, { type: 'prepare' }>, 'type'>, contentOf: ContentOf): Promise<void> {
    this.#contentOf = contentOf
    this.#prepared ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#tell({ type: 'prepare', ...what })
      if (this.#broken) reject(this.#broken)
    })
    return this.#prepared
  }

  /** Gives it a list of hosts that slices name. */
  list(name: string, hosts: readonly string[]): void {
    this.#tell({ type: 'list', name, hosts })
  }

  /** Carries out a slice to its end. Raises LaneBroken, and an Error with what it was given up for. */
  carryOut(
    work: Omit<Extract<ToLane, { type: 'slice' }>, 'type'>,
    lost: AbortSignal,
    calls: SliceCalls,
  ): Promise<void> {
    const { name } = work
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken)
      this.#attempts.set(name, { ...calls, resolve, reject, sending: Promise.resolve() })
      this.#tell({ type: 'slice', ...work })
      lost.addEventListener('abort', () => this.#tell({ type: 'give-up', name }), { once: true })
    })
  }

  stop(how: 'stop' | 'cut'): void {
    this.#tell({ type: how })
  }

  async close(): Promise<void> {
    clearInterval(this.#pings)
    await this.#thread.terminate()
  }

  #tell(message: ToLane): void {
    this.#thread.postMessage(message)
  }

  #ping(): void {
    if (this.#missing > 0) this.#heard = performance.now()
    else if (performance.now() - this.#heard > SILENCE) {
      this.#break(`its thread has said nothing for ${SILENCE / 1000} s`)
      void this.close()
    } else this.#tell({ type: 'ping' })
  }

  #hear(message: FromLane): void {
    this.#heard = performance.now()
    switch (message.type) {
      case 'prepared':
        this.#settle?.resolve()
        break
      case 'unreadable':
        this.#settle?.reject(new Unreadable(message.reason))
        break
      case 'chunk':
        this.#send(message)
        break
      case 'ended':
        this.#end(message)
        break
      case 'meet':
        this.#answer(message.call, this.#attempts.get(message.name)?.meet(message.point, message.word))
        break
      case 'login':
        this.#answer(
          message.call,
          this.#attempts
            .get(message.name)
            ?.login()
            .then(() => []),
        )
        break
      case 'content':
        this.#answer(
          message.call,
          this.#contentOf(message.path).then((place) => [place]),
        )
        break
      case 'content-now':
        void this.#waken(message)
    }
  }

  #send(message: Extract<FromLane, { type: 'chunk' }>): void {
    const attempt = this.#attempts.get(message.name)
    if (attempt === undefined) return
    attempt.sending = attempt.sending.then(async () => {
      await attempt.chunk(message)
      this.#tell({ type: 'taken', name: message.name, bytes: message.bytes })
    })
    attempt.sending.catch((error) => this.#fail(message.name, error))
  }

  #end({ name, fault, isGivenUp }: Extract<FromLane, { type: 'ended' }>): void {
    const attempt = this.#attempts.get(name)
    if (fault !== undefined) this.#fail(name, isGivenUp ? new GivenUp(fault) : new Error(fault))
    else
      attempt?.sending.then(
        () => {
          this.#attempts.delete(name)
          attempt.resolve()
        },
        () => {},
      )
  }

  #fail(name: AttemptName, error: Error): void {
    this.#attempts.get(name)?.reject(error)
    this.#attempts.delete(name)
    this.#tell({ type: 'give-up', name })
  }

  #answer(call: number, answer: Promise<readonly (string | undefined)[]> | undefined): void {
    answer?.then(
      (words) => this.#tell({ type: 'answer', call, words }),
      (error: Error) => this.#tell({ type: 'refusal', call, ...refused(error) }),
    )
  }

  /** Gives a content to the thread, which stands still until then. */
  async #waken({ path, signal, port }: Extract<FromLane, { type: 'content-now' }>): Promise<void> {
    this.#missing += 1
    const found: Promise<ContentAnswer> = this.#contentOf(path).then((place) => ({ place }), refused)
    port.postMessage(await found)
    this.#missing -= 1
    this.#heard = performance.now()
    const state = new Int32Array(signal)
    Atomics.store(state, 0, 1)
    Atomics.notify(state, 0)
  }

  #break(reason: string): void {
    if (this.#broken) return
    this.#broken = new LaneBroken(reason)
    clearInterval(this.#pings)
    this.#settle?.reject(this.#broken)
    for (const { reject } of this.#attempts.values()) reject(this.#broken)
    this.#attempts.clear()
  }

  get isBroken(): boolean {
    return this.#broken !== undefined
  }
}

function refused(error: Error): { reason: string } {
  return { reason: error instanceof ContentMissing ? error.reason : error.message }
}
