import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mount } from '../../../src/modules/system/mount/index.ts'
import { CHECK, footprintOf, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('mount')

const MOUNTS = [
  '20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
  '21 20 0:30 / /mnt/tmp rw - tmpfs none rw',
  '22 20 8:1 /srv/a /mnt/bind rw shared:1 master:2 - ext4 /dev/sda1 rw',
  '23 20 8:2 /vol /data rw - ext4 /dev/sdb1 rw',
  '24 20 8:2 /vol/in /mnt/in\\040side rw - ext4 /dev/sdb1 rw',
  // Hidden by the one above it.
  '25 20 0:31 / /over rw - tmpfs none rw',
  '26 20 0:32 / /over/hidden rw - tmpfs none rw',
  '27 25 0:33 / /over rw - tmpfs none rw',
].join('\n')

interface Ground {
  readonly fstab?: string
  /** What there is at the path, and above it below the root. */
  readonly there?: (string | undefined)[]
  readonly full?: boolean
  readonly real?: string
  readonly realSrc?: string
}

function printed(raw: Raw, { fstab = '', there = [FOLDER, FOLDER], full, real, realSrc }: Ground): string[] {
  const live = `${real ?? raw.path}\n\0${realSrc ?? raw.src ?? ''}\n\0${full ? 1 : 0}${MOUNTS}\n`
  return [filesText(statText(), ...there), `1${fstab}`, live]
}

const planned = (raw: Raw, ground: Ground = {}, view = { check: false, diff: false }) =>
  planOf(mount, raw, printed(raw, ground), view)

/** What fstab is written to. */
function fstabOf(raw: Raw, before: string): string {
  const { actions = [] } = planned(raw, { fstab: before })
  const written = actions.find((action) => action.do === 'send')
  return written === undefined ? before : String(written.content.text())
}

const tmp = { path: '/mnt/tmp', src: 'none', fstype: 'tmpfs' }
const LINE = 'none /mnt/tmp tmpfs defaults 0 0\n'
const present = { ...tmp, state: 'present' }
const absent = { path: '/mnt/tmp', state: 'absent_from_fstab' }
const swap = { path: 'none', src: '/dev/b', fstype: 'swap', opts: 'sw', state: 'present' }

test('fstab is a file like others, and what is mounted may be anywhere', () => {
  const of = (raw: Raw, ground: Ground = {}) => footprintOf(mount, raw, printed(raw, ground))
  const made = of(present)!
  const paths = ['/etc/fstab']
  assert.equal([made.reads.paths, made.writes, made.leaves![1]?.found], [paths, { paths }, Buffer.from(LINE)])
  assert.equal(of(present, { fstab: LINE })!.writes, {})
  assert.is(of({ ...tmp, state: 'mounted' }), undefined)
  assert.is(of({ path: '/mnt/tmp', state: 'absent' }, { fstab: LINE }), undefined)
})

const FSTAB: [raw: Raw, before: string, after: string][] = [
  [present, '', LINE],
  [present, LINE, LINE],
  [present, `# a\n\n/dev/a / ext4 defaults 0 1`, `# a\n\n/dev/a / ext4 defaults 0 1\n${LINE}`],
  [present, 'none /mnt/tmp tmpfs defaults 0 0', 'none /mnt/tmp tmpfs defaults 0 0'],
  [present, 'none  /mnt/tmp\ttmpfs defaults 0 0\n', 'none  /mnt/tmp\ttmpfs defaults 0 0\n'],
  [present, 'none /mnt/tmp tmpfs defaults\n', LINE],
  [present, 'x /mnt/tmp ext4 ro 1 2\nodd line\n', `${LINE}odd line\n`],
  [{ ...present, opts: 'ro', boot: false }, LINE, 'none /mnt/tmp tmpfs ro,noauto 0 0\n'],
  [{ ...present, boot: false }, LINE, LINE],
  [{ ...present, dump: '1', passno: '2' }, LINE, 'none /mnt/tmp tmpfs defaults 1 2\n'],
  [
    { ...present, path: '/mnt/a b', src: '//h/a&b\\c' },
    '',
    '//h/a\\046b\\134c /mnt/a\\040b tmpfs defaults 0 0\n',
  ],
  [swap, '/dev/a none swap sw 0 0\n', '/dev/a none swap sw 0 0\n/dev/b none swap sw 0 0\n'],
  [{ ...swap, opts: 'pri=1' }, '/dev/b none swap sw 0 0\n', '/dev/b none swap pri=1 0 0\n'],
  [
    { ...swap, state: 'absent' },
    '/dev/a none swap sw 0 0\n/dev/b none swap sw 0 0\n',
    '/dev/a none swap sw 0 0\n',
  ],
  [absent, `# a\n${LINE}x /mnt/tmp2 ext4 ro 0 0`, '# a\nx /mnt/tmp2 ext4 ro 0 0'],
  [absent, '#none /mnt/tmp tmpfs ro 0 0\n', '#none /mnt/tmp tmpfs ro 0 0\n'],
]

test('an entry of fstab is as it is to be, other lines stay, and then nothing is left to do', () => {
  for (const [raw, before, after] of FSTAB) {
    assert.is(fstabOf(raw, before), after, JSON.stringify([raw, before]))
    const left = planned(raw, { fstab: after }).changes
    assert.equal(left, [], JSON.stringify(raw))
  }
})

const entry = (before: string | null, after: string | null) => ['entry in /etc/fstab', before, after]
const NEW = 'none /mnt/tmp tmpfs defaults 0 0'

const LIVE: [raw: Raw, ground: Ground, changes: unknown[]][] = [
  [{ ...tmp, state: 'mounted' }, { fstab: LINE }, []],
  [
    { ...tmp, state: 'mounted', opts: 'size=1m' },
    { fstab: LINE },
    [['mount /mnt/tmp', 'mounted', 'remounted'], entry(NEW, 'none /mnt/tmp tmpfs size=1m 0 0')],
  ],
  [
    { ...tmp, path: '/mnt/new/er', state: 'mounted' },
    { there: [FOLDER, undefined, undefined] },
    [
      ['folder /mnt/new', null, 'directory'],
      ['folder /mnt/new/er', null, 'directory'],
      ['mount /mnt/new/er', null, 'none'],
      entry(null, 'none /mnt/new/er tmpfs defaults 0 0'),
    ],
  ],
  [
    { path: '/mnt/bind', src: '/srv/a', fstype: 'none', opts: 'bind', state: 'ephemeral' },
    {},
    [['mount /mnt/bind', 'mounted', 'remounted']],
  ],
  [
    { path: '/mnt/bind', src: '/srv/b', fstype: 'none', opts: 'bind', state: 'mounted' },
    { fstab: '/srv/b /mnt/bind none bind 0 0\n' },
    [['mount /mnt/bind', null, '/srv/b']],
  ],
  [
    { path: '/mnt/in side', src: '/data/in', fstype: 'none', opts: 'bind', state: 'ephemeral' },
    {},
    [['mount /mnt/in side', 'mounted', 'remounted']],
  ],
  [{ path: '/mnt/tmp', state: 'unmounted' }, {}, [['mount /mnt/tmp', 'mounted', null]]],
  [
    { path: '/link', state: 'unmounted' },
    { real: '/mnt/tmp', there: [FOLDER] },
    [['mount /link', 'mounted', null]],
  ],
  [{ path: '/mnt/other', state: 'unmounted' }, {}, []],
  [{ path: '/over/hidden', state: 'unmounted' }, {}, []],
  [{ path: '/over', state: 'unmounted' }, { there: [FOLDER] }, [['mount /over', 'mounted', null]]],
  [{ path: '/mnt/tmp', state: 'absent' }, {}, []],
  [
    { path: '/mnt/tmp', state: 'absent' },
    { fstab: LINE },
    [['mount /mnt/tmp', 'mounted', null], ['folder /mnt/tmp', 'directory', null], entry(NEW, null)],
  ],
  [
    { path: '/mnt/gone', state: 'absent' },
    { fstab: 'a /mnt/gone b c 0 0\n', there: [FOLDER, undefined] },
    [entry('a /mnt/gone b c 0 0', null)],
  ],
  [{ path: '/mnt/tmp', state: 'remounted' }, {}, [['mount /mnt/tmp', 'mounted', 'remounted']]],
]

test('what is mounted is as it is to be', () => {
  for (const [raw, ground, changes] of LIVE) {
    assert.equal(rows(planned(raw, ground)), changes, JSON.stringify(raw))
  }
})

test('what cannot be had is a failure', () => {
  const other = { path: '/mnt/tmp', src: 'x', fstype: 'tmpfs', state: 'ephemeral' }
  assert.match(
    planned(other).failed ?? '',
    /^Ephemeral mount point is already mounted with a different source/,
  )
  const gone = { path: '/mnt/gone', state: 'remounted' }
  assert.match(planned(gone).failed ?? '', /^Error remounting \/mnt\/gone: it is not mounted/)
  assert.equal(rows(planned(gone, {}, CHECK)), [['mount /mnt/gone', 'mounted', 'remounted']])
  const full = { path: '/mnt/gone', state: 'absent' }
  assert.match(
    planned(full, { fstab: 'a /mnt/gone b c 0 0\n', full: true }).failed ?? '',
    /^Error rmdir \/mnt\/gone: Directory not empty/,
  )
  const odd = printed(gone, {}).with(2, '\0\x000what is this\n')
  assert.throws(() => planOf(mount, gone, odd), /makes no sense/)
})

test('results are those of Ansible', () => {
  const { result, warnings } = planned({ ...present, opts: 'ro', boot: false })
  const known = {
    name: '/mnt/tmp',
    src: 'none',
    fstype: 'tmpfs',
    dump: '0',
    passno: '0',
    fstab: '/etc/fstab',
  }
  assert.equal(result, { ...known, opts: 'ro,noauto', boot: 'no' })
  assert.equal(warnings, [])
  assert.equal(planned({ ...present, boot: false }).warnings, [
    "Ignore the 'boot' due to 'opts' contains 'defaults'.",
  ])
  assert.equal(planned({ ...present, opts: 'noauto' }).warnings, [
    "Ignore the 'boot' due to 'opts' contains 'noauto'.",
  ])
})

test('a diff has both sides of fstab as text', () => {
  const { changes } = planned(present, { fstab: '# a\n' }, { check: false, diff: true })
  assert.equal(changes[0]?.text, { before: '# a\n', after: `# a\n${LINE}` })
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ path: '/m', state: 'mounted' }, /state is mounted but all of the following are missing: src, fstype/],
  [{ path: '/m', state: 'present', src: 'a' }, /are missing: fstype/],
  [{ path: 'm', state: 'unmounted' }, /path: "m" is not a whole path/],
  [{ path: 'none', state: 'unmounted' }, /path: "none" is not a whole path/],
  [{ path: '/m\n', state: 'unmounted' }, /is not a whole path/],
  [{ ...present, src: '-a' }, /src: "-a" is not a name/],
  [{ ...present, fstype: '-t' }, /fstype: "-t" is not a type/],
  [{ ...present, opts: '' }, /opts: "" is not a list/],
  [{ ...present, dump: 'x' }, /dump: "x" is not a number/],
  [{ ...present, fstab: 'fstab' }, /fstab: "fstab" is not the whole path/],
]

test('wrong arguments are refused', () => {
  for (const [raw, problem] of PROBLEMS) assert.match(problemsOf(mount, raw)[0] ?? '', problem)
})

test.run()
