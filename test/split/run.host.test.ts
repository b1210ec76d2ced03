import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execute } from '../../src/engine/execute.ts'
import type { Event, HostStats } from '../../src/protocol/event.ts'
import { splitRun } from '../../src/split/run.ts'
import { Interrupt } from '../support/interrupt.ts'
import { drift, filesBelow, HOSTS, playbook, random, stepsOf } from '../support/made-up.ts'
import { prepared } from '../support/playbook.ts'
import { SlicesHere } from '../support/slices.ts'

/** How many plays are made up; SPLIT_PLAYS=5000 for a long search. */
const PLAYS = Number(process.env.SPLIT_PLAYS ?? 12)
/** The number of the first; SPLIT_FROM=1468 to see one again. */
const FROM = Number(process.env.SPLIT_FROM ?? 1)

interface Seen {
  readonly files: Record<string, string>
  readonly steps: Record<string, string[]>
  readonly stats: Readonly<Record<string, HostStats>>
  readonly exitStatus: number
}

interface Way {
  readonly isSplit: boolean
  /** After how many words each slice is killed, once; one of the two has two hosts then, which take turns. */
  readonly dies?: number
  /** Hosts do not go on alone: what they do when they are killed is no matter of chance. */
  readonly isLinear?: boolean
}

/** A play in which slices have something to do: most of those that are made up have a task for another host. */
function play(seed: number): string {
  const below = random(seed + 1_000_000)
  const made = playbook(below)
  return below(4) === 0 ? made : made.replaceAll(/^ *delegate_to: .*\n/gm, '')
}

async function run(
  seed: number,
  { isSplit, dies = 0, isLinear = false }: Way,
): Promise<Seen & { readonly slices: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'made-up-'))
  try {
    const state = join(folder, 'state')
    drift(random(seed), state)
    writeFileSync(
      join(folder, 'play.yml'),
      play(seed).replace('strategy: free', isLinear ? 'strategy: linear' : 'strategy: free'),
    )
    const few = dies > 0 ? ['--forks', '1'] : []
    const given = [...few, '-c', 'local', '-i', `${HOSTS},`, '-e', `state=${state}`, join(folder, 'play.yml')]
    const events: Event[] = []
    const hooks = {
      ...{ emit: (event: Event) => events.push(event), ask: async () => undefined },
      ...new Interrupt().signals,
    }
    const workers = isSplit ? await Promise.all(HOSTS.slice(dies > 0 ? 1 : 0).map(() => prepared(given))) : []
    const runner = new SlicesHere(workers, () => dies)
    const own = await prepared(given)
    const exitStatus = await (isSplit ? splitRun(own, hooks, runner) : execute(own, hooks))
    const ended = events.find((event) => event.type === 'run-finished')!
    assertWhole(events)
    return {
      ...{ files: filesBelow(state), steps: stepsOf(events), stats: ended.stats },
      ...{ exitStatus, slices: runner.slices.length },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Each task begins once and ends once, and hosts have their turns between. */
function assertWhole(events: readonly Event[]): void {
  const begun = new Set<number>()
  const ended = new Set<number>()
  const turns = new Set<string>()
  for (const event of events) {
    if (!('task' in event) || event.task === undefined) continue
    const { id } = event.task
    if (event.type === 'task-started') {
      assert.not(begun.has(id), 'begins twice')
      begun.add(id)
    }
    assert.ok(begun.has(id), `${event.type} of a task that has not begun`)
    // Of what is probed behind a change it is told later.
    if (event.type === 'rescued' || event.type === 'probed') continue
    assert.not(ended.has(id), `${event.type} of a task that has ended: ${event.task.name}`)
    if (event.type === 'task-finished') ended.add(id)
    if (event.type === 'host-finished') {
      assert.not(turns.has(`${id} ${event.host}`), 'a host has two results')
      turns.add(`${id} ${event.host}`)
    }
  }
  assert.equal(ended, begun)
}

const test = suite('split')

test(`${PLAYS} made-up plays with made-up drift end the same in slices and in one process`, async () => {
  let slices = 0
  for (let seed = FROM; seed < FROM + PLAYS; seed += 1) {
    const { slices: _, ...whole } = await run(seed, { isSplit: false })
    const { slices: cut, ...split } = await run(seed, { isSplit: true })
    assert.equal(split, whole, `play of seed ${seed}:\n${play(seed)}`)
    slices += cut
  }
  assert.ok(slices > PLAYS, `plays that are not split prove nothing: ${slices} slices`)
})

test('slices that are killed in the middle and carried out again end the same', async () => {
  for (let seed = FROM; seed < FROM + PLAYS; seed += 1) {
    const dies = 1 + (seed % 7)
    const { slices: _, ...whole } = await run(seed, { isSplit: false, isLinear: true })
    const { slices: __, ...split } = await run(seed, { isSplit: true, isLinear: true, dies })
    assert.equal(split, whole, `play of seed ${seed}, killed after ${dies} words:\n${play(seed)}`)
  }
})

test.run()
