import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bars } from './bars.ts'
import { type Measurement, measure, report } from './measure.ts'

const test = suite('measuring')

const sync = { part: 'sync', what: '7 hosts x 15 tasks' }
const took = (ms: number) => ({ ms, peak: 50, changed: 0 })
const measured = (who: string, ...ms: number[]): Measurement => {
  return { ...sync, who, outcomes: ms.map(took), failed: false }
}

test('contestants take turns, each as often as it is to', async () => {
  const order: string[] = []
  const all = await measure({
    ...sync,
    contestants: [{ name: 'a' }, { name: 'b' }, { name: 'c', missing: 'not installed' }],
    runs: ({ name }) => (name === 'a' ? 3 : 2),
    once: async ({ name }) => {
      order.push(name)
      return took(order.length)
    },
  })
  assert.equal(order, ['a', 'b', 'a', 'b', 'a'])
  assert.equal(
    all.map(({ outcomes }) => outcomes.map(({ ms }) => ms)),
    [[1, 3, 5], [2, 4], []],
  )
  assert.is(all[2]!.trouble, 'not installed')
})

test('one that fails is not run again, and has no times', async () => {
  let runs = 0
  const all = await measure({
    ...sync,
    contestants: [{ name: 'a' }],
    runs: () => 3,
    once: async () => {
      runs += 1
      if (runs === 2) throw new Error('no luck')
      return took(1)
    },
  })
  assert.is(runs, 2)
  assert.equal(all, [{ ...sync, who: 'a', outcomes: [], trouble: 'FAILED', failed: true }])
})

test('ratios are to the first of the workload; who is missing is told', () => {
  const missing: Measurement = { ...measured('ansible'), trouble: 'not installed' }
  const lines = report([measured('playssh', 90, 100, 300), measured('floor', 50), missing]).split('\n')
  const cells = [lines[0]!, ...lines.slice(2)].map((line) => line.split('|').slice(2, 6))
  assert.equal(
    cells.map((row) => row.map((cell) => cell.trim())),
    [
      ['who', 'median', 'least to most', 'times playssh'],
      ['playssh', '100 ms', '90 ms to 300 ms', '1.00'],
      ['floor', '50 ms', '50 ms to 50 ms', '0.50'],
      ['ansible', 'not installed', '', ''],
    ],
  )
})

test('a bar is shown when both its sides were measured', () => {
  const rows = bars([measured('playssh', 100), measured('floor', 60), measured('ansible', 4100)]).split('\n')
  assert.is(rows.length, 4)
  assert.match(rows[2]!, /against Ansible with pipelining .*at least 40 times faster.*41\.0 times .*yes/)
  assert.match(rows[3]!, /against the floor .*at most 1\.5 times.*1\.67 times .*no/)
  assert.is(bars([]), '')
})

test.run()
