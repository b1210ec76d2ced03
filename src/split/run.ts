import { execute, type RunHooks } from '../engine/execute.ts'
import { type PlayBatch, runBatchHere } from '../engine/play.ts'
import type { Prepared, Run } from '../engine/run.ts'
import { locationOf } from '../protocol/location.ts'
import { placeName } from '../values/source.ts'
import { SliceLost, type SliceRunner } from './contract.ts'
import { packInventory, unpackInventory } from './inventory.ts'
import { type PlayReading, readPlay } from './read-play.ts'
import type { Found } from './reading/templates.ts'
import { loseHosts, namesOf, SplitBatch } from './slices.ts'
import { inventoryIn, packStates, unpackStates } from './states.ts'

export interface SplitOptions {
  /** Plays under linear keep in step over all slices, though they need not. */
  readonly linearAcross?: boolean
}

/** Runs what was prepared, its plays in slices, and gives the exit status, as `execute` does. */
export function splitRun(
  prepared: Prepared,
  hooks: RunHooks,
  runner: SliceRunner,
  options: SplitOptions = {},
): Promise<number> {
  const split = new SplitRun(hooks, runner, options)
  return execute(prepared, {
    ...hooks,
    ask: (prompt, isPrivate) => split.ask(prompt, isPrivate),
    runBatch: (batch, run) => split.batch(batch, run),
  })
}

/** What the coordinator keeps from one batch to the next. */
class SplitRun {
  readonly #hooks: RunHooks
  readonly #runner: SliceRunner
  readonly #options: SplitOptions
  readonly #readings = new Map<number, PlayReading>()
  /** How often somebody was asked the same. */
  readonly #asked = new Map<string, number>()
  /** The inventory is not that of the files any more. */
  #hasOwnInventory = false

  constructor(hooks: RunHooks, runner: SliceRunner, options: SplitOptions) {
    this.#hooks = hooks
    this.#runner = runner
    this.#options = options
  }

  async batch(batch: PlayBatch, run: Run): Promise<void> {
    try {
      await this.#carryOut(batch, run)
    } catch (error) {
      if (!(error instanceof SliceLost)) throw error
      loseHosts(batch, run, error)
    }
  }

  async #carryOut(batch: PlayBatch, run: Run): Promise<void> {
    if (run.stop.aborted) return
    await this.#runner.claim(namesOf(batch.members), run.stop)
    if (run.stop.aborted) return
    const reading = this.#read(batch, run)
    const alone = this.#isAsked(run) ?? reading.alone[0]
    if (alone !== undefined) {
      this.#tell(alone, batch, run)
      await this.#here(batch, reading, run)
      return
    }
    const { across, readsOtherHosts } = reading
    const isLinear = batch.play.strategy === 'linear'
    if (across[0] !== undefined)
      run.detail(1, () => `the slices of ${batch.info.name} keep in step: it ${wordsOf(across[0]!)}`)
    await new SplitBatch(batch, run, this.#hooks, this.#runner).run({
      across: across.length > 0 || (isLinear && this.#options.linearAcross === true),
      readsOtherHosts,
      inventory: this.#hasOwnInventory ? packInventory(run.inventory) : undefined,
    })
  }

  /** An answer that was given before the run was taken up again is not asked for again. */
  async ask(prompt: string, isPrivate: boolean): Promise<string | undefined> {
    const times = (this.#asked.get(prompt) ?? 0) + 1
    this.#asked.set(prompt, times)
    const key = `asked ${times} ${prompt}`
    const known = await this.#runner.recall(key)
    if (known !== undefined) return known
    const answer = await this.#hooks.ask(prompt, isPrivate)
    if (answer !== undefined) await this.#runner.remember(key, answer)
    return answer
  }

  #read({ play, info, all }: PlayBatch, run: Run): PlayReading {
    const reading = this.#readings.get(info.id) ?? readPlay(play, run, all, this.#runner.isHere === true)
    this.#readings.set(info.id, reading)
    return reading
  }

  /** Why the user, or a name that he has given, decides what is done next. */
  #isAsked({ request, start }: Run): Found | undefined {
    if (request.execution.step) return { reason: 'asks before each task (--step)', place: undefined }
    return start.hasBegun ? undefined : { reason: 'may begin within it (--start-at-task)', place: undefined }
  }

  #tell({ reason, place }: Found, { number, info }: PlayBatch, run: Run): void {
    if (number > 1) return
    const message = `the play "${info.name}" is carried out by the coordinator alone: it ${reason}`
    run.emit({ type: 'warning', message, ...(place && { location: locationOf(place) }) })
  }

  /** Carries a batch out on the coordinator, unless that was done before the run was taken up again. */
  async #here(batch: PlayBatch, { changesInventory }: PlayReading, run: Run): Promise<void> {
    const key = `batch ${batch.info.id}.${batch.number}`
    const known = await this.#runner.recall(key)
    if (known === undefined) {
      await runBatchHere(batch, run)
      if (changesInventory) this.#hasOwnInventory = true
      if (run.stop.aborted) return
      const ends = run.takePlayEnd()
      if (ends) run.endPlay()
      const inventory = this.#hasOwnInventory ? packInventory(run.inventory) : undefined
      const states = packStates(run.hosts.values(), inventory)
      await this.#runner.remember(key, JSON.stringify({ states, ends }))
    } else this.#again(JSON.parse(known), run)
  }

  #again({ states, ends }: { readonly states: string; readonly ends: boolean }, run: Run): void {
    const inventory = inventoryIn(states)
    if (inventory !== undefined) run.replaceInventory(unpackInventory(inventory))
    this.#hasOwnInventory ||= inventory !== undefined
    unpackStates(states, (name) => run.hostState(name))
    if (ends) run.endPlay()
  }
}

function wordsOf({ reason, place }: Found): string {
  return place === undefined ? reason : `${reason} (${placeName(place)})`
}
