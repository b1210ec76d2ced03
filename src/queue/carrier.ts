import { setMaxListeners } from 'node:events'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Prepared } from '../engine/run.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { RunRequest } from '../protocol/request.ts'
import type { Slice, SliceHost, SliceResult } from '../split/contract.ts'
import { unpackInventory } from '../split/inventory.ts'
import { seeController } from '../values/controller-files.ts'
import { ContentMissing } from '../values/later-file.ts'
import { ProblemError } from '../values/problem.ts'
import { Seal } from './key.ts'
import type { AttemptName, ContentAnswer, FromLane, LaneData, ToLane } from './lane-messages.ts'
import { isHeld } from './lease.ts'
import { Sender } from './sender.ts'

/** How a run is read and a slice of it carried out. */
export interface Craft {
  /** Raises ProblemError. */
  prepare(request: RunRequest, inventory: Inventory): Promise<Prepared>
  carryOut(prepared: Prepared, slice: Slice, host: SliceHost): Promise<SliceResult>
}

/** Somebody else has the hosts of a slice, or may have. */
class GivenUp extends Error {
  constructor() {
    super('the slice was given up: its hosts may be worked on by another worker')
    this.name = 'GivenUp'
  }
}

interface Attempt {
  readonly sender: Sender
  readonly given: AbortController
}

/** Carries out slices of one run, in a thread of its own: what reading the run leaves in the process is that run's alone. */
export class Carrier {
  readonly #port: MessagePort
  readonly #craft: Craft
  readonly #seal: Seal
  readonly #worker: string
  readonly #stop = new AbortController()
  readonly #cut = new AbortController()
  readonly #attempts = new Map<AttemptName, Attempt>()
  readonly #calls = new Map<
    number,
    { resolve: (words: readonly (string | undefined)[]) => void; reject: (error: Error) => void }
  >()
  readonly #lists = new Map<string, readonly string[]>()
  #lastCall = 0
  #run = ''
  /** When it was ready to be carried out, as performance.now() says. */
  #began = 0
  #prepared: Prepared | undefined

  constructor(port: MessagePort, data: LaneData, craft: Craft) {
    this.#port = port
    this.#craft = craft
    this.#seal = new Seal(Buffer.from(data.key))
    this.#worker = data.worker
    port.on('message', (message: ToLane) => this.#hear(message))
  }

  #say(message: FromLane): void {
    this.#port.postMessage(message)
  }

  #hear(message: ToLane): void {
    switch (message.type) {
      case 'prepare':
        void this.#prepare(message)
        break
      case 'list':
        this.#lists.set(message.name, message.hosts)
        break
      case 'slice':
        void this.#carryOut(message)
        break
      case 'give-up':
        this.#attempts.get(message.name)?.given.abort()
        break
      case 'stop':
        this.#stop.abort()
        break
      case 'cut':
        this.#stop.abort()
        this.#cut.abort()
        break
      case 'rest':
        this.#lists.clear()
        this.#prepared = undefined
        break
      case 'taken':
        this.#attempts.get(message.name)?.sender.taken(message.bytes)
        break
      case 'answer':
        this.#answered(message.call)?.resolve(message.words)
        break
      case 'refusal':
        this.#answered(message.call)?.reject(new Error(message.reason))
        break
      case 'ping':
        this.#say({ type: 'pong' })
    }
  }

  async #prepare(message: Extract<ToLane, { type: 'prepare' }>): Promise<void> {
    const { run, request, view, later, inventory } = message
    this.#run = run
    seeController({
      ...view,
      later: {
        files: later,
        fetch: (path) => this.#content(path),
        fetchNow: (path) => this.#contentNow(path),
      },
    })
    try {
      this.#prepared = await this.#craft.prepare(request, unpackInventory(inventory))
      this.#began = performance.now()
      this.#say({ type: 'prepared' })
    } catch (error) {
      const reason = error instanceof ProblemError ? error.message : String((error as Error).stack)
      this.#say({ type: 'unreadable', reason })
    }
  }

  async #carryOut({
    name,
    attempt,
    slice,
    clock,
    said,
    isPaced,
  }: Extract<ToLane, { type: 'slice' }>): Promise<void> {
    const about = { name, slice: slice.id, attempt }
    const run = { run: this.#run, began: this.#began }
    const sender = new Sender(this.#seal, run, about, this.#worker, (message) => this.#say(message))
    const given = new AbortController()
    // Every host that waits listens.
    setMaxListeners(0, given.signal)
    this.#attempts.set(name, { sender, given })
    given.signal.addEventListener('abort', () => sender.giveUp())
    const isGiven = () => given.signal.aborted
    const host: SliceHost = {
      emit: (event) => {
        if (!isGiven()) sender.emit(event)
      },
      stop: AbortSignal.any([this.#stop.signal, given.signal]),
      cut: AbortSignal.any([this.#cut.signal, given.signal]),
      said: new Map(said),
      ready: () => sender.ready(),
      login: async () => {
        if (isPaced) await this.#ask(given.signal, (call) => ({ type: 'login', name, call }))
      },
      // What is cut off fails: that is not what came of it.
      note: (point, word) => {
        if (!isGiven()) sender.note(point, word)
      },
      kept: () => sender.kept(),
      meet: async (point, word) => {
        await sender.flushed()
        return this.#ask(given.signal, (call) => ({ type: 'meet', name, call, point, word }))
      },
      holds: () => {
        if (!isHeld(clock)) given.abort()
        if (isGiven()) throw new GivenUp()
      },
    }
    try {
      const lists = { playHosts: this.#lists.get(slice.playHosts)!, batch: this.#lists.get(slice.batch)! }
      const result = await this.#craft.carryOut(this.#prepared!, { ...slice, ...lists }, host)
      // What was cut short because the hosts are another's is no result.
      if (isGiven()) throw new GivenUp()
      await sender.end({ result })
      this.#say({ type: 'ended', name })
    } catch (error) {
      const isGivenUp = isGiven() || error instanceof GivenUp
      const { message, stack } = error as Error
      this.#say({ type: 'ended', name, fault: isGivenUp ? message : String(stack), isGivenUp })
    } finally {
      sender.giveUp()
      this.#attempts.delete(name)
    }
  }

  async #content(path: string): Promise<string> {
    try {
      const [place] = await this.#ask(undefined, (call) => ({ type: 'content', path, call }))
      return place!
    } catch (error) {
      throw new ContentMissing(path, (error as Error).message)
    }
  }

  #contentNow(path: string): string {
    const { port1, port2 } = new MessageChannel()
    const signal = new SharedArrayBuffer(4)
    this.#port.postMessage({ type: 'content-now', path, signal, port: port2 } satisfies FromLane, [port2])
    Atomics.wait(new Int32Array(signal), 0, 0)
    const { place, reason } = receiveMessageOnPort(port1)!.message as ContentAnswer
    port1.close()
    if (place === undefined) throw new ContentMissing(path, reason!)
    return place
  }

  async #ask(
    given: AbortSignal | undefined,
    question: (call: number) => FromLane,
  ): Promise<readonly (string | undefined)[]> {
    if (given?.aborted) throw new GivenUp()
    this.#lastCall += 1
    const call = this.#lastCall
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject })
      given?.addEventListener('abort', () => this.#answered(call)?.reject(new GivenUp()), { once: true })
      this.#say(question(call))
    })
  }

  #answered(call: number) {
    const waiting = this.#calls.get(call)
    this.#calls.delete(call)
    return waiting
  }
}
