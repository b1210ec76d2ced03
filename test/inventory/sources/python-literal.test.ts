import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pythonLiteral } from '../../../src/inventory/sources/python-literal.ts'
import type { Value } from '../../../src/values/value.ts'

const test = suite('Python literals')

const READ: [text: string, value: Value][] = [
  ['True', true],
  ['False', false],
  ['None', null],
  ['10', 10],
  ['-5', -5],
  ['+5', 5],
  ['00', 0],
  ['1_000', 1000],
  ['0x1f', 31],
  ['-0o17', -15],
  ['0b101', 5],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1e3', 1000],
  ['1.5E-2', 0.015],
  ["'quoted'", 'quoted'],
  ['"it\'s"', "it's"],
  ['\'a\' "b"', 'ab'],
  ["'a\\tb\\x41\\u00e9\\101\\q'", 'a\tbAéA\\q'],
  ["r'a\\tb'", 'a\\tb'],
  ["'''three'''", 'three'],
  ["{'__proto__': [1]}", JSON.parse('{"__proto__": [1]}')],
  ['[]', []],
  ['[1, 2,]', [1, 2]],
  ["['a', [True]]", ['a', [true]]],
  ['()', []],
  ['(1)', 1],
  ['(1,)', [1]],
  ['1,2', [1, 2]],
  ['{}', {}],
  ["{'a': 1, 'b': {'c': None}}", { a: 1, b: { c: null } }],
  ['{1: 2}', { 1: 2 }],
  ['{1, 2}', [1, 2]],
  ['10 # comment', 10],
  [' 7', 7],
]

// Not in Python's notation: the text itself.
const TEXTS = [
  '',
  'yes',
  'true',
  'null',
  'plain text',
  'plain # not a comment',
  '0644',
  '007',
  '1.2.3',
  '10.0.0.1',
  '00:16:3e:01:02:03',
  '12345678901234567890',
  '5m',
  '-',
  '--5',
  '1__0',
  '{{ x }}',
  "'open",
  '[1, 2',
  "{'a': }",
  "{'a' 1}",
  '[1 2]',
  "f'x'",
  'a,b',
  'True,yes',
]

for (const [text, value] of READ)
  test(`${text} is read as ${JSON.stringify(value)}`, () => assert.equal(pythonLiteral(text), value))
for (const text of TEXTS)
  test(`${JSON.stringify(text)} is no literal and stays text`, () => assert.is(pythonLiteral(text), text))

test.run()
