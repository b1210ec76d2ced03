import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { filesystem } from '../../../src/modules/system/filesystem/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('filesystem')

const dev = '/dev/x y'
const on = (
  found: string,
  { size = 10_485_760, at = '', missing = '', told = '', code = found === '' ? 2 : 0 } = {},
) => `there\0${code}\0${found}\0${size}\0${at}\0${missing}\0${told}`
const tune = (count: number, more = '') =>
  `tune2fs 1.47\nBlock count:              ${count}\nFirst block:  1\nBlock size:   1024\nBlocks per group:   8192\nInode blocks per group: 320\nReserved GDT blocks: 79\n${more}`
const planned = (raw: Raw, printed: string, view = { check: false, diff: false }) =>
  planOf(filesystem, { dev, ...raw }, printed, view)
const ext4 = { fstype: 'ext4' }

const PLANS: [raw: Raw, printed: string, changes: unknown[]][] = [
  [ext4, on(''), [[`filesystem on ${dev}`, null, 'ext4']]],
  [ext4, on('ext4'), []],
  [{ fstype: 'lvm' }, on('LVM2_member'), []],
  [{ ...ext4, force: true }, on('ext4'), [[`filesystem on ${dev}`, 'ext4', 'ext4']]],
  [{ ...ext4, force: true }, on('xfs'), [[`filesystem on ${dev}`, 'xfs', 'ext4']]],
  [{ state: 'absent' }, on('xfs'), [[`filesystem on ${dev}`, 'xfs', null]]],
  [{ state: 'absent' }, on('', { code: 8 }), [[`filesystem on ${dev}`, 'several', null]]],
  [{ state: 'absent' }, on(''), []],
  [{ state: 'absent' }, 'none\0', []],
]

test('a device has the file system that it is to have', () => {
  for (const [raw, printed, changes] of PLANS) {
    assert.equal(rows(planned(raw, printed)), changes, JSON.stringify(raw))
  }
  const [action] = planned({ ...ext4, opts: " -L 'a b" }, on('')).actions!
  assert.is('script' in action! && action.script, "mkfs.ext4 -F -L ''\\''a' b '/dev/x y'")
})

const SIZES: [raw: Raw, found: string, size: number, at: string, told: string, isWhole: boolean][] = [
  [ext4, 'ext4', 10_240 * 1024 + 1023, '', tune(10_240), true],
  [ext4, 'ext4', 10_241 * 1024, '', tune(10_240), false],
  // A new group would hold nothing but what describes it.
  [ext4, 'ext4', (8193 + 300) * 1024, '', tune(8193), true],
  [ext4, 'ext4', (8193 + 500) * 1024, '', tune(8193), false],
  [
    { fstype: 'xfs' },
    'xfs',
    4096 * 1063,
    '/m',
    'data     =         bsize=4096   blocks=1000, imaxpct=25\n',
    true,
  ],
  [
    { fstype: 'xfs' },
    'xfs',
    4096 * 1064,
    '/m',
    'data     =         bsize=4096   blocks=1000, imaxpct=25\n',
    false,
  ],
  [{ fstype: 'btrfs' }, 'btrfs', 100, '/m', 'Overall:\n    Device size:\t\t  100\n', true],
  [{ fstype: 'btrfs' }, 'btrfs', 101, '/m', 'Overall:\n    Device size:\t\t  100\n', false],
  [{ fstype: 'lvm' }, 'LVM2_member', 1000, '', '  1000 10 0\n', true],
  [{ fstype: 'lvm' }, 'LVM2_member', 1001, '', '  1000 10 0\n', false],
  [{ fstype: 'lvm' }, 'LVM2_member', 1019, '', '  1000 10 10\n', true],
  [{ fstype: 'lvm' }, 'LVM2_member', 1020, '', '  1000 10 10\n', false],
  [{ fstype: 'vfat' }, 'vfat', 2000, '', 'FAT: fat16\nSize: 2000\n', true],
  [
    { fstype: 'f2fs' },
    'f2fs',
    1025,
    '',
    'Info: sector size = 512\nInfo: total FS sectors = 2 (0 MB)\n',
    false,
  ],
]

test('a file system grows where it does not take the whole of its device', () => {
  for (const [raw, found, size, at, told, isWhole] of SIZES) {
    const { changes, result } = planned({ ...raw, resizefs: true }, on(found, { size, at, told }))
    assert.is(changes.length === 0, isWhole, JSON.stringify([raw, size]))
    assert.match(
      String(result?.msg),
      isWhole ? /filesystem is using the whole device/ : /^resizing filesystem/,
    )
  }
  const xfs = on('xfs', { size: 1e9, at: "/m 'x", told: 'data = bsize=4096 blocks=1000,' })
  const [action] = planned({ fstype: 'xfs', resizefs: true }, xfs).actions!
  assert.is('script' in action! && action.script, "xfs_growfs '/m '\\''x' 2>&1")
})

test('what cannot be, or would lose data, is a failure', () => {
  const failed = (raw: Raw, printed: string) => planned(raw, printed).failed ?? ''
  assert.is(failed(ext4, 'none\0'), `Device ${dev} not found.`)
  assert.is(planned(ext4, 'none\0', CHECK).changes.length, 1)
  assert.is(failed(ext4, on('xfs')), `'${dev}' is already used as xfs, use force=true to overwrite`)
  assert.match(failed(ext4, on('', { code: 8 })), /signatures of more than one/)
  assert.match(failed({ ...ext4, force: true }, on('ext4', { at: '/m' })), /is in use \(\/m\)/)
  assert.match(failed({ state: 'absent' }, on('ext4', { at: '/m' })), /is in use/)
  assert.match(failed({ fstype: 'xfs' }, on('', { missing: 'mkfs.xfs ' })), /executable "mkfs.xfs"/)
  assert.is(planned({ fstype: 'xfs' }, on('', { missing: 'mkfs.xfs ' }), CHECK).failed, undefined)
  assert.is(
    failed({ fstype: 'swap', resizefs: true }, on('swap')),
    'module does not support resizing swap filesystem yet.',
  )
  assert.match(failed({ fstype: 'xfs', resizefs: true }, on('xfs')), /needs to be mounted for XFS operations/)
  assert.is(
    failed({ ...ext4, resizefs: true }, on('ext4', { told: 'what' })),
    `unable to process tune2fs output for ${dev}`,
  )
  assert.throws(() => planned(ext4, 'there\0\0\0x\0\0\0'), /where the size of a device was expected/)
})

test('wrong arguments are refused', () => {
  assert.match(problemsOf(filesystem, { dev })[0] ?? '', /state is present but .* missing: fstype/)
  assert.match(problemsOf(filesystem, { dev: '', state: 'absent' })[0] ?? '', /not a path/)
  assert.ok(problemsOf(filesystem, { dev, fstype: 'ext5' }).length > 0)
})

test.run()
