import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findAll } from '../../src/python/find-all.ts'
import { repr } from '../../src/python/text.ts'
import { pythonRegExp } from '../../src/values/regexp.ts'

const test = suite("Python's re.findall")
/** Pattern, text, the repr of what Python gives. */
const found: [string, string, string][] = [
  ['a', 'banana', "['a', 'a', 'a']"],
  ['(a)n', 'banana', "['a', 'a']"],
  ['(\\w)(\\d)?', 'a1b', "[('a', '1'), ('b', '')]"],
  ['x*', 'axb', "['', 'x', '', '']"],
  ['(?P<k>\\w+)=(?P<v>\\w+)', 'a=1 b=2', "[('a', '1'), ('b', '2')]"],
  ['z', 'a', '[]'],
]
for (const [pattern, text, expected] of found)
  test(`${pattern} finds in ${text} what Python finds`, () =>
    assert.is(repr(findAll(pythonRegExp(pattern, 'g'), text)), expected))
test.run()
