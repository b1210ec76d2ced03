import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { file } from '../../../src/modules/files/file/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('file')
const FILE = statText()

const TABLE: [raw: Raw, output: string, changes: unknown[]][] = [
  [{}, filesText(FOLDER, FILE), []],
  [{ state: 'file', mode: '0644', owner: '0', group: '0' }, filesText(FOLDER, FILE), []],
  [{ mode: '0000' }, filesText(FOLDER, FILE), [['mode', '0644', '0000']]],
  [
    { owner: '1', group: '2', mode: 'a+x' },
    filesText(FOLDER, FILE),
    [
      ['owner', '0', '1'],
      ['group', '0', '2'],
      ['mode', '0644', '0755'],
    ],
  ],
  [{ state: 'absent' }, filesText(FOLDER, undefined), []],
  [{ state: 'absent' }, filesText(FOLDER, FOLDER), [['state', 'directory', 'absent']]],
  [{ state: 'absent' }, filesText(FOLDER, FILE), [['state', 'file', 'absent']]],
  [{ state: 'directory' }, filesText(FOLDER, FOLDER), []],
  [
    { state: 'directory', mode: '0700', owner: '1' },
    filesText(undefined, undefined),
    [
      ['folder /d', null, 'directory'],
      ['owner of /d', null, '1'],
      ['mode of /d', null, '0700'],
      ['folder /d/f', null, 'directory'],
      ['owner', null, '1'],
      ['mode', null, '0700'],
    ],
  ],
  [{ state: 'touch' }, filesText(FOLDER, undefined), [['state', 'absent', 'file']]],
  [
    { state: 'touch', mode: '0600' },
    filesText(FOLDER, FILE),
    [
      ['mode', '0644', '0600'],
      ['access time', '2000-01-01T00:00:00.500Z', 'now'],
      ['modification time', '2000-01-01T00:00:00.500Z', 'now'],
    ],
  ],
  [{ state: 'touch', access_time: 'preserve', modification_time: 'preserve' }, filesText(FOLDER, FILE), []],
  [
    { modification_time: '200001010000.01' },
    `${filesText(FOLDER, FILE)}946684801\n`,
    [['modification time', '2000-01-01T00:00:00.500Z', '2000-01-01T00:00:01.000Z']],
  ],
  [{ state: 'link', src: 's' }, `${filesText(FOLDER, undefined, FILE)}0`, [['link', null, 's']]],
  [{ state: 'link', src: 's', force: true }, `${filesText(FOLDER, FILE, FILE)}0`, [['link', 'file', 's']]],
  [
    { state: 'link', src: 's', force: true },
    `${filesText(FOLDER, FOLDER, undefined)}0`,
    [['link', 'directory', 's']],
  ],
  [{ state: 'hard', src: '/s' }, filesText(FOLDER, undefined, FILE, undefined), [['hard link', null, '/s']]],
  [{ state: 'hard', src: '/s' }, filesText(FOLDER, FILE, FILE, undefined), []],
]

test('file plans what differs, and nothing else', () => {
  for (const [raw, output, changes] of TABLE) {
    const plan = planOf(file, { path: '/d/f', ...raw }, output)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), changes, JSON.stringify(raw))
  }
})

const FAILURES: [raw: Raw, output: string, failed: RegExp][] = [
  [{}, filesText(FOLDER, undefined), /^file .* is absent, cannot continue$/],
  [{ state: 'file' }, filesText(FOLDER, FOLDER), /is a directory, and not a file/],
  [{ state: 'directory' }, filesText(FOLDER, FILE), /is there already, as a file/],
  [{ state: 'directory' }, filesText(FILE, undefined), /\/d is a file, and a folder is to be there/],
  [{ state: 'touch' }, filesText(undefined, undefined), /there is no folder \/d/],
  [{ state: 'link' }, `${filesText(FOLDER, undefined)}0`, /^src is required for creating new/],
  [
    { state: 'link', src: 's' },
    `${filesText(FOLDER, undefined, undefined)}0`,
    /\/d\/s does not exist; "force: true"/,
  ],
  [{ state: 'link', src: 's' }, `${filesText(FOLDER, FILE, FILE)}0`, /as a file; "force: true"/],
  [{ state: 'link', src: 's', force: true }, `${filesText(FOLDER, FOLDER, FILE)}1`, /with something in it/],
  [{ state: 'hard', src: '/s' }, filesText(FOLDER, undefined, undefined, undefined), /^src does not exist$/],
  [{ state: 'hard' }, filesText(FOLDER, FILE), /^src is required for creating new/],
  [{ owner: 'ann' }, `${filesText(FOLDER, FILE)}\n`, /there is no user "ann" on this host/],
]

test('a time that no calendar reaches is told as such', () => {
  const beyond = statText({ mtime: '3170843-11-07 09:46:39.0 +0000' })
  const plan = planOf(file, { path: '/d/f', state: 'touch' }, filesText(FOLDER, beyond))
  assert.equal(
    rows(plan).map(([, before]) => before),
    ['a time beyond the calendar', 'a time beyond the calendar'],
  )
})

test('what cannot be reached is a failure', () => {
  for (const [raw, output, failed] of FAILURES)
    assert.match(planOf(file, { path: '/d/f', ...raw }, output).failed ?? '', failed)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ path: '/f', src: 'a' }, /^src option requires state to be .link. or .hard.$/],
  [{ path: '/f', recurse: true, state: 'touch' }, /recurse is for folders/],
  [{ path: '//', state: 'absent' }, /never removed whole/],
  [{ path: '/f', access_time: 'yesterday' }, /is neither now nor preserve/],
  [{ path: '/f', state: 'folder' }, /none of file, directory/],
  [{ path: '/f', modus: '0644' }, /no argument "modus"/],
]

test('wrong arguments are refused', () => {
  for (const [raw, problem] of PROBLEMS) assert.match(problemsOf(file, raw)[0] ?? '', problem)
})

test('under check it warns of users and groups that are not there, by name or id', () => {
  const raw = { path: '/d/f', owner: 'joe', group: '4711' }
  const there = filesText(FOLDER, FILE)
  assert.equal(planOf(file, raw, `${there}1\n10`, CHECK).warnings, [
    'failed to look up group with gid 4711. Create group up to this point in real play',
  ])
  const gone = planOf(file, raw, `${filesText(FOLDER, undefined)}\n01`, CHECK)
  assert.equal(
    [gone.failed, gone.warnings],
    [
      'file (/d/f) is absent, cannot continue',
      ['failed to look up user joe. Create user up to this point in real play'],
    ],
  )
  assert.equal(
    planOf(file, { ...raw, state: 'absent' }, `${filesText(FOLDER, undefined)}\n`, CHECK).warnings,
    [],
  )
})

test.run()
