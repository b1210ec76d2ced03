import * as strict from 'node:assert/strict'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Source } from '../../../src/values/source.ts'
import { packedTree, unpackedTree } from '../../../src/yaml/kept/packed-tree.ts'
import { parseYaml } from '../../../src/yaml/yaml.ts'
import { VALUES } from '../../vault/recorded.ts'
import { assertSame } from './same.ts'

const test = suite('trees of YAML as bytes')

const TEXTS: Readonly<Record<string, string>> = {
  nothing: '',
  comments: '# only\n---\n# that\n',
  'one text': 'a',
  scalars:
    '- a\n- "b"\n- \'c\'\n- 1\n- -0x1f\n- 0644\n- 1_000\n- 1.5\n- 2.0\n- -0.0\n- .inf\n- -.INF\n- .nan\n- yes\n- off\n- ~\n- null\n-\n- 9007199254740993\n- 2001-01-01\n- 1:30\n',
  escapes: '- "a\\nb\\u00e9\\ud800\\x00"\n- \'it\'\'s\'\n- "\\ud83d\\ude00"\n- é😀\n- "a\n  b"\n- a\n  b\n',
  blocks: 'a: |\n  one\n  two\nb: >-\n  three\n  four\nc: |+\n  five\n\n',
  quotes: 'a: ""\nb: \'\'\nc: "\'"\nd: \'"\'\n"e": 1\n\'f\': 2\n"g\\t": 3\n? h\n: 4\n? i\n',
  'keys that are no texts': '80: a\nyes: b\n1.5: d\n2.0: e\n0x10: f\n-1: g\n"81": h\n',
  tags: '- !!str 1\n- !!int "3"\n- !!float 1\n- !unsafe "{{ a }}"\n- !unsafe {a: [1, "{{ b }}"]}\n- !!map {a: 1}\n- !unsafe 2.0\n',
  vaults: `${VALUES}\nc: 1\n`,
  'anchors and merges':
    'base: &base {a: 1, b: &b [1, 2]}\none:\n  <<: *base\n  c: *b\ntwo:\n  <<: [*base, {a: 2, d: 3}]\n  b: !unsafe &x {k: *b}\nthree: *x\nfour: &n\nfive: *n\n&key six: *key\n',
  'carriage returns': 'a: 1\r\nb: |\r\n  c\r\n  d\r\n',
  'deep lists': `${'['.repeat(150)}1${']'.repeat(150)}`,
  'the name of the prototype': '__proto__: {a: 1}\nconstructor: 2\n',
}

/** The tree again, out of the bytes. */
function again(text: string) {
  const source = new Source('file.yml', text)
  const { node, problems } = parseYaml(source)
  assert.equal(problems, [])
  const bytes = packedTree(node, text)
  return { node, bytes, unpacked: bytes && unpackedTree(bytes, source) }
}

for (const [what, text] of Object.entries(TEXTS))
  test(`${what} come back as they were, with their places`, () => {
    const { node, bytes, unpacked } = again(text)
    // What is too rare to be kept is parsed anew.
    if (bytes === undefined) return assert.is(what, 'tags')
    assertSame(unpacked, node)
  })

test('tags that change what a number is are the only ones that are not kept', () => {
  const kept = (text: string) => again(text).bytes !== undefined
  assert.equal(['- !!str 1', '- !unsafe 2.0', '- !!map {a: 1}'].map(kept), [true, true, true])
  assert.is(kept('- !!int "3"'), false)
})

test('every key and value has an object of its own as its place, and all have the same source', () => {
  const { unpacked } = again('a: 1\nb: [2]\n')
  strict.ok(unpacked?.kind === 'map')
  assert.is(unpacked.entries[0]!.keyPlace.source, unpacked.place.source)
  assert.is.not(unpacked.entries[0]!.keyPlace, unpacked.entries[0]!.value.place)
})

test('of texts that stand in the file nothing is in the bytes, however they are written', () => {
  const written = [
    'password: "hunter2"\nother: plainly\n',
    'key: |  # of the server\n  -----BEGIN hunter KEY-----\n    hunter2\n\n  -----END-----\n',
    'key: >-\n  hunter two\n  plainly folded\n\n  and hunter\n',
    'key: hunter\n  two\n  plainly\nother: "hunter\n  two"\nthird: \'hunter\n\n  two\'\n',
    'key: "hunter\\u00e9 plainly\\thunter2 again"\n',
    `${VALUES}`,
  ]
  for (const text of written) {
    const { node, bytes, unpacked } = again(text)
    assertSame(unpacked, node)
    const own = text.includes('\\u') ? /plainly |again/ : /hunter|plain|fold|pass|BEGIN|ANSIBLE|\d{6}/
    assert.not.match(Buffer.from(bytes!).toString('latin1'), own)
  }
})

test.run()
