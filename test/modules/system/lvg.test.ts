import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lvg } from '../../../src/modules/system/lvg.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('lvg')

const G = 1 << 30
const pv = (device: string, group: string, whole = G) =>
  `${device};${group};${whole};${G - 5_242_880};1048576;${group === '' ? 0 : 4_194_304}\n`
const on = (devices: (string | undefined)[], groups: string, physical: string) =>
  `lvm\0${devices.map((one) => `${one ?? ''}\n`).join('')}\0${groups}\0${physical}`

const one = { vg: 'v', pvs: '/dev/a' }
const NEW = on(['/dev/a'], '  other;1\n', pv('/dev/b', 'other'))
const KNOWN = on(['/dev/a'], '  other;1\n  v;2\n', pv('/dev/b', 'other') + pv('/dev/a', 'v'))

const PLANS: [raw: Raw, printed: string, changes: unknown[]][] = [
  [one, NEW, [['volume group v', null, '/dev/a']]],
  [one, KNOWN, []],
  [{ ...one, pvresize: true }, KNOWN, []],
  [
    { ...one, pvresize: true },
    on(['/dev/a'], 'v;0\n', pv('/dev/a', 'v', 2 * G)),
    [['size of /dev/a', 'smaller than the device', 'all of the device']],
  ],
  [one, on(['/dev/a'], 'v;0\n', pv('/dev/a', 'v', 2 * G)), []],
  [
    { vg: 'v', pvs: ['/dev/c', '/dev/d'] },
    on(['/dev/c', '/dev/dm-1'], 'v;0\n', pv('/dev/a', 'v') + pv('/dev/c', 'v')),
    [['volume group v', '/dev/a /dev/c', '/dev/c /dev/dm-1']],
  ],
  [{ vg: 'v', state: 'absent' }, on([], 'v;0\n', ''), [['volume group v', 'present', null]]],
  [{ vg: 'v', state: 'absent', force: true }, on([], 'v;3\n', ''), [['volume group v', 'present', null]]],
  [{ vg: 'v', state: 'absent' }, on([], '', ''), []],
]

test('a group consists of the devices that it is to have', () => {
  for (const [raw, printed, changes] of PLANS) {
    assert.equal(rows(planOf(lvg, raw, printed)), changes, JSON.stringify(raw))
  }
})

test('what is run is what LVM takes', () => {
  const script = (raw: Raw, printed: string) => {
    const [action] = planOf(lvg, raw, printed).actions!
    return 'script' in action! ? action.script : ''
  }
  const raw = { ...one, pesize: '32M', pv_options: '--metadatasize  1m', vg_options: '-l 5' }
  assert.is(script(raw, NEW), 'pvcreate --metadatasize 1m -f /dev/a || exit\nvgcreate -l 5 -s 32M v /dev/a')
  const other = { vg: 'v', pvs: ['/dev/c'] }
  assert.is(
    script(other, on(['/dev/c'], 'v;0\n', pv('/dev/a', 'v'))),
    'pvcreate -f /dev/c || exit\nvgextend v /dev/c || exit\nvgreduce --force v /dev/a',
  )
})

test('what cannot be, or would lose data, is a failure', () => {
  const failed = (raw: Raw, printed: string) => planOf(lvg, raw, printed).failed
  assert.is(
    failed({ vg: 'v', state: 'absent' }, on([], 'v;1\n', '')),
    'Refuse to remove non-empty volume group v without force=true',
  )
  assert.is(failed(one, on([undefined], '', '')), 'Device /dev/a not found.')
  assert.is(planOf(lvg, one, on([undefined], '', ''), CHECK).changes.length, 1)
  assert.is(
    failed(one, on(['/dev/a'], 'o;0\n', pv('/dev/a', 'o'))),
    'Device /dev/a is already in o volume group.',
  )
  assert.is(failed(one, 'none\0'), 'Failed to find required executable "vgs"')
  assert.throws(() => failed(one, on(['/dev/a'], '', '/dev/x\n')), /did not answer/)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [{ vg: 'v' }, /^No physical volumes given\.$/],
    [{ vg: '-v', pvs: '/a' }, /is not a name of a group/],
    [{ vg: '..', pvs: '/a' }, /is not a name of a group/],
    [{ vg: 'v', pvs: 'sda' }, /"sda" is not a whole path/],
    [{ ...one, pesize: 'x' }, /"x" is not a size/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(lvg, raw)[0] ?? '', problem)
})

test.run()
