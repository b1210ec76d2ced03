import type { RunHooks } from '../engine/execute.ts'
import type { HostState } from '../engine/host.ts'
import type { PlayBatch } from '../engine/play.ts'
import type { Run } from '../engine/run.ts'
import type { Event, TaskInfo, TaskResult } from '../protocol/event.ts'
import { locationOf } from '../protocol/location.ts'
import { type Slice, SliceLost, type SliceResult, type SliceRunner } from './contract.ts'
import { MergedEvents } from './events.ts'
import { packStates, packValues, unpackStates } from './states.ts'

/** How a batch is cut. */
export interface Cut {
  /** Its slices keep in step. */
  readonly across: boolean
  /** They are given the states of all hosts. */
  readonly readsOtherHosts: boolean
  /** The packed inventory, when it is another one than that of the files. */
  readonly inventory: string | undefined
}

/** A batch of a play that is carried out in slices. */
export class SplitBatch {
  readonly #batch: PlayBatch
  readonly #run: Run
  readonly #hooks: RunHooks
  readonly #runner: SliceRunner

  constructor(batch: PlayBatch, run: Run, hooks: RunHooks, runner: SliceRunner) {
    this.#batch = batch
    this.#run = run
    this.#hooks = hooks
    this.#runner = runner
  }

  /** Raises what a slice does that is not merely lost, when all others have ended. */
  async run(cut: Cut): Promise<void> {
    const slices = await this.#cut(cut)
    const events = new MergedEvents({
      emit: (event) => this.#run.emit(event),
      play: this.#batch.info,
      slices: slices.length,
      inOrder: this.#batch.play.strategy === 'linear',
      newId: () => this.#run.newTaskId(),
      hosts: () => namesOf(this.#batch.members.filter((host) => host.active)),
    })
    const ends = await Promise.allSettled(
      slices.map((slice, number) => this.#carriedOut(slice, number, events)),
    )
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  async #cut({ across, readsOtherHosts, inventory }: Cut): Promise<Slice[]> {
    const { info, number, all, members, prompted } = this.#batch
    const parts = await this.#runner.partition(namesOf(members))
    const ids = parts.map((_, at) => `${info.id}.${number}.${at + 1}`)
    const common = {
      ...{ play: info.id, playHosts: namesOf(all), batch: namesOf(members) },
      ...{ across, given: JSON.stringify(packValues(prompted)) },
    }
    return parts.map((hosts, at) => ({
      ...{ ...common, id: ids[at]!, hosts, batchSlices: across ? ids : [ids[at]!] },
      states: packStates(readsOtherHosts ? this.#run.hosts.values() : this.#statesOf(hosts), inventory),
    }))
  }

  #statesOf(names: readonly string[]): HostState[] {
    return names.map((name) => this.#run.hostState(name))
  }

  async #carriedOut(slice: Slice, number: number, events: MergedEvents): Promise<void> {
    const { stop, cut } = this.#hooks
    try {
      const emit = (event: Event) => events.take(number, event)
      await this.#take(await this.#runner.run(slice, { emit, stop, cut }), slice.hosts)
    } catch (error) {
      if (!(error instanceof SliceLost)) throw error
      loseHosts(this.#batch, this.#run, error, slice.hosts, events.turnsOf(number))
    } finally {
      events.end(number)
    }
  }

  async #take({ states, ends }: SliceResult, hosts: readonly string[]): Promise<void> {
    unpackStates(states, (name) => this.#run.hostState(name))
    if (ends === 'play') this.#run.endPlay()
    await keepFacts(this.#statesOf(hosts), this.#run)
  }
}

/**
 * Hosts of which nothing is known any more are out of the run, as those that cannot be reached: these, or all of the batch that
 * are in it. `turns`: the tasks that some of them are at.
 */
export function loseHosts(
  { info, play, members }: PlayBatch,
  run: Run,
  { message, advice }: SliceLost,
  hosts: readonly string[] = namesOf(members.filter(({ out }) => out === undefined)),
  turns: ReadonlyMap<string, TaskInfo> = new Map(),
): void {
  const values = { msg: message, unreachable: true, changed: false }
  const told = { changes: [], values, message, seconds: 0, ...(advice !== undefined && { advice }) }
  const result: TaskResult = { status: 'unreachable', ...told }
  const waiting = hosts.filter((name) => !turns.has(name))
  const task: TaskInfo = {
    ...{ id: run.newTaskId(), play: info.id, name: 'Carrying out the play', action: 'slice' },
    ...{ location: locationOf(play.place), handler: false },
  }
  if (waiting.length > 0) run.emit({ type: 'task-started', task, hosts: waiting })
  for (const host of waiting) run.emit({ type: 'host-started', task, host })
  for (const host of hosts.map((name) => run.hostState(name))) {
    host.out = 'unreachable'
    host.stats.unreachable += 1
    const at = turns.get(host.name) ?? task
    run.emit({ type: 'host-finished', task: at, host: host.name, result })
  }
  if (waiting.length > 0) run.emit({ type: 'task-finished', task })
}

/** Facts are kept for other runs where the settings say so: on this machine. */
async function keepFacts(hosts: readonly HostState[], { facts: cache }: Run): Promise<void> {
  if (cache === undefined) return
  for (const { name, facts } of hosts) {
    if (facts.size === 0) cache.forget(name)
    else await cache.write(name, facts)
  }
}

export function namesOf(hosts: readonly HostState[]): string[] {
  return hosts.map(({ name }) => name)
}
