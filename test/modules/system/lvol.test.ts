import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lvol } from '../../../src/modules/system/lvol/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('lvol')

const M = 1024 ** 2
/** A group of 1000 MiB with 600 MiB left, and what it holds. */
const on = (volumes = '', free = 600) => `lvm\0  ${1000 * M};${free * M};${4 * M}\0${volumes}`
const vol = (name: string, size: number, attributes = '-wi-a-----') => `  ${name};${size * M};${attributes}\n`
const A = on(vol('a', 400) + vol('[hidden]', 4))
const POOL = on(vol('pool', 400, 'twi-a-tz--') + vol('thin', 100, 'Vwi-a-tz--'))
const a = { vg: 'v', lv: 'a' }
const planned = (raw: Raw, printed: string, view = { check: false, diff: false }) =>
  planOf(lvol, { ...a, ...raw }, printed, view)

const PLANS: [raw: Raw, printed: string, changes: unknown[], command?: string][] = [
  [{ size: '512' }, on(), [['logical volume v/a', null, '512m']], 'lvcreate --yes -n a -L 512m v'],
  [
    { size: '1.5g', opts: "--type 'x y'" },
    on(),
    [['logical volume v/a', null, '1.5g']],
    "lvcreate --yes -n a -L 1.5g --type 'x y' v",
  ],
  [
    { size: '100%FREE', pvs: '/dev/x,/dev/y' },
    on(),
    [['logical volume v/a', null, '100%FREE']],
    'lvcreate --yes -n a -l 100%FREE v /dev/x /dev/y',
  ],
  [
    { size: '+100%FREE' },
    on(),
    [['logical volume v/a', null, '100%FREE']],
    'lvcreate --yes -n a -l 100%FREE v',
  ],
  [
    { size: '4', active: false },
    on(),
    [['logical volume v/a', null, '4m']],
    'lvcreate --yes -n a -L 4m v; lvchange -an v/a',
  ],
  [{ size: '400' }, A, []],
  [{ size: '399' }, A, []],
  [{ size: '400M' }, A, []],
  [
    { size: '500m', resizefs: true },
    A,
    [['size of v/a', '400 MiB', '500 MiB']],
    'lvextend --resizefs -L 500m v/a',
  ],
  [{ size: '+98' }, A, [['size of v/a', '400 MiB', '500 MiB']], 'lvextend -L +98m v/a'],
  [{ size: '100', force: true }, A, [['size of v/a', '400 MiB', '100 MiB']], 'lvreduce --force -L 100m v/a'],
  [{ size: '100', shrink: false }, A, []],
  [
    { size: '-100', force: true },
    A,
    [['size of v/a', '400 MiB', '300 MiB']],
    'lvreduce --force -L -100m v/a',
  ],
  [{ size: '40%VG' }, A, []],
  [{ size: '50%VG' }, A, [['size of v/a', '400 MiB', '500 MiB']], 'lvextend -l 50%VG v/a'],
  [{ size: '+100%FREE' }, A, [['size of v/a', '400 MiB', '1000 MiB']], 'lvextend -l +100%FREE v/a'],
  [{ size: '+100%FREE' }, on(vol('a', 1000), 0), []],
  [{ size: '100%FREE' }, on(vol('a', 1000), 0), []],
  [{}, A, []],
  [{ active: false }, A, [['logical volume v/a', 'active', 'not active']], 'lvchange -an v/a'],
  [{}, on(vol('a', 400, '-wi-------')), [['logical volume v/a', 'not active', 'active']], 'lvchange -ay v/a'],
  [{ state: 'absent', force: true }, A, [['logical volume v/a', '400 MiB', null]], 'lvremove --force v/a'],
  [{ state: 'absent' }, on(), []],
  [{ state: 'absent' }, 'lvm\0\0', []],
  [
    { snapshot: 's', size: '100m' },
    A,
    [['logical volume v/s', null, '100m']],
    'lvcreate --yes -L 100m -s -n s v/a',
  ],
  [
    { lv: 'thin', snapshot: 's' },
    POOL,
    [['logical volume v/s', null, 'snapshot']],
    'lvcreate --yes -s -n s v/thin',
  ],
  [
    { lv: 'n', thinpool: 'pool', size: '5g' },
    POOL,
    [['logical volume v/n', null, '5g']],
    'lvcreate --yes -n n -V 5g -T v/pool',
  ],
  [
    { lv: undefined, thinpool: 'new', size: '5%VG' },
    on(),
    [['logical volume v/new', null, '5%VG']],
    'lvcreate --yes -l 5%VG -T v/new',
  ],
  [{ lv: undefined, thinpool: 'pool', size: '400' }, POOL, []],
]

