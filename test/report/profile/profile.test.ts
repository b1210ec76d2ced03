import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTheme } from '../../../src/report/paint.ts'
import { gapsOf } from '../../../src/report/profile/gaps.ts'
import { phaseTimes } from '../../../src/report/profile/phases.ts'
import { profileTable } from '../../../src/report/profile/profile.ts'
import { block, changed, ok } from '../events.ts'
import { TimedStory } from '../timed.ts'
import { twoHosts } from '../two-hosts.ts'

const test = suite('profile')
const look = createTheme({ color: false, unicode: false })

test('the table says where the time went', () => {
  assert.is(
    `${profileTable(twoHosts(), 0.3, look).join('\n')}\n`,
    block`
    0.800 s since node was started: the runner worked 0.500 s and waited 0.300 s

    where the time went            on the path                     all hosts  times
      starting node and the runner     0.200 s  25 %  ###
      reading playbooks and roles      0.050 s   6 %  #
      reading the inventory            0.010 s   1 %
      checking all of it               0.020 s   3 %
      connecting                       0.040 s   5 %                 0.080 s      2
      rendering tasks                  0.010 s   1 %                 0.020 s      2
      rendering and prefetching        0.010 s   1 %                 0.025 s      4
      waiting for results              0.085 s  11 %  #              0.160 s      4
      planning                         0.010 s   1 %                 0.010 s      1
      applying                         0.090 s  11 %  #              0.090 s      1
      pausing                          0.140 s  18 %  ##             0.140 s      1
      the rest of the tasks            0.010 s   1 %                 0.040 s      4
      everything else                  0.095 s  12 %  #
      waiting for other hosts                                        0.225 s      2
      closing                          0.030 s   4 %
      the whole                        0.800 s 100 %
    On the path: what the end of the run waited for, of every task the host that
    finished last; this adds up to the whole. All hosts: added up over hosts, which
    work side by side, so it can be more than the whole. While the runner works for
    one host, time goes on for the others, in whatever phase they are.

    slowest tasks                         took        the host that finished last, most of it
      Packages                         0.200 s  25 %  a, applying 0.090 s
      Settings                         0.195 s  24 %  b, pausing 0.140 s

    slowest hosts                     at tasks  for others on the path  most of it
      b                                0.325 s     0.070 s     0.195 s  pausing 0.140 s
      a                                0.240 s     0.155 s     0.200 s  applying 0.090 s

    what stands between one round trip a host and this run
          0.085 s  connecting, and waiting for the first results
    +     0.280 s  starting, reading and checking
    +     0.140 s  pausing: Settings
    +     0.135 s  the runner's own work: rendering, planning, reporting
    +     0.090 s  applying changes and running commands: Packages
    +     0.040 s  probing again behind changes: Settings
    +     0.030 s  closing
    =     0.800 s

    probed   10 probes in 4 messages, 4 of the results used; 0 more one at a time
    applied  1 time, 1 of them on a channel of its own
    `,
  )
})

test('a run in which nothing happened has a table too', () => {
  const timeline = new TimedStory([]).runner('starting', 0, 200).close(200)
  assert.is(
    `${profileTable(timeline, 0, look).slice(0, 5).join('\n')}\n`,
    block`
    0.200 s since node was started: the runner worked 0.200 s and waited 0.000 s

    where the time went            on the path                     all hosts  times
      starting node and the runner     0.200 s 100 %  ##########
      everything else                  0.000 s   0 %
    `,
  )
})

test('a name that would spoil the table is cleaned and cut', () => {
  const story = new TimedStory(['a'])
  const task = story.info(`\x1b[31m${'long '.repeat(20)}`)
  story.start(task, 0, ['a']).finish(task, 'a', ok(), 10).taskEnd(task, 10)
  const table = profileTable(story.close(10), 0, look)
  const row = table.find((line) => line.includes('long'))
  assert.is(row, '  long long long long long...      0.010 s 100 %  a, the rest of the tasks 0.010 s')
})

test('the path and the gaps each add up to the whole', () => {
  const timeline = twoHosts()
  const path = phaseTimes(timeline).reduce((sum, { onPath }) => sum + (onPath ?? 0), 0)
  const { floor, gaps } = gapsOf(timeline)
  const parts = gaps.reduce((sum, { seconds }) => sum + seconds, floor)
  assert.is(path.toFixed(6), '0.800000')
  assert.is(parts.toFixed(6), '0.800000')
})

type Part = 'message' | 'result' | 'probing' | 'applying'

/** The gaps of one host's turns in which everything but sending a message takes 10 ms; in ms. */
function gapsOfTurns(turns: readonly Part[][]): Record<string, number> {
  const story = new TimedStory(['a'])
  let now = 0
  for (const turn of turns) {
    const task = story.info(`t${now}`)
    story.start(task, now, ['a'])
    for (const part of turn) {
      if (part === 'message') {
        story.probed(task, 'a', 1, now)
      } else {
        story.span(task, 'a', part, now, now + 10)
        now += 10
      }
    }
    story.finish(task, 'a', turn.includes('applying') ? changed([]) : ok(), now).taskEnd(task, now)
  }
  const { floor, gaps } = gapsOf(story.close(now))
  const times = gaps.map(({ kind, seconds }): [string, number] => [kind, Math.round(seconds * 1000)])
  return { floor: Math.round(floor * 1000), ...Object.fromEntries(times.filter(([, time]) => time > 0)) }
}

const causes: [what: string, turns: Part[][], gaps: Record<string, number>][] = [
  ['none for later answers to the first message', [['message', 'result'], ['result']], { floor: 20 }],
  [
    'a change in the task before',
    [
      ['message', 'result', 'applying'],
      ['message', 'result'],
    ],
    { floor: 10, applying: 10, again: 10 },
  ],
  [
    'a change of an earlier item of the same loop',
    [['message', 'result', 'applying', 'message', 'result', 'result']],
    { floor: 10, applying: 10, again: 20 },
  ],
  [
    'a second message without a change',
    [
      ['message', 'result'],
      ['message', 'result'],
    ],
    { floor: 10, later: 10 },
  ],
  [
    'what was asked behind a change, and later for no change',
    [['message', 'result', 'applying', 'message'], ['result'], ['message', 'result']],
    { floor: 10, applying: 10, again: 10, later: 10 },
  ],
  ['a question alone', [['probing'], ['message', 'result']], { floor: 10, probing: 10 }],
]
for (const [what, turns, gaps] of causes) {
  test(`what went above one round trip is named: ${what}`, () => assert.equal(gapsOfTurns(turns), gaps))
}

test.run()
