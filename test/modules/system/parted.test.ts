import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parted } from '../../../src/modules/system/parted/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('parted')

const d = { device: '/dev/x', number: 1, state: 'present', label: 'gpt' }
const PART = '1:1024kiB:51200kiB:50176kiB:ext4:a b:boot, esp;'
const BYTES = '1:1048576B:52428799B:51380224B:ext4:a b:boot, esp;'

function on(table: string, part = '', bytes = ''): string {
  const head = (size: string) => `Error: a warning\nBYT;\n/dev/x:${size}:scsi:512:4096:${table}:A B:;\n`
  return `disk\0${head('102400kiB')}${part}\n\0${head('104857600B')}${bytes}\n`
}

const NONE = on('unknown')
const KNOWN = on('gpt', PART, BYTES)
const of = (what: string) => `${what} of /dev/x`

const PLANS: [raw: Raw, printed: string, changes: unknown[], script: string][] = [
  [{}, KNOWN, [], ''],
  [
    {},
    NONE,
    [
      [of('partition table'), 'unknown', 'gpt'],
      [of('partition 1'), null, '0% to 100%'],
    ],
    'unit KiB mklabel gpt unit KiB mkpart primary 0% 100%',
  ],
  [
    { label: 'msdos', unit: 'MiB', part_type: 'extended', fs_type: 'ext3', part_start: '-1GiB' },
    KNOWN,
    [
      [of('partition table'), 'gpt', 'msdos'],
      [of('partition 1'), null, '-1GiB to 100%'],
    ],
    'unit MiB mklabel msdos unit MiB mkpart extended ext3 -1GiB 100%',
  ],
  [{ number: 2 }, KNOWN, [[of('partition 2'), null, '0% to 100%']], 'unit KiB mkpart primary 0% 100%'],
  [{ name: 'a b' }, KNOWN, [], ''],
  [{ name: "c'd" }, KNOWN, [[of('name of partition 1'), 'a b', "c'd"]], `name 1 "c'd"`],
  [{ flags: ['esp'] }, KNOWN, [], ''],
  [{ flags: ['boot'] }, KNOWN, [], ''],
  [
    { flags: ['lvm'] },
    KNOWN,
    [[of('flags of partition 1'), 'boot esp', 'lvm']],
    'set 1 lvm on set 1 boot off set 1 esp off',
  ],
  [{ part_end: '60%' }, KNOWN, [], ''],
  [{ part_end: '50MiB', resize: true }, KNOWN, [], ''],
  [{ part_end: '-50MiB', resize: true }, KNOWN, [], ''],
  [{ part_end: '51200', resize: true }, KNOWN, [], ''],
  [{ part_end: '102400s', resize: true }, KNOWN, [], ''],
  [
    { part_end: '60%', resize: true },
    KNOWN,
    [[of('end of partition 1'), '1024kib to 51200kib', '60%']],
    'unit KiB resizepart 1 60%',
  ],
  [{ state: 'absent' }, KNOWN, [[of('partition 1'), '1024kib to 51200kib', null]], 'rm 1'],
  [{ state: 'absent', number: 2 }, KNOWN, [], ''],
  [{ state: 'info' }, KNOWN, [], "unit 'KiB' print"],
]

test('a partition is as it is to be', () => {
  for (const [raw, printed, changes, script] of PLANS) {
    const plan = planOf(parted, { ...d, ...raw }, printed)
    assert.equal([rows(plan), plan.result?.script], [changes, script], JSON.stringify(raw))
  }
})

test('what there is is told as Ansible tells it', () => {
  const { result } = planOf(parted, { device: '/dev/x' }, KNOWN)
  assert.equal(result?.disk, {
    dev: '/dev/x',
    size: 102_400,
    unit: 'kib',
    table: 'gpt',
    model: 'A B',
    logical_block: 512,
    physical_block: 4096,
  })
  assert.equal(result?.partitions, [
    {
      num: 1,
      begin: 1024,
      end: 51_200,
      size: 50_176,
      fstype: 'ext4',
      name: 'a b',
      flags: ['boot', 'esp'],
      unit: 'kib',
    },
  ])
  const chs = 'CHS;\n/dev/x:1599,3,31:scsi:512:512:msdos:M:;\n1600:4:32:65.5kB;\n1:0,1,2:800,0,0:ext4::lba;\n'
  const told = planOf(parted, { device: '/dev/x', unit: 'chs' }, `disk\0${chs}\0${chs}`).result!
  const { size, chs_info } = told.disk as { size: unknown; chs_info: unknown }
  assert.equal(size, { cylinder: 1599, head: 3, sector: 31 })
  assert.equal(chs_info, { cylinders: 1600, heads: 4, sectors: 32, cyl_size: 65.5, cyl_size_unit: 'kb' })
  const [part] = told.partitions as { size: unknown; flags: unknown; fstype: unknown }[]
  assert.equal([part!.size, part!.flags, part!.fstype], ['', ['lba'], 'ext4'])
})

test('what cannot be is a failure, unless check may not know', () => {
  assert.is(planOf(parted, d, 'nothing\0').failed, 'there is no device /dev/x')
  assert.is(planOf(parted, d, 'none\0').failed, 'Failed to find required executable "parted"')
  for (const printed of ['nothing\0', 'none\0'])
    assert.is(planOf(parted, d, printed, CHECK).changes.length, 2)
  assert.throws(() => planOf(parted, d, 'disk\0what\0what'), /makes no sense/)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [{ device: '/a', state: 'present' }, /are missing: number/],
    [{ device: 'sda' }, /is not a whole path/],
    [{ ...d, number: 0 }, /^The partition number must be greater then 0\.$/],
    [{ ...d, part_start: '1gib' }, /'part_start' doesn't respect required format/],
    [{ ...d, part_end: 'x' }, /'part_end' doesn't respect required format/],
    [{ ...d, flags: ['-x'] }, /"-x" is not a word of parted's/],
    [{ ...d, name: 'a"b' }, /^name holds/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(parted, raw)[0] ?? '', problem)
  for (const place of ['0%', '10GiB', '-1GiB', '1.5MB', '5', '100s', '1,2,3', '7cyl'])
    assert.equal(problemsOf(parted, { ...d, part_end: place }), [], place)
})

test.run()
