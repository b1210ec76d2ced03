import stringWidth from 'string-width'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { clean, cleanLines, count, duration, fit, names, pad, width, wrapped } from '../../src/report/text.ts'

const test = suite('text')

const cleaned: [from: string, to: string][] = [
  ['plain', 'plain'],
  ['\x1b[31mred\x1b[0m', 'red'],
  ['\x1b]0;title\x07after', 'after'],
  ['a\tb', 'a       b'],
  ['1234567\tb', '1234567 b'],
  ['bell\x07 nul\x00', 'bell\\x07 nul\\x00'],
  ['\x1b[31mshown\x07', 'shown\\x07'],
  ['\x1b(B\x1b7\x1b[?25lhidden cursor', 'hidden cursor'],
  ['never ended \x1b]0;title', 'never ended \\x1b]0;title'],
  ['c1 \x9b2J', 'c1 \\x9b2J'],
  ['two\nlines\r', 'two\\nlines\\r'],
  ['abc\u202edcba', 'abc\\u202edcba'],
  ['héllo 名前', 'héllo 名前'],
]
for (const [from, to] of cleaned) {
  test(`${JSON.stringify(from)} is cleaned`, () => assert.is(clean(from), to))
}

test('a line of thousands of tabs is not a work', () => {
  const started = performance.now()
  assert.is(width(clean(`é日${'\t'.repeat(3000)}`)), 24_000)
  assert.ok(performance.now() - started < 5000)
})

test('only the beginning of a line without end is measured', () => {
  const started = performance.now()
  const line = clean(`\t${'😀'.repeat(500_000)}\t`)
  assert.is(fit(line, 20), `${' '.repeat(8)}${'😀'.repeat(5)}…`)
  assert.ok(performance.now() - started < 5000)
})

test('lines end at any line end', () => {
  assert.equal(cleanLines('a\nb\r\nc\rd\n'), ['a', 'b', 'c', 'd'])
  assert.equal(cleanLines(''), [])
  assert.equal(cleanLines('\n'), [''])
})

test('fit never takes more columns than there are', () => {
  for (const text of ['hello world', '名前名前名前', 'e\u0301e\u0301e\u0301e\u0301', '👩‍👩‍👧 family']) {
    for (let columns = 0; columns < 12; columns++) {
      assert.ok(width(fit(text, columns)) <= columns, `${text} in ${columns}`)
    }
  }
  assert.is(fit('hello world', 8), 'hello w…')
  assert.is(fit('hello', 5), 'hello')
  assert.is(fit('名前名前', 4), '名…')
})

const measured = [
  '✓ ± ✗ · ↯ ━─ … ⠋',
  '\x1b[2mé\x1b[22m Ωя',
  '名前 한국 が ﾊ ＡＢ',
  'e\u0301 \u0301 \u200b \xad',
  '👩‍👩‍👧 🇩🇪 1️⃣ 👍🏽 ☺️ ☺ ✅ ⚠ ⚠️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ©',
  '\x1b]0;title\x07in a 名',
]
for (const text of measured) {
  test(`the width of ${JSON.stringify(text)} is that of a terminal`, () =>
    assert.is(width(text), stringWidth(text)))
}

test('the width of every letter, mark and symbol', () => {
  const other: string[] = []
  for (let code = 0xa0; code < 0x20000; code++) {
    const character = String.fromCodePoint(code)
    if (/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character) && width(character) !== stringWidth(character)) {
      other.push(code.toString(16))
    }
  }
  assert.equal(other, [])
})

test('lines are broken between words, painted or not, and no word is', () => {
  assert.equal(wrapped('one two', 7), ['one two'])
  assert.equal(wrapped('one two three', 8), ['one two', '  three'])
  assert.equal(wrapped('  a  b longer-than-all  c', 8), ['  a  b', '    longer-than-all', '    c'])
  assert.equal(wrapped('\x1b[33mone two\x1b[39m three', 9), ['\x1b[33mone two\x1b[39m', '  three'])
  assert.equal(wrapped('名前 名前 名前', 9), ['名前 名前', '  名前'])
  assert.equal(wrapped('a b', 1), ['a', 'b'])
})

test('pad counts columns, not characters', () => assert.is(pad('名', 4), '名  '))

const durations: [seconds: number, shown: string][] = [
  [0, '0.0 s'],
  [1.84, '1.8 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [65, '1 min 05 s'],
  [3720, '1 h 02 min'],
]
for (const [seconds, shown] of durations) {
  test(`${seconds} seconds are ${shown}`, () => assert.is(duration(seconds), shown))
}

test('counts and lists of names are short', () => {
  assert.is(count(1, 'host'), '1 host')
  assert.is(count(0, 'host'), '0 hosts')
  assert.is(names(['a', 'b', 'c'], 2), 'a, b, c')
  assert.is(names(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more')
})

test.run()
