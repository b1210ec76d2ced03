import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Member, SHELF } from './fleet.ts'
import { judge, type Told } from './judge.ts'
import type { State } from './trouble.ts'
import { large, type Round, WORK } from './work.ts'

const SECRET = '0123456789abcdef'
const OWN = `W${SECRET}${'1'.repeat(24)}`
const OTHERS = `W${'f'.repeat(40)}`

const test = suite<{ round: Round; all: Told[] }>('judge of the soak')

test.before.each((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'judge-'))
  const path = (name: string) => join(folder, 'root', name)
  const member = { name: 'h1', secret: SECRET, word: OWN, path } as unknown as Member
  context.round = { folder, member }
  mkdirSync(path(SHELF), { recursive: true })
  mkdirSync(join(folder, 'fetched'))
  for (const file of [path(`${SHELF}/large`), join(folder, 'large')]) writeFileSync(file, large(7))
  writeFileSync(path(`${SHELF}/written`), `${OWN} of h1\n`)
  writeFileSync(path(`${SHELF}/lines`), `word ${OWN}\n`)
  writeFileSync(join(folder, 'fetched/h1'), OWN)
  context.all = Object.entries(WORK).map(([task, { right }]) => ({
    ...{ task, status: 'changed', values: right(context.round) },
  }))
})

test.after.each(({ round }) => rmSync(round.folder, { recursive: true }))

test('a host that did everything right', ({ round, all }) => {
  assert.equal(judge('healthy', all, round), { ending: 'ok', wrong: [] })
})

const lost = (values = {}): Told => ({ task: 'waiting', status: 'unreachable', values })
const LOST: readonly (readonly [State, number])[] = [
  ['killed', 0],
  ['refusing', 0],
  ['slow', 1],
  ['healthy', 1],
]
for (const [state, faults] of LOST) {
  test(`a ${state} host that was lost has ${faults} faults`, ({ round, all }) => {
    const { ending, wrong } = judge(state, [...all.slice(0, 3), lost()], round)
    assert.equal([ending, wrong.length], ['unreachable', faults], wrong.join('\n'))
  })
}

const WRONG: readonly (readonly [string, (all: Told[]) => readonly Told[], RegExp])[] = [
  ['nothing told', () => [], /only 0 tasks/],
  ['a task that is missing', (all) => all.filter(({ task }) => task !== 'slurped'), /missing in between/],
  [
    'a wrong text',
    ([first, ...rest]) => [{ ...first!, values: { stdout: '', rc: 0 } }, ...rest],
    /word: stdout/,
  ],
  [
    "another host's word, wherever",
    ([first, ...rest]) => [{ ...first!, values: { ...first!.values, stderr: OTHERS } }, ...rest],
    /1 words of others/,
  ],
  ['a host that went on', (all) => [...all.slice(0, 3), lost(), ...all.slice(4)], /behind its end/],
]
for (const [what, change, expected] of WRONG) {
  test(`${what} is wrong, also on a killed host`, ({ round, all }) => {
    assert.match(judge('killed', change(all), round).wrong.join('\n'), expected)
  })
}

test('files that are not what was told, or half', ({ round, all }) => {
  writeFileSync(round.member.path(`${SHELF}/large`), large(7).slice(0, 1000))
  writeFileSync(join(round.folder, 'fetched/h1'), OTHERS)
  const { wrong } = judge('healthy', all, round)
  assert.match(wrong.join('\n'), /large, done: .*\n.*fetched, done:/)
  assert.match(judge('killed', all.slice(0, 1), round).wrong.join('\n'), /large, not done/)
})

test.run()
