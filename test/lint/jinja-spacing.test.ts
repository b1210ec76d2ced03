import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { expressionsIn, spaced } from '../../src/lint/jinja-spacing.ts'

const test = suite('blanks in templates')

/** Expressions and what black makes of them, as Ansible-lint shows it. */
const SPACED: readonly (readonly [string, string])[] = [
  ['a|b', 'a | b'],
  ['a|default( 1 )', 'a | default(1)'],
  ["a  ==  'b c'", "a == 'b c'"],
  ['f(a=1,b = -2)', 'f(a=1, b=-2)'],
  ['f(a=(1+2))', 'f(a=(1 + 2))'],
  ['f(a=[1])', 'f(a=[1])'],
  ["{'a':1,'b' : [2,3]}", "{'a': 1, 'b': [2, 3]}"],
  ['a[1:2]', 'a[1:2]'],
  ['a . b', 'a.b'],
  ['a.b [ 0 ]', 'a.b[0]'],
  ['(a)and(b)', '(a) and (b)'],
  ['not(a)', 'not (a)'],
  ['a if b else c', 'a if b else c'],
  ['-1', '-1'],
  ['a-1', 'a - 1'],
  ['a - -1', 'a - -1'],
  ['2**3', '2**3'],
  ['a is defined', 'a is defined'],
  ["a in['x']", "a in ['x']"],
  ['x = a|b', 'x = a | b'],
  ['[a,-b]', '[a, -b]'],
]

for (const [written, wanted] of SPACED)
  test(written, () => {
    assert.is(spaced(written), wanted)
    assert.is(spaced(wanted), wanted)
  })

test('what is no Python, or stands on several lines, is left alone', () => {
  for (const text of ['a ~ b', 'a if b', 'a\n|b', 'a is divisibleby 3', 'a "b', '[a, ]', 'a ? b'])
    assert.is(spaced(text), undefined, text)
})

test('what stands between braces is found, quotes and brackets passed over', () => {
  const inner = (text: string) => expressionsIn(text)?.map(({ start, end }) => text.slice(start, end))
  assert.equal(inner('a {{b}} {%- if c -%}{# {{ d }} #}'), ['b', ' if c '])
  assert.equal(inner("{{ '}}' }}"), [" '}}' "])
  assert.equal(inner('{{ {"a": {}} }}'), [' {"a": {}} '])
  assert.is(inner('{{ a'), undefined)
  assert.is(inner('{% raw %}{{a}}{% endraw %}'), undefined)
})

test.run()
