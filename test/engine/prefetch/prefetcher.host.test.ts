import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execute } from '../../../src/engine/execute.ts'
import type { Event } from '../../../src/protocol/event.ts'
import { Interrupt } from '../../support/interrupt.ts'
import { drift, filesBelow, HOSTS, playbook, random, stepsOf, writePlay } from '../../support/made-up.ts'
import { prepared } from '../../support/playbook.ts'

/** How many plays are made up; AHEAD_PLAYS=5000 for a long search. */
const PLAYS = Number(process.env.AHEAD_PLAYS ?? 24)
/** The number of the first; AHEAD_FROM=1468 to see one again. */
const FROM = Number(process.env.AHEAD_FROM ?? 1)
interface Seen {
  readonly files: Record<string, string>
  readonly steps: Record<string, string[]>
  readonly order: string[]
  readonly exitStatus: number
}

/** How many changes went to hosts together with one before them. */
let along = 0

async function run(seed: number, args: readonly string[]): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'made-up-'))
  try {
    const state = join(folder, 'state')
    drift(random(seed), state)
    const play = playbook(random(seed + 1_000_000))
    const path = writePlay(folder, play)
    const given = ['-c', 'local', '-i', `${HOSTS},`, '-e', `state=${state}`, ...args, path]
    const events: Event[] = []
    const emit = (event: Event) => events.push(event)
    const exitStatus = await execute(await prepared(given), {
      emit,
      ...new Interrupt().signals,
      ask: async () => undefined,
    })
    along += alongIn(events)
    // Under free it is a matter of chance which host is first.
    const order = play.includes('strategy: free') ? [] : orderOf(events)
    return { files: filesBelow(state), steps: stepsOf(events), order, exitStatus }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function alongIn(events: readonly Event[]): number {
  const told = events.flatMap((event) => (event.type === 'detail' ? [event.message] : []))
  return told.reduce((sum, message) => sum + Number(/^SENT WITH IT (\d+)/.exec(message)?.[1] ?? 0), 0)
}

/** The tasks in the order in which hosts began them, one that several began next to each other once. */
function orderOf(events: readonly Event[]): string[] {
  const begun = events.flatMap((event) => (event.type === 'host-started' ? [event.task] : []))
  return begun.filter(({ id }, index) => id !== begun[index - 1]?.id).map(({ name }) => name)
}

const test = suite('prefetch')

test(`${PLAYS} made-up plays with made-up drift end the same with it and without`, async () => {
  let changed = 0
  for (let seed = FROM; seed < FROM + PLAYS; seed += 1) {
    const [ahead, single] = [await run(seed, ['-vvv']), await run(seed, ['--no-prefetch'])]
    const play = playbook(random(seed + 1_000_000))
    assert.equal(ahead, single, `play of seed ${seed}:\n${play}`)
    // What was sent to one host before another one failed is done.
    if (!play.includes('any_errors_fatal: true'))
      assert.equal(await run(seed, ['-vvv', '--pipeline']), single, `the same with --pipeline:\n${play}`)
    changed += Object.values(ahead.steps)
      .flat()
      .filter((step) => / changed /.test(step)).length
  }
  assert.ok(along > PLAYS / 2, `and none in which changes go together: ${along} do`)
  assert.ok(changed > PLAYS, `plays that change nothing prove nothing: ${changed} changes`)
})

test.run()
