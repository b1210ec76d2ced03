import { readFileSync } from 'node:fs'
import { byHand, HOA, type Move } from './floor.ts'
import { exits, expect, run } from './support.ts'

const ROUNDS = Number(process.argv[2] ?? 5)
const ROAMING = ['-i', 'test/lab/roaming.yml']

const MOVES: readonly Move[] = [
  { name: 'home to agent', from: 'home', to: 'east' },
  { name: 'agent to agent', from: 'east', to: 'west' },
  { name: 'agent to home', from: 'west', to: 'home' },
]
const CORRESPONDENTS = { peer: 'across the backbone', local: 'on the home link' }

/** The most pings of ten a second that may be lost, and the most times what the floor takes. */
const MOST_LOST = 4
const MOST_TIMES = 2
/** A ping every tenth of a second tells no finer, in seconds. */
const GRAIN = 0.1

interface Broken {
  /** Seconds. */
  readonly seconds: number
  readonly lost: number
}

/** By the names of correspondents. */
type Told = Readonly<Record<string, Broken>>

async function byPlaybook({ to }: Move): Promise<Told> {
  const ended = await run(...ROAMING, 'playbooks/handover.yml', '-e', `hoa=${HOA}`, '-e', `to=${to}`)
  exits(ended, 0)
  const said = ended.stdout.matchAll(
    /from (\w+) to \S+ the path was broken for ([\d.]+) s: (\d+) of \d+ pings/g,
  )
  return Object.fromEntries(
    [...said].map(([, who, seconds, lost]) => [who!, { seconds: Number(seconds), lost: Number(lost) }]),
  )
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}

function middle(told: readonly Told[], who: string): Broken {
  for (const one of told) expect(one[who] !== undefined, `nothing was said of ${who}`)
  return {
    seconds: median(told.map((one) => one[who]!.seconds)),
    lost: median(told.map((one) => one[who]!.lost)),
  }
}

exits(await run('playbooks/lab.yml'), 0)
exits(await run(...ROAMING, 'playbooks/lab.yml'), 0)
exits(await run(...ROAMING, 'playbooks/bindings.yml'), 0)
const floor = await byHand(
  Object.keys(CORRESPONDENTS),
  readFileSync('roles/probe/files/probe', 'utf8'),
  '.lab/roaming',
)

const measured = MOVES.map((move) => ({ move, ours: [] as Told[], floors: [] as Told[] }))
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { move, floors } of measured) floors.push(await floor.handover(move))
  for (const { move, ours } of measured) ours.push(await byPlaybook(move))
  process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`)
}
floor.close()

const row = (...cells: (string | number)[]) =>
  console.log(cells.map((cell, index) => String(cell).padEnd([16, 22, 9, 8, 9, 8, 0][index]!)).join(' '))
row('handover', 'correspondent', 'broken s', 'lost', 'floor s', 'lost', '')
let isWithin = true
for (const { move, ours, floors } of measured) {
  for (const [who, where] of Object.entries(CORRESPONDENTS)) {
    const [our, best] = [middle(ours, who), middle(floors, who)]
    const holds = our.lost <= MOST_LOST && our.seconds <= MOST_TIMES * (best.seconds + GRAIN)
    isWithin &&= holds
    const cells = [our, best].flatMap(({ seconds, lost }) => [seconds.toFixed(1), lost])
    row(move.name, where, ...cells, holds ? 'within' : 'MORE')
  }
}
console.log(
  `medians of ${ROUNDS}; at most ${MOST_LOST} pings of ten a second, and ${MOST_TIMES} times the floor, which is told to ${GRAIN} s`,
)
process.exitCode = isWithin ? 0 : 1
