import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sysfs } from '../../../src/modules/system/sysfs.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const RPS = 'class/net/eth0/queues/rx-0/rps_cpus'
const shown = (...values: (readonly [string, string])[]) =>
  values.map(([path, value]) => `/sys/${path}\0${value}\0`).join('')

const plans = suite('sysfs: plan')

for (const [value, is, changes] of [
  // In sync, however the kernel shows it.
  ['f', '0000000f', []],
  ['f', '00000000,0000000f\n', []],
  ['3,0000000f', '00000003,0000000f', []],
  ['0x10', '16', []],
  ['8', '0x8', []],
  ['madvise', 'always [madvise] never', []],
  ['yes', 'Y', []],
  ['0', 'N', []],
  ['1 2', ' 1\t2 \n', []],
  // Other.
  ['f', '0000001f', [[`/sys/${RPS}`, '0000001f', 'f']]],
  ['1', '00000001,00000000', [[`/sys/${RPS}`, '00000001,00000000', '1']]],
  ['never', 'always [madvise] never', [[`/sys/${RPS}`, 'madvise', 'never']]],
  ['10', '16', [[`/sys/${RPS}`, '16', '10']]],
  ['maybe', 'N', [[`/sys/${RPS}`, 'N', 'maybe']]],
] as const) {
  plans(`${JSON.stringify(value)} where ${JSON.stringify(is)} is shown plans just what differs`, () =>
    assert.equal(rows(planOf(sysfs, { path: RPS, value }, shown([RPS, is]))), changes),
  )
}

plans('a star stands for all that there are', () => {
  const path = '/sys/class/net/eth0/queues/rx-*/rps_cpus'
  const is = shown([RPS, '1'], ['class/net/eth0/queues/rx-1/rps_cpus', 'f'])
  assert.equal(rows(planOf(sysfs, { path, value: 'f' }, is)), [[`/sys/${RPS}`, '1', 'f']])
})

plans('what is not there is a failure, but may come of an earlier task', () => {
  assert.match(planOf(sysfs, { path: RPS, value: 'f' }, '').failed!, /there is no \/sys\/class\/net\/eth0/)
  assert.equal(rows(planOf(sysfs, { path: RPS, value: 'f' }, '', CHECK)), [[`/sys/${RPS}`, null, 'f']])
})

const FILE = '/etc/tmpfiles.d/sysfs.conf'
const withFile = (live: string, text: string) => [
  live,
  filesText(statText({ size: Buffer.byteLength(text) })),
  `1${text}`,
]
const line = (value: string) => `w /sys/${RPS} - - - - ${value}`

for (const [raw, text, before, after, whole] of [
  [{ value: 'f' }, '# mine\n', null, line('f'), `# mine\n${line('f')}\n`],
  [{ value: 'f' }, `a\n${line('3')}\nb`, line('3'), line('f'), `a\n${line('f')}\nb\n`],
  [{ value: 'a%b\\c' }, '', null, line('a%%b\\\\c'), `${line('a%%b\\\\c')}\n`],
  [{ state: 'absent' }, `w! /sys/${RPS} - - - - 3\nb\n`, `w! /sys/${RPS} - - - - 3`, null, 'b\n'],
] as const) {
  plans(`${JSON.stringify(raw)} stands in the file of systemd-tmpfiles, whose other lines stay`, () => {
    const value = 'value' in raw ? raw.value : '1'
    const args = { path: RPS, persistent: true, ...raw }
    const plan = planOf(sysfs, args, withFile(shown([RPS, value]), text))
    assert.equal(rows(plan), [[`/sys/${RPS} in ${FILE}`, before, after]])
    assert.is(plan.changes[0]!.text!.after, whole)
    assert.equal(rows(planOf(sysfs, args, withFile(shown([RPS, value]), whole))), [])
  })
}

plans.run()

const problems = suite('sysfs: problems')

for (const [raw, expected] of [
  [{ value: 'f' }, /missing required arguments: path/],
  [{ path: RPS }, /sysfs needs "value"/],
  [{ path: '../etc/passwd', value: 'f' }, /is not the path of a file below \/sys/],
  [{ path: '/sys/../etc', value: 'f' }, /is not the path of a file below \/sys/],
  [{ path: '/etc/passwd', value: 'f' }, /is not the path of a file below \/sys/],
  [{ path: 'a b', value: 'f' }, /is not the path of a file below \/sys/],
  [{ path: 'a/$(id)', value: 'f' }, /is not the path of a file below \/sys/],
  [{ path: 'a', value: 'f\nw /etc' }, /value: it is one line/],
  [{ path: 'a', value: ' ' }, /value: it is empty/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(sysfs, raw).join('\n'), expected),
  )
}

problems.run()