test('a volume is as it is to be', () => {
  for (const [raw, printed, changes, command] of PLANS) {
    const plan = planned(raw, printed)
    const run = (plan.actions ?? []).map((action) => ('script' in action ? action.script : '')).join('; ')
    assert.equal([rows(plan), run], [changes, command ?? ''], JSON.stringify(raw))
  }
})

test('what cannot be, or would lose data, is a failure', () => {
  for (const [raw, printed, failed] of [
    [{ state: 'absent' }, A, 'Sorry, no removal of logical volume a without force=true.'],
    [{ size: '100' }, A, 'Sorry, no shrinking of a without force=true.'],
    [{ size: '-400', force: true }, A, 'Sorry, no shrinking of a to 0 permitted.'],
    [
      { size: '2g' },
      A,
      'Logical Volume a could not be extended. Not enough free space left (1648 MiB required / 600 MiB available)',
    ],
    [
      { size: '601' },
      on(),
      "Creating logical volume 'a' failed: not enough free space left (604 MiB required / 600 MiB available)",
    ],
    [{}, on(), 'No size given.'],
    [{ size: '-5' }, on(), "Bad size specification of '-5' for creating LV"],
    [{ size: '5' }, 'lvm\0\0', 'Volume group v does not exist.'],
    [{ size: '5' }, 'none\0', 'Failed to find required executable "vgs"'],
    [{ snapshot: 's', lv: 'x', size: '5' }, A, 'Snapshot origin LV x does not exist in volume group v.'],
    [{ snapshot: 's', lv: 'pool', size: '5' }, POOL, 'Snapshots of thin pool LVs are not supported.'],
    [{ thinpool: 'x', size: '5' }, A, 'Thin pool LV x does not exist in volume group v.'],
    [{ lv: 'n', thinpool: 'pool', size: '5%VG' }, POOL, 'Thin volume sizing with percentage not supported.'],
  ] as [Raw, string, string][])
    assert.is(planned(raw, printed).failed, failed)
  for (const printed of ['lvm\0\0', 'none\0'])
    assert.equal(rows(planned({ size: '5' }, printed, CHECK)), [['logical volume v/a', null, '5m']])
  assert.throws(() => planned({}, 'lvm\0what\0'), /vgs of the host did not answer/)
  assert.throws(() => planned({}, on('  a;x;y\n')), /lvs of the host did not answer/)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [{ vg: 'v' }, /one of the following is required: lv, thinpool/],
    [{ ...a, size: 'x' }, /^Bad size specification of 'x'$/],
    [{ ...a, size: '.5g' }, /^Bad size specification/],
    [{ ...a, size: '101%VG' }, /^Size percentage cannot be larger than 100%$/],
    [{ ...a, size: '5%ORIGIN' }, /^Snapshot Volumes are not supported$/],
    [{ ...a, size: '5%X' }, /^Specify extents as a percentage of VG\|PVS\|FREE$/],
    [{ vg: 'v', lv: '-a' }, /lv: "-a" is not a name/],
    [{ ...a, pvs: 'sda' }, /is not a whole path/],
    [{ ...a, opts: "'" }, /./],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(lvol, raw)[0] ?? '', problem)
})

test.run()
