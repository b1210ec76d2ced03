import { setMaxListeners } from 'node:events'
import type { HostState } from '../engine/host.ts'
import { loginsOf } from '../engine/logins.ts'
import { maskedEvent } from '../engine/masked.ts'
import { infoOf, runBatchHere } from '../engine/play.ts'
import { type Prepared, Run } from '../engine/run.ts'
import type { Play } from '../playbook/ast.ts'
import type { Event } from '../protocol/event.ts'
import { SessionPool } from '../remote/session-pool.ts'
import type { Value } from '../values/value.ts'
import type { Slice, SliceHost, SliceResult } from './contract.ts'
import { packed, unpacked } from './packed.ts'
import { packStates, unpackStates, unpackValues } from './states.ts'

/**
 * Carries out a slice in a process that has the run's files. Raises ProblemError for what the coordinator would have
 * found in its place, and what `holds` raises.
 */
export async function carryOut(prepared: Prepared, slice: Slice, host: SliceHost): Promise<SliceResult> {
  const emit = (event: Event) => host.emit(packed(maskedEvent(event)) as Event)
  const own = ofSlice(prepared)
  const pool = new SessionPool()
  pool.serve({ ...loginsOf(own, emit), beforeLogin: host.login })
  setMaxListeners(0, host.stop)
  const kill = () => pool.kill()
  host.cut.addEventListener('abort', kill)
  try {
    const run = new Run({
      ...{ ...own, pool, stop: host.stop, emit, ask: async () => undefined },
      ...{ holds: host.holds, ready: host.ready },
    })
    const states = (names: readonly string[]): HostState[] => names.map((name) => run.hostState(name))
    unpackStates(slice.states, (name) => run.hostState(name))
    const hosts = states(slice.hosts)
    const play = playNumber(prepared, slice.play)
    await runBatchHere(
      {
        play,
        info: infoOf(play, slice.play),
        number: 1,
        all: states(slice.playHosts),
        members: states(slice.batch),
        prompted: unpackGiven(slice.given),
      },
      run,
      hosts,
    )
    return { states: packStates(hosts), ...(run.takePlayEnd() && { ends: 'play' }) }
  } finally {
    host.cut.removeEventListener('abort', kill)
    await pool.close()
  }
}

/** An event as a slice has told it. */
export function unpackEvent(event: Event): Event {
  return unpacked(event as never) as Event
}

/** What is the coordinator's alone: whom it asks, where it begins, and the facts that it keeps for other runs. */
function ofSlice(prepared: Prepared): Prepared {
  const { selection, execution } = prepared.request
  const { startAtTask: _, ...selected } = selection
  const { facts: __, ...executed } = execution
  return {
    ...prepared,
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
