import { execute, type RunHooks } from '../engine/execute.ts'
import type { HostState } from '../engine/host.ts'
import { type PlayBatch, runBatchHere } from '../engine/play.ts'
import type { Prepared, Run } from '../engine/run.ts'
import { locationOf } from '../protocol/location.ts'
import { placeName } from '../values/source.ts'
import { unpackEvent } from './carry-out.ts'
import { type Slice, SliceLost, type SliceResult, type SliceRunner } from './contract.ts'
import { MergedEvents } from './events.ts'
import { type PlayReading, readPlay } from './read-play.ts'
import type { Found } from './reading/templates.ts'
import { packStates, packValues, unpackStates } from './states.ts'

/** Runs what was prepared, its plays in slices, and gives the exit status, as `execute` does. */
export function splitRun(prepared: Prepared, hooks: RunHooks, runner: SliceRunner): Promise<number> {
  const readings = new Map<number, PlayReading>()
  return execute(prepared, {
    ...hooks,
    runBatch: (batch, run) => {
      const reading =
        readings.get(batch.info.id) ?? readPlay(batch.play, run, batch.all, runner.isHere === true)
      readings.set(batch.info.id, reading)
      return new SplitBatch(batch, reading, run, hooks, runner).run()
    },
  })
}

/** A batch of a play, carried out in slices or here. */
class SplitBatch {
  readonly #batch: PlayBatch
  readonly #reading: PlayReading
  readonly #run: Run
  readonly #hooks: RunHooks
  readonly #runner: SliceRunner

  constructor(batch: PlayBatch, reading: PlayReading, run: Run, hooks: RunHooks, runner: SliceRunner) {
    this.#batch = batch
    this.#reading = reading
    this.#run = run
    this.#hooks = hooks
    this.#runner = runner
  }

  async run(): Promise<void> {
    const { alone, across, readsOtherHosts } = this.#reading
    if (alone.length > 0) {
      this.#tell(alone[0]!)
      await runBatchHere(this.#batch, this.#run)
      return
    }
    if (across.length > 0)
      this.#run.detail(
        1,
        () => `${this.#batch.info.name}: its slices keep in step, for it ${told(across[0]!)}`,
      )
    await this.#inSlices(across.length > 0, readsOtherHosts)
  }

  #tell({ reason, place }: Found): void {
    if (this.#batch.number > 1) return
    const message = `the play "${this.#batch.info.name}" is carried out by the coordinator alone, for it ${reason}`
    this.#run.emit({ type: 'warning', message, ...(place && { location: locationOf(place) }) })
  }

  async #inSlices(across: boolean, readsOtherHosts: boolean): Promise<void> {
    const slices = await this.#cut(across, readsOtherHosts)
    const events = new MergedEvents({
      emit: (event) => this.#run.emit(event),
      play: this.#batch.info,
      slices: slices.length,
      inOrder: this.#batch.play.strategy === 'linear',
      newId: () => this.#run.newTaskId(),
      hosts: () => namesOf(this.#batch.members.filter((host) => host.active)),
    })
    await Promise.all(slices.map((slice, number) => this.#carriedOut(slice, number, events)))
  }

  async #cut(across: boolean, readsOtherHosts: boolean): Promise<Slice[]> {
    const { info, number, all, members, prompted } = this.#batch
    const parts = await this.#runner.partition(namesOf(members))
    const idOf = (at: number) => `${info.id}.${number}.${at + 1}`
    return parts.map((hosts, at) => ({
      id: idOf(at),
      play: info.id,
      playHosts: namesOf(all),
      batch: namesOf(members),
      hosts,
      batchSlices: across ? parts.map((_, other) => idOf(other)) : [idOf(at)],
      across,
      given: JSON.stringify(packValues(prompted)),
      states: packStates(
        readsOtherHosts ? this.#run.hosts.values() : hosts.map((name) => this.#run.hostState(name)),
      ),
    }))
  }

  async #carriedOut(slice: Slice, number: number, events: MergedEvents): Promise<void> {
    const { stop, cut } = this.#hooks
    try {
      const emit = (event: Parameters<typeof unpackEvent>[0]) => events.take(number, unpackEvent(event))
      const result = await this.#runner.run(slice, { emit, stop, cut })
      await this.#take(result, slice.hosts)
    } catch (error) {
      if (!(error instanceof SliceLost)) throw error
      this.#lose(slice, error)
    } finally {
      events.end(number)
    }
  }

  async #take({ states, ends }: SliceResult, hosts: readonly string[]): Promise<void> {
    unpackStates(states, (name) => this.#run.hostState(name))
    if (ends === 'play') this.#run.endPlay()
    await keepFacts(
      hosts.map((name) => this.#run.hostState(name)),
      this.#run,
    )
  }

  /** Hosts of which nothing is known any more are out of the run, as those that cannot be reached. */
  #lose({ hosts }: Slice, { message, advice }: SliceLost): void {
    const { info, play } = this.#batch
    const task = {
      ...{ id: this.#run.newTaskId(), play: info.id, name: 'Carrying out the play', action: 'slice' },
      ...{ location: locationOf(play.place), handler: false },
    }
    this.#run.emit({ type: 'task-started', task, hosts })
    for (const name of hosts) {
      const host = this.#run.hostState(name)
      host.out = 'unreachable'
      host.stats.unreachable += 1
      const values = { msg: message, unreachable: true, changed: false }
      const told = { changes: [], values, message, seconds: 0, ...(advice !== undefined && { advice }) }
      this.#run.emit({ type: 'host-started', task, host: name })
      this.#run.emit({ type: 'host-finished', task, host: name, result: { status: 'unreachable', ...told } })
    }
    this.#run.emit({ type: 'task-finished', task })
  }
}

/** Facts are kept for other runs where the settings say so: on this machine. */
async function keepFacts(hosts: readonly HostState[], { facts: cache }: Run): Promise<void> {
  if (cache === undefined) return
  for (const { name, facts } of hosts) {
    if (facts.size === 0) cache.forget(name)
    else await cache.write(name, facts)
  }
}

function told({ reason, place }: Found): string {
  return place === undefined ? reason : `${reason} (${placeName(place)})`
}

function namesOf(hosts: readonly HostState[]): string[] {
  return hosts.map(({ name }) => name)
}
