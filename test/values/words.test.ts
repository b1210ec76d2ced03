import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { splitWords } from '../../src/values/words.ts'

const test = suite('words of a line')

const SPLIT: [line: string, words: string[]][] = [
  ['', []],
  ['  ', []],
  [' a  b\tc\n', ['a', 'b', 'c']],
  ["'a b' c", ['a b', 'c']],
  ['"a \'b" c', ["a 'b", 'c']],
  ['"say \\"hi\\" \\\\ \\n"', ['say "hi" \\ \\n']],
  ["'back\\slash'", ['back\\slash']],
  ['a\\ b \\"', ['a b', '"']],
  ["'it'\\''s'", ["it's"]],
  ['x="a b"\'c d\'e', ['x=a bc de']],
  ['"" \'\' a""', ['', '', 'a']],
  ['a#b # c', ['a#b', '#', 'c']],
  ['-o "ProxyCommand=ssh -W %h:%p hop"', ['-o', 'ProxyCommand=ssh -W %h:%p hop']],
]

for (const [line, words] of SPLIT) {
  test(`${JSON.stringify(line)} is divided into its words`, () => {
    assert.equal(
      splitWords(line).map(({ text }) => text),
      words,
    )
  })
}

test('comments end a line, but not inside of quotes', () => {
  const words = splitWords('a "# b" c#d e', { comments: true })
  assert.equal(
    words.map(({ text }) => text),
    ['a', '# b', 'c'],
  )
})

test('words know where they stood', () => {
  assert.equal(splitWords(' ab "c d"'), [
    { text: 'ab', start: 1, end: 3 },
    { text: 'c d', start: 4, end: 9 },
  ])
})

const WRONG: [line: string, fault: string][] = [
  ['a "b', 'the quote " is not closed'],
  ["a 'b", "the quote ' is not closed"],
  ['a \\', 'nothing follows the last backslash'],
]

for (const [line, fault] of WRONG) {
  test(`${line} is not divided into words`, () => {
    assert.throws(
      () => splitWords(line),
      (error: Error) => error.message === fault,
    )
  })
}

test.run()
