import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { assemble } from '../../../src/modules/files/assemble.ts'
import { contentOf, type LocalFile } from '../../../src/shell/content.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('assemble')

type Fragments = Readonly<Record<string, string | undefined>>

/** What the probe prints of a dest that holds this (undefined: not there), and of the files of src. */
function found(dest: string | undefined, fragments: Fragments): string {
  return `${destText(dest)}folder\n${Object.entries(fragments)
    .map(
      ([name, bytes]) => `${name}\0${bytes === undefined ? 'x\0' : `${Buffer.byteLength(bytes)}\0${bytes}`}`,
    )
    .join('')}`
}

function destText(dest: string | undefined): string {
  if (dest === undefined) return `${filesText(FOLDER, undefined, undefined)}0000`
  const file = statText({ size: Buffer.byteLength(dest) })
  return `${filesText(FOLDER, file, undefined)}0100${contentOf(dest).sha256}  x\n`
}

const ALL = { b: '2\n', a: '1\n', '.h': 'hidden', 'a.conf': 'c' }

const TABLE: [title: string, raw: Raw, fragments: Fragments, made: string][] = [
  ['files in the order of their names', {}, ALL, 'hidden\n1\nc\n2\n'],
  ['no hidden ones', { ignore_hidden: true }, ALL, '1\nc\n2\n'],
  ['names that an expression matches somewhere', { regexp: '[.]c|b' }, ALL, 'c\n2\n'],
  ['a delimiter on a line of its own', { delimiter: '---', regexp: '^[ab]' }, ALL, '1\n---\nc\n---\n2\n'],
  ['a delimiter that ends its line', { delimiter: '-\\n', regexp: '^[ab]$' }, ALL, '1\n-\n2\n'],
  [
    "Python's escapes in it",
    { delimiter: '\\x23\\t\\041\\\\q\\q', regexp: '^[ab]$' },
    ALL,
    '1\n#\t!\\q\\q\n2\n',
  ],
  [
    'names by their code points',
    {},
    { é: '3', Z: '1', a: '2', '\u{1f600}': '5', '\uff5e': '4' },
    '1\n2\n3\n4\n5',
  ],
  ['nothing', { regexp: 'none' }, ALL, ''],
  ['a file that may not be read, if it is not meant', { regexp: 'b' }, { a: undefined, b: 'b' }, 'b'],
]

for (const [title, raw, fragments, made] of TABLE) {
  test(`what is put together: ${title}`, () => {
    const args = { src: '/d/', dest: '/etc/made', ...raw }
    const plan = planOf(assemble, args, found(undefined, fragments))
    const sum = `${Buffer.byteLength(made)} bytes, ${contentOf(made).sha256.slice(0, 12)}`
    assert.equal(rows(plan), [
      ['state', 'absent', 'file'],
      ['content', null, sum],
    ])
    assert.equal(
      [plan.result!.checksum, plan.result!.src, plan.result!.dest, plan.result!.msg],
      [contentOf(made).sha1, '/d/', '/etc/made', 'OK'],
    )
    assert.equal(planOf(assemble, args, found(made, fragments)).changes, [])
    assert.equal(rows(planOf(assemble, args, found(undefined, fragments), CHECK)), rows(plan))
  })
}

const FAILURES: [raw: Raw, printed: string, failed: string][] = [
  [{}, `${destText(undefined)}missing\n`, 'Source (/d) does not exist'],
  [{}, `${destText(undefined)}other\n`, 'Source (/d) is not a directory'],
  [{}, found(undefined, { a: undefined }), '/d/a may not be read'],
  [
    {},
    `${filesText(FOLDER, FOLDER, undefined)}0000folder\n`,
    '/etc/made is a folder; assemble needs the path of a file as dest',
  ],
]

for (const [raw, printed, failed] of FAILURES) {
  test(`it fails where nothing can be put together: ${failed}`, () => {
    assert.is(planOf(assemble, { src: '/d', dest: '/etc/made', ...raw }, printed).failed, failed)
  })
}

test('files of a folder of the controller are put together, but not those further down', () => {
  const src: LocalFile = {
    path: '/roles/x/files/d',
    mode: 0o755,
    below: [
      { path: 'b', mode: 0o644, content: contentOf('2') },
      { path: 'a', mode: 0o644, content: contentOf('1\n') },
      { path: 'sub', mode: 0o755 },
      { path: 'sub/c', mode: 0o644, content: contentOf('3') },
    ],
  }
  const raw = { src, dest: '/etc/made', remote_src: false, delimiter: '-\n' }
  const { result } = planOf(assemble, raw, destText(undefined))
  // Ansible ends the line of the delimiter once more here.
  assert.is(result!.checksum, contentOf('1\n-\n\n2').sha1)
  const file = { ...raw, src: { path: '/x', mode: 0o644, content: contentOf('') } }
  assert.is(planOf(assemble, file, destText(undefined)).failed, 'Source (/x) is not a directory')
})

test('wrong arguments are told', () => {
  assert.equal(problemsOf(assemble, { src: '/d', dest: '/x/', regexp: '(', validate: 'true' }), [
    'validate must contain %s: true; it stands for the path of the file to be checked, as in "visudo -cf %s"',
    'assemble needs the path of a file as dest; this one ends in "/"',
    'regexp: "(" is not a regular expression: unterminated group',
  ])
})

test.run()
