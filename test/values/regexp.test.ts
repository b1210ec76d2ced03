import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pythonRegExp, pythonReplacement } from '../../src/values/regexp.ts'

const patterns = suite("Python's regular expressions")
/** Pattern, text, what Python's re.search finds: the match, or null. */
const found: [string, string, string | null][] = [
  ['a.c', 'xabc', 'abc'],
  ['a.c', 'a\nc', null],
  ['a.c', 'a\rc', 'a\rc'],
  ['(?s)a.c', 'a\nc', 'a\nc'],
  ['(?i)ABC', 'abc', 'abc'],
  ['(?im)^b', 'a\nB', 'B'],
  ['^b', 'a\nb', null],
  ['a$', 'a\n', 'a'],
  ['a$', 'a\n\n', null],
  ['a$', 'a\nb', null],
  ['(?m)a$', 'a\nb', 'a'],
  ['(?m)^b$', 'a\nb\nc', 'b'],
  ['(?m)^b', 'a\rb', null],
  ['\\Aa', 'ba', null],
  ['\\Aa', 'ab', 'a'],
  ['a\\Z', 'a\n', null],
  ['a\\Z', 'ba', 'a'],
  ['(?P<n>a+)(?P=n)', 'aaaa', 'aaaa'],
  ['(?P<n>a)\\1', 'aa', 'aa'],
  ['a(?#why)b', 'ab', 'ab'],
  ['[]a]+', 'x]a]', ']a]'],
  ['[^]a]+', ']xa', 'x'],
  ['[.$^]+', 'a.$^', '.$^'],
  ['[\\]]', ']', ']'],
  ['a{,2}b', 'aaab', 'aab'],
  ['\\.\\$\\^', '.$^', '.$^'],
  ['\\-\\"\\/', '-"/', '-"/'],
  ['(?<!x)a(?=b)(?!bc)', 'xa ab', 'a'],
  ['(?:ab)+?', 'abab', 'ab'],
  ['\\U0001F600', '😀', '😀'],
  ['\\U0000002a', '*', '*'],
  ['\\x41\\u0042', 'AB', 'AB'],
  ['\\bfoo\\b', 'a foo b', 'foo'],
  ['', 'x', ''],
  ['(?x) a b # why\n [ ]\\ c', 'ab  c', 'ab  c'],
  ['(?i)(?s)A.b', 'a\nB', 'a\nB'],
]
for (const [pattern, text, expected] of found) {
  patterns(`${pattern} finds in ${JSON.stringify(text)} what Python finds`, () => {
    assert.is(pythonRegExp(pattern).exec(text)?.[0] ?? null, expected)
  })
}
const wrong: [string, string][] = [
  ['(a', '"(a" is not a regular expression: unterminated group'],
  ['a**', '"a**" is not a regular expression: nothing to repeat'],
  ['(?L)a', 'the flag (?L) of a regular expression is not known here'],
  ['a(?i:b)', '"a(?i:b)" is not a regular expression: (?i: is not known here'],
  ['(a)(?(1)b)', '"(a)(?(1)b)" is not a regular expression: (?( is not known here'],
  ['\\h', '"\\h" is not a regular expression: \\h means nothing in it'],
]
for (const [pattern, message] of wrong) {
  patterns(`${pattern} is refused`, () =>
    assert.throws(
      () => pythonRegExp(pattern),
      (error: Error) => error.message === message,
    ),
  )
}
patterns('flags add up', () => {
  const regexp = pythonRegExp('(?i)a', 'g')
  assert.is('aAb'.replace(regexp, 'x'), 'xxb')
})
patterns.run()

const replacements = suite("Python's replacements")
/** Pattern, replacement, text, result. */
const replaced: [string, string, string, string][] = [
  ['(a)(b)', '\\2\\1', 'ab', 'ba'],
  ['(a)(b)', '\\g<2>0', 'ab', 'b0'],
  ['(?P<x>a)', '<\\g<x>\\g<0>>', 'ba', 'b<aa>'],
  ['(a)|(b)', '[\\1\\2]', 'ab', '[a][b]'],
  ['a', '$1 $& $$', 'a', '$1 $& $$'],
  ['a', '\\\\\\n\\t', 'a', '\\\n\t'],
  ['a', '\\.\\-', 'a', '\\.\\-'],
]
for (const [pattern, replacement, text, expected] of replaced) {
  replacements(`${pattern} is replaced by ${replacement} as in Python`, () => {
    assert.is(text.replace(pythonRegExp(pattern, 'g'), pythonReplacement(replacement)), expected)
  })
}
replacements('groups that are not there are refused', () => {
  for (const [replacement, group] of [
    ['\\2', '2'],
    ['\\g<nope>', 'nope'],
  ] as const) {
    assert.throws(
      () => 'a'.replace(/(a)/, pythonReplacement(replacement)),
      (error: Error) => error.message === `the regular expression has no group ${group}`,
    )
  }
  assert.throws(() => pythonReplacement('\\q'), /means nothing in a replacement/)
})
replacements.run()
