import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { get_url } from '../../../src/modules/network/get_url/index.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('get_url')

const URL = 'http://example.org/a/file.txt'
const A = { url: URL, dest: '/d/f' }
const SHA1 = 'a97e6837f60cec6da4491bab387296bbcd72bdba'
const OTHER = 'b97e6837f60cec6da4491bab387296bbcd72bdba'
const THERE = filesText(statText({ size: 4 }), FOLDER)
const MISSING = filesText(undefined, FOLDER)
const head = (status: string, ...lines: string[]) =>
  `0\0${[`HTTP/1.1 ${status}`, ...lines, ''].join('\r\n')}\0`
const sums = (text: string) => `${text}\x000\x00HTTP/1.1 200 OK\r\n\r\n`

const content = (before: string | null) => ['content', before, URL]
const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  ['a file that is missing is fetched', A, MISSING, [['state', 'absent', 'file'], content(null)]],
  ['of one that is there the server is asked whether it is new', A, THERE, [content('4 bytes')]],
  [
    'one with the right checksum is not fetched',
    { ...A, checksum: `sha1:${SHA1}` },
    `${THERE}${SHA1}  -\n`,
    [],
  ],
  [
    'signs around a checksum do not count',
    { ...A, checksum: `sha1:\u200b${SHA1.toUpperCase()}.` },
    `${THERE}${SHA1}  -\n`,
    [],
  ],
  [
    'with force it is fetched all the same',
    { ...A, checksum: `sha1:${SHA1}`, force: true },
    `${THERE}${SHA1}  -\n`,
    [content('4 bytes')],
  ],
  [
    'one with another checksum is fetched',
    { ...A, checksum: `sha1:${OTHER}` },
    `${THERE}${SHA1}  -\n`,
    [content('4 bytes')],
  ],
  [
    'a file with the right checksum is given permissions only',
    { ...A, checksum: `sha1:${SHA1}`, mode: '0600' },
    `${THERE}${SHA1}  -\n`,
    [['mode', '0644', '0600']],
  ],
  [
    'a file of checksums says which one is right',
    { ...A, checksum: 'sha1:http://example.org/sums' },
    `${THERE}${SHA1}  -\n${sums(`${OTHER}  other.txt\n${SHA1} *./file.txt\n`)}`,
    [],
  ],
  [
    'one that holds a checksum only is of the file',
    { ...A, checksum: 'sha1:http://example.org/sums' },
    `${THERE}${SHA1}  -\n${sums(`${SHA1}\n`)}`,
    [],
  ],
  ['a folder always gets what is fetched', { ...A, dest: '/d' }, filesText(FOLDER, FOLDER), [content(null)]],
  [
    'user and password of a URL are not shown',
    { ...A, url: 'http://me:secret@example.org/a/file.txt' },
    MISSING,
    [['state', 'absent', 'file'], content(null)],
  ],
]

for (const [title, raw, printed, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(get_url, raw, printed)), changes))

test('what is right already has the words of Ansible', () => {
  const raw = { ...A, checksum: `sha1:${SHA1}` }
  const msg = (more: Raw) => planOf(get_url, { ...raw, ...more }, `${THERE}${SHA1}  -\n`).result?.msg
  assert.is(msg({}), 'file already exists')
  assert.is(msg({ mode: '0600' }), 'file already exists but file attributes changed')
})

test('under check the server says whether there is something new', () => {
  const plan = (printed: string, raw: Raw = A) => planOf(get_url, raw, printed, CHECK)
  const changed = plan(`${THERE}${head('200 OK', 'Content-Length: 9')}`)
  assert.equal(rows(changed), [content('4 bytes')])
  assert.is(changed.result?.msg, 'OK (9 bytes)')
  const same = plan(`${THERE}${head('304 Not Modified')}`)
  assert.equal(same.changes, [])
  assert.is(same.result?.msg, 'HTTP Error 304: Not Modified')
  assert.is(same.result?.status_code, 304)
  const none = plan(`${THERE}${head('404 Not Found')}`)
  assert.is(none.failed, 'Request failed: HTTP Error 404: Not Found')
  assert.is(none.result?.response, 'HTTP Error 404: Not Found')
  const silent = plan(`${THERE}7\0curl: (7) Failed to connect\0`)
  assert.is(silent.failed, 'Request failed: curl: (7) Failed to connect')
  const noProgram = plan(`${THERE}127\0nothing here\0`)
  assert.equal(rows(noProgram), [content('4 bytes')], 'an earlier task may install it')
})

test('what cannot be put in place is a failure', () => {
  const failed = (printed: string, raw: Raw = A, view = RUN) => planOf(get_url, raw, printed, view).failed
  assert.is(failed(filesText(undefined, undefined)), 'Destination /d does not exist')
  const answer = head('200 OK')
  assert.is(failed(`${filesText(undefined, undefined)}${answer}`, A, CHECK), undefined, 'it may come')
  assert.is(
    failed(filesText(statText({ type: 'fifo' }), FOLDER)),
    '/d/f is a fifo, and a file is to be there',
  )
  assert.is(failed(filesText(undefined, FOLDER), { ...A, dest: '/d/f/' }), 'Destination /d/f/ does not exist')
  const raw = { ...A, checksum: 'sha1:http://example.org/sums' }
  assert.is(
    failed(`${THERE}${SHA1}  -\n${sums('x other\n')}`, raw),
    "Unable to find a checksum for file 'file.txt' in 'http://example.org/sums'",
  )
  assert.is(
    failed(`${THERE}${SHA1}  -\n\x000\x00HTTP/1.1 404 Not Found\r\n\r\n`, raw),
    'HTTP Error 404: Not Found (http://example.org/sums)',
  )
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ url: URL }, /missing required arguments: dest/],
  [{ ...A, url: 'gopher://x' }, /is not a URL of http:\/\/, https:\/\/, ftp:\/\/, file:\/\//],
  [{ ...A, url: 'http://a b' }, /holds blanks/],
  [{ ...A, checksum: 'abc' }, /has to be in format <algorithm>:<checksum>/],
  [{ ...A, checksum: 'crc:abc' }, /there is no algorithm "crc"/],
  [{ ...A, checksum: 'sha1:xyz' }, /checksum format is invalid/],
  [{ ...A, headers: { 'a b': 'c' } }, /is not a name of a header/],
  [{ ...A, headers: { a: 'b\nc' } }, /holds a line break/],
  [{ ...A, timeout: 0 }, /at least 1 second/],
  [{ ...A, username: 'a:b' }, /holds a ":"/],
  [{ ...A, client_cert: 'a\nb' }, /client_cert holds a line break/],
  [{ ...A, ciphers: ['a"b'] }, /is not a cipher/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(get_url, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

test.run()
