import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { bodyOf } from '../../../src/modules/network/uri/body.ts'
import { uri } from '../../../src/modules/network/uri/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('uri')

const A = { url: 'http://example.org/x' }
const NONE = '0'

test('a request is a change until it has been made, and is told without what is secret', () => {
  assert.equal(rows(planOf(uri, A, NONE)), [['request', null, 'GET http://example.org/x']])
  const raw = { url: 'http://me:secret@example.org/x', method: 'post', body: 'secret' }
  assert.equal(rows(planOf(uri, raw, NONE)), [['request', null, 'POST http://example.org/x']])
})

test('under check nothing is asked', () => {
  const plan = planOf(uri, A, NONE, CHECK)
  assert.equal(plan.changes, [])
  assert.is(plan.skipped, 'remote module (uri) does not support check mode')
})

test('files decide whether something is asked', () => {
  const stdout = (raw: Raw, printed: string) => planOf(uri, { ...A, ...raw }, printed).result?.stdout
  const there = filesText(statText())
  const missing = filesText(undefined)
  assert.is(stdout({ creates: '/f' }, there), "skipped, since '/f' exists")
  assert.is(stdout({ creates: '/f' }, missing), undefined)
  assert.is(stdout({ removes: '/f' }, missing), "skipped, since '/f' does not exist")
  assert.is(stdout({ removes: '/f' }, there), undefined)
})

test('a dest that cannot be is a failure before anything is asked', () => {
  const failed = (printed: string, dest = '/d/f') => planOf(uri, { ...A, dest }, printed).failed
  assert.is(failed(filesText(undefined, undefined)), 'Destination /d does not exist')
  assert.is(
    failed(filesText(statText({ type: 'fifo' }), FOLDER)),
    '/d/f is a fifo, and a file is to be there',
  )
  assert.is(failed(filesText(FOLDER, FOLDER)), undefined)
})

const BODIES: [...Parameters<typeof bodyOf>, text: string | undefined, type: string | undefined][] = [
  [undefined, 'raw', false, undefined, undefined],
  ['a=b', 'raw', false, 'a=b', undefined],
  [{ a: [1, 'é'] }, 'json', false, '{"a": [1, "\\u00e9"]}', 'application/json'],
  ['{"a": 1}', 'json', false, '{"a": 1}', 'application/json'],
  [undefined, 'json', false, 'null', 'application/json'],
  [
    { a: 'x y', 'b&': ['1', 2], c: null, d: "~(é)'" },
    'form-urlencoded',
    false,
    'a=x+y&b%26=1&b%26=2&d=~%28%C3%A9%29%27',
    'application/x-www-form-urlencoded',
  ],
  [
    [
      ['a', 1],
      ['a', 2],
    ],
    'form-urlencoded',
    false,
    'a=1&a=2',
    'application/x-www-form-urlencoded',
  ],
]

test('a body is written as its format says', () => {
  for (const [body, format, isRemote, text, type] of BODIES) {
    const made = bodyOf(body, format, isRemote)
    assert.is(made?.parts.join(''), text)
    assert.is(made?.type, type)
  }
})

test('a form holds its fields in their order, and files in base64', () => {
  const form = { b: { filename: '/x/f.txt' }, a: 'text', c: { content: '{}', filename: 'd/"n".json' } }
  const { parts, type } = bodyOf(form, 'form-multipart', true)!
  const boundary = /^multipart\/form-data; boundary="(=+\d+==)"$/.exec(type!)![1]
  const rest = 'Content-Disposition: form-data; name='
  assert.equal(parts, [
    `--${boundary}\r\nContent-Type: text/plain\r\n${rest}"a"\r\n\r\ntext\r\n--${boundary}\r\n` +
      `Content-Transfer-Encoding: base64\r\nContent-Type: text/plain\r\n${rest}"b"; filename="f.txt"\r\n\r\n`,
    { path: '/x/f.txt' },
    `\r\n--${boundary}\r\nContent-Type: application/json\r\n${rest}"c"; filename="\\"n\\".json"\r\n\r\n{}\r\n--${boundary}--\r\n`,
  ])
})

test('a body that cannot be written is a failure', () => {
  const failed = (raw: Raw) => planOf(uri, { ...A, ...raw }, NONE).failed
  assert.match(failed({ body: 'x', body_format: 'form-multipart' }) ?? '', /body must be mapping/)
  assert.match(
    failed({ body: { a: {} }, body_format: 'form-multipart' }) ?? '',
    /at least one of filename or/,
  )
  assert.match(
    failed({ body: { a: { filename: '/f' } }, body_format: 'form-multipart' }) ?? '',
    /read on the host with "remote_src: true"/,
  )
  assert.match(failed({ body: [1], body_format: 'form-urlencoded' }) ?? '', /a list is one of pairs/)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{}, /missing required arguments: url/],
  [{ url: 'ftp://x/' }, /is not a URL of http:\/\/, https:\/\//],
  [{ ...A, method: 'GET X' }, /needs to be a single word in uppercase/],
  [{ ...A, body: 'x', src: '/f', remote_src: true }, /mutually exclusive: body\|src/],
  [{ ...A, status_code: 'x' }, /x is not a status of HTTP/],
  [{ ...A, unix_socket: 'a\nb' }, /unix_socket holds a line break/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(uri, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

test.run()
