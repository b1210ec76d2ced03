import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { find } from '../../../src/modules/files/find/index.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { planOf, problemsOf, type Raw } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('find')

// 100 seconds after the files of `statText`.
const NOW = '946684900.5\n'

/** What the probe prints of one folder with these entries, each with what its file holds. */
function printed(
  entries: readonly [name: string, stat: string, holds?: string][],
  examined = entries.length,
) {
  const names = entries.map(([name]) => `./${name}\0`).join('')
  const held = entries.map(([, , holds]) =>
    holds === undefined ? '' : `${Buffer.byteLength(holds)}\0${holds}`,
  )
  const states = filesText(...entries.map(([, stat]) => stat))
  return `${NOW}/d\x001\0${examined}\0${names}\0${states}${held.join('')}end\0\0`
}

const FILE = statText({ size: 2048 })
const TREE: [string, string][] = [
  ['a.txt', FILE],
  ['.hid', FILE],
  ['sub', FOLDER],
  ['sub/b.log', statText({ size: 10 })],
  ['sub/deep/c.txt', FILE],
  ['.dot/e.txt', FILE],
]

const TABLE: [title: string, raw: Raw, paths: string[]][] = [
  ['files, but none that begin with a dot', {}, ['a.txt', 'sub/b.log', 'sub/deep/c.txt', '.dot/e.txt']],
  ['hidden ones too', { hidden: true, patterns: '.*' }, ['.hid']],
  ['folders', { file_type: 'directory' }, ['sub']],
  ['anything of a name', { file_type: 'any', patterns: 's*,a.*' }, ['a.txt', 'sub']],
  ['names that are not left out', { excludes: '*.txt' }, ['sub/b.log']],
  [
    'names by expressions from their beginning',
    { use_regex: true, patterns: 'a|[.]txt|b.*g$' },
    ['a.txt', 'sub/b.log'],
  ],
  ['names left out by an expression', { use_regex: true, exclude: '.*[.]txt' }, ['sub/b.log']],
  ['so deep', { recurse: true, depth: 2 }, ['a.txt', 'sub/b.log', '.dot/e.txt']],
  [
    'no size but of files',
    { file_type: 'any', size: '1k', patterns: ['*.log', 'sub', 'a*'] },
    ['a.txt', 'sub'],
  ],
  ['at least so large', { size: '2k' }, ['a.txt', 'sub/deep/c.txt', '.dot/e.txt']],
  ['at most so large', { size: '-10b' }, ['sub/b.log']],
  ['at least so old', { age: '99', patterns: 'a.txt' }, ['a.txt']],
  ['not so old', { age: '2m' }, []],
  ['at most so old', { age: '-2M', patterns: 'a.txt', age_stamp: 'ctime' }, ['a.txt']],
  ['not so young', { age: '-1m' }, []],
]

for (const [title, raw, paths] of TABLE) {
  test(`what is found: ${title}`, () => {
    const { result, changes } = planOf(find, { paths: '/d', recurse: true, ...raw }, printed(TREE, 9))
    const found = (result!.files as ValueMap[]).map(({ path }) => path)
    assert.equal(
      found,
      paths.map((path) => `/d/${path}`),
    )
    assert.equal(changes, [])
    assert.equal([result!.matched, result!.examined, result!.msg], [paths.length, 9, 'All paths examined'])
    assert.equal(result!.skipped_paths, {})
  })
}

const CONTENTS: [title: string, raw: Raw, holds: string, isFound: boolean][] = [
  ['the beginning of a line', { contains: 'b' }, 'a\nbc\n', true],
  ['not the middle of one', { contains: 'c' }, 'a\nbc\n', false],
  ['the end of a line', { contains: '.*c$' }, 'a\r\nbc\r\nd', true],
  ['no more than a line', { contains: 'a\nb' }, 'a\nb\n', false],
  ['more than a line of the whole', { contains: 'a\nb', read_whole_file: true }, 'xa\r\nb\n', true],
  ['the end of the whole only', { contains: 'a$', read_whole_file: true }, 'a\nb\n', false],
  ['nothing in an empty file', { contains: '.*' }, '', false],
]

test('a file is found by what it holds', () => {
  for (const [title, raw, holds, isFound] of CONTENTS) {
    const { result } = planOf(find, { paths: '/d', ...raw }, printed([['a', FILE, holds]]))
    assert.is(result!.matched, isFound ? 1 : 0, title)
  }
})

test('a path that is no folder, or cannot be looked into, is skipped with a warning', () => {
  const output = `${NOW}/none\x000\0/d\x001\x000\0end\0find: ./x: Permission denied\0`
  const { result, warnings } = planOf(find, { paths: ['/none', '/d'] }, output)
  assert.equal(result, {
    ...{ files: [], matched: 0, examined: 0 },
    msg: 'Not all paths examined, check warnings for details',
    skipped_paths: { '/none': "'/none' is not a directory", '/d': 'find: ./x: Permission denied' },
  })
  assert.is(warnings!.length, 2)
  assert.is(warnings![0], "Skipped '/none' path due to this access issue: '/none' is not a directory")
})

test('of a file is returned what stat knows', () => {
  const { result } = planOf(find, { paths: '/d' }, printed([['a', FILE]]))
  const [file] = result!.files as ValueMap[]
  const { path, mode, isreg, islnk, size, pw_name, gr_name, mtime, rusr, xoth } = file!
  assert.equal(
    { path, mode, isreg, islnk, size, pw_name, gr_name, mtime, rusr, xoth },
    {
      ...{ path: '/d/a', mode: '0644', isreg: true, islnk: false, size: 2048 },
      ...{ pw_name: 'root', gr_name: 'root', mtime: 946684800.5, rusr: true, xoth: false },
    },
  )
})

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of [
    [{}, /missing required arguments: paths/],
    [{ paths: '/d', age: '1y' }, /^failed to process age: "1y"/],
    [{ paths: '/d', size: 'x' }, /^failed to process size: "x"/],
    [{ paths: '/d', contains: '(' }, /^contains: "\(" is not a regular expression/],
    [{ paths: '/d', use_regex: true, patterns: '*' }, /^patterns: /],
    [{ paths: '/d', use_regex: true, excludes: '*' }, /^excludes: /],
  ] as const) {
    assert.match(problemsOf(find, raw)[0] ?? '', problem)
  }
  assert.equal(problemsOf(find, { paths: '/d', patterns: '*' }), [])
})

test.run()
