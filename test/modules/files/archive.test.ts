import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { archive } from '../../../src/modules/files/archive/index.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('archive')

const A = { path: '/s/in', dest: '/d/a.tgz' }
const TIME = '2000-01-01 00:00:00'
const FILE = statText({ size: 4 })
const LIST = `drwxr-xr-x 0/0 0 ${TIME} in/sub/\n-rw-r--r-- 0/0 4 ${TIME} in/sub/f\n`

interface Printed {
  readonly dest?: string
  readonly folder?: string
  readonly lack?: string
  /** What follows behind the paths. */
  readonly held?: string
  readonly excluded?: readonly string[]
}

const source = (path: string, file: string | undefined, ...below: [name: string, text: string][]) => {
  const names = below.map(([name]) => `./${name}\0`).join('')
  const inside = below.length === 0 ? '' : `${names}\0${filesText(...below.map(([, text]) => text))}`
  return `${path}\0${filesText(file)}${inside}\0`
}
const TREE = source('/s/in', FOLDER, ['sub', FOLDER], ['sub/f', FILE])

const printed = (sources: string, more: Printed = {}) => {
  const { dest, folder = FOLDER, lack = '', held = 'none\n', excluded = [] } = more
  const names = excluded.map((path) => `${path}\0`).join('')
  return `${filesText(dest, folder)}${lack}\0${sources}\0${names}\0${held}`
}

const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  ['an archive that is missing is made', A, printed(TREE), [['archive', null, '2 entries']]],
  ['one that holds just this is left', A, printed(TREE, { dest: FILE, held: `gzip\n${LIST}` }), []],
  [
    'one that holds more is made anew',
    A,
    printed(TREE, { dest: FILE, held: `gzip\n${LIST}-rw-r--r-- 0/0 4 ${TIME} in/g\n` }),
    [['archive', '3 entries', '2 entries']],
  ],
  [
    'and one that holds another file',
    A,
    printed(TREE, { dest: FILE, held: `gzip\n${LIST.replace(' 4 ', ' 5 ')}` }),
    [['archive', '2 entries', '2 entries']],
  ],
  ['and what is no archive', A, printed(TREE, { dest: FILE }), [['archive', 'file', '2 entries']]],
  [
    'what is excluded does not count',
    { ...A, exclusion_patterns: ['*/f'] },
    printed(TREE, { dest: FILE, held: `gzip\n${LIST}` }),
    [['archive', '2 entries', '1 entries']],
  ],
  [
    'a single file is compressed',
    { path: '/s/f' },
    printed(source('/s/f', FILE)),
    [['content', null, 'compressed']],
  ],
  [
    'and left if it is compressed already',
    { path: '/s/f' },
    printed(source('/s/f', FILE), {
      dest: FILE,
      held: `digests\n${'a'.repeat(64)}  -\n${'a'.repeat(64)}  -\n`,
    }),
    [],
  ],
  [
    'permissions alone are set without packing',
    { ...A, mode: '0600' },
    printed(TREE, { dest: FILE, held: `gzip\n${LIST}` }),
    [['mode', '0644', '0600']],
  ],
  [
    'what was packed is removed if that is said',
    { ...A, remove: true },
    printed(TREE, { dest: FILE, held: `gzip\n${LIST}` }),
    [['/s/in', 'directory', null]],
  ],
  ['of what is not there nothing is made', A, printed(source('/s/in', undefined)), []],
]

for (const [title, raw, text, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(archive, raw, text)), changes))

test('the result has the names of Ansible', () => {
  const raw = { path: ['/s/in', '/s/none', '/s/x'], exclude_path: ['/s/x'], dest: '/d/a.tgz' }
  const text = printed(TREE + source('/s/none', undefined) + source('/s/x', FILE), { excluded: ['/s/x'] })
  assert.equal(planOf(archive, raw, text).result, {
    archived: ['/s/in/sub', '/s/in/sub/f'],
    dest: '/d/a.tgz',
    dest_state: 'incomplete',
    arcroot: '/s/',
    missing: ['/s/none'],
    expanded_paths: ['/s/in', '/s/none', '/s/x'],
    expanded_exclude_paths: ['/s/x'],
  })
})

test('what cannot be packed is a failure', () => {
  const failed = (raw: Raw, text: string, view = RUN) => planOf(archive, raw, text, view).failed
  assert.is(failed({ ...A, path: '/s/*' }, printed('')), 'Error, no source paths were found')
  assert.match(failed({ path: '/s/in' }, printed(TREE)) ?? '', /must specify "dest"/)
  assert.match(failed({ ...A, dest: '/s/in/a', remove: true }, printed(TREE)) ?? '', /can not be contained/)
  assert.match(failed(A, printed(TREE, { dest: FOLDER })) ?? '', /is a directory, and an archive/)
  assert.match(failed(A, printed(TREE, { folder: FILE })) ?? '', /\/d is a file, and a folder/)
  assert.is(
    failed(A, printed(TREE, { lack: 'gzip' })),
    'gzip is needed on the host to pack this, and is not there',
  )
  assert.is(failed(A, printed(TREE, { lack: 'gzip' }), CHECK), undefined, 'it may be installed by then')
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ dest: '/d' }, /missing required arguments: path/],
  [{ ...A, path: [] }, /at least one is needed/],
  [{ ...A, path: ['/a', ''] }, /"" is not a path/],
  [{ ...A, dest: '/d/' }, /"\/d\/" is not a path of a file/],
  [{ ...A, format: 'rar' }, /none of bz2, gz, tar, xz, zip/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(archive, raw)
    assert.is(problems.length, 1, JSON.stringify(problems))
    assert.match(problems[0]!, problem)
  }
})

test.run()
