import { setMaxListeners } from 'node:events'
import type { HostState } from '../engine/host.ts'
import { Interrupted } from '../engine/interrupt.ts'
import { loginsOf } from '../engine/logins.ts'
import { infoOf, runBatchHere } from '../engine/play.ts'
import { type Prepared, Run } from '../engine/run.ts'
import type { Play } from '../playbook/ast.ts'
import { SessionPool } from '../remote/session-pool.ts'
import type { Value } from '../values/value.ts'
import type { Slice, SliceHost, SliceResult } from './contract.ts'
import { unpackInventory } from './inventory.ts'
import { Meetings } from './meetings.ts'
import { inventoryIn, packStates, unpackStates, unpackValues } from './states.ts'

/**
 * Carries out a slice in a process that has the run's files. Raises ProblemError for what the coordinator would have
 * found in its place, and what `holds` and `meet` raise.
 */
export async function carryOut(prepared: Prepared, slice: Slice, host: SliceHost): Promise<SliceResult> {
  const { emit } = host
  const own = ofSlice(prepared, slice)
  const pool = new SessionPool()
  pool.serve({ ...loginsOf(own, emit), beforeLogin: host.login })
  const kill = () => pool.kill()
  host.cut.addEventListener('abort', kill)
  const grip = new Grip(host)
  try {
    const meetings = new Meetings(slice, host)
    const run = new Run({
      ...{ ...own, pool, emit, stop: grip.stop, holds: (name) => grip.test(name) },
      begins: (name) => meetings.begins(name),
      ...{ ask: async () => undefined, ready: host.ready },
    })
    const states = (names: readonly string[]): HostState[] => names.map((name) => run.hostState(name))
    unpackStates(slice.states, (name) => run.hostState(name))
    const play = playNumber(prepared, slice.play)
    const info = infoOf(play, slice.play)
    const [all, members, hosts] = [states(slice.playHosts), states(slice.batch), states(slice.hosts)]
    // Whoever hears it knows that the slice begins, perhaps again.
    emit({ type: 'play-started', play: info, hosts: slice.hosts })
    await runBatchHere(
      { play, info, number: 1, all, members, prompted: unpackGiven(slice.given) },
      run,
      slice.batchSlices.length > 1 ? members : hosts,
      meetings,
    )
    grip.mustHold()
    return { states: packStates(hosts), ...(run.takePlayEnd() && { ends: 'play' }) }
  } finally {
    host.cut.removeEventListener('abort', kill)
    await pool.close()
  }
}

/** Whether the hosts of a slice are still this process's. Where they are not, nothing more is done on them. */
class Grip {
  readonly stop: AbortSignal
  readonly #host: SliceHost
  readonly #lost = new AbortController()
  #why: unknown

  constructor(host: SliceHost) {
    this.#host = host
    this.stop = AbortSignal.any([host.stop, this.#lost.signal])
    // Every host that waits listens.
    setMaxListeners(0, this.stop)
  }

  /** Raises Interrupted when a host is not this process's any more. */
  test(name: string): void {
    try {
      this.#host.holds(name)
    } catch (error) {
      this.#why ??= error
      this.#lost.abort()
      throw new Interrupted()
    }
  }

  /** Raises what `holds` has raised. */
  mustHold(): void {
    if (this.#lost.signal.aborted) throw this.#why
  }
}

/** What is the coordinator's alone: whom it asks, where it begins, and the facts that it keeps for other runs. */
function ofSlice(prepared: Prepared, { states }: Slice): Prepared {
  const inventory = inventoryIn(states)
  const { selection, execution } = prepared.request
  const { startAtTask: _, ...selected } = selection
  const { facts: __, ...executed } = execution
  return {
    ...prepared,
    ...(inventory !== undefined && { inventory: unpackInventory(inventory) }),
    request: { ...prepared.request, selection: selected, execution: { ...executed, step: false } },
  }
}

function playNumber({ playbooks }: Prepared, number: number): Play {
  const play = playbooks.flatMap(({ plays }) => plays)[number - 1]
  if (play === undefined) throw new Error(`the playbooks have no play ${number}`)
  return play
}

function unpackGiven(given: string): Map<string, Value> {
  return given === '' ? new Map() : unpackValues(JSON.parse(given))
}
