import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadJson } from '../../../src/python/json/load.ts'
import { Float } from '../../../src/values/float.ts'
import { keysOf } from '../../../src/values/keys.ts'

const test = suite('python/json/load')

test('numbers keep their kind and all their digits', () => {
  assert.equal(loadJson('[1, 2.0, 1e2, 0.5, 9007199254740993, -12345678901234567890, -0]'), [
    1,
    new Float(2),
    new Float(100),
    0.5,
    9007199254740993n,
    -12345678901234567890n,
    0,
  ])
})

test('keys that are digits keep their order', () => {
  assert.equal(keysOf(loadJson('{"b": 1, "2": 2, "1": 3}') as { [name: string]: unknown }), ['b', '2', '1'])
})

test('a key called __proto__ is a key', () => {
  assert.equal(Object.keys(loadJson('{"__proto__": 1}') as object), ['__proto__'])
})

test('escapes stand for what they name', () => {
  assert.is(loadJson(String.raw`"\"\\\/\b\f\n\r\tä\ud83d\ude00"`), '"\\/\b\f\n\r\tä😀')
})

test('not a number and infinity are read as Python reads them', () => {
  assert.equal(loadJson('[NaN, Infinity, -Infinity]'), [Number.NaN, Infinity, -Infinity])
})

const WRONG: readonly (readonly [string, string])[] = [
  ['', 'Expecting value: line 1 column 1'],
  ['  ', 'Expecting value: line 1 column 3'],
  ['{', 'Expecting property name enclosed in double quotes: line 1 column 2'],
  ['{a: 1}', 'Expecting property name enclosed in double quotes: line 1 column 2'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6"],
  ['{"a": 1 "b": 2}', "Expecting ',' delimiter: line 1 column 9"],
  ['[1,\n 2 3]', "Expecting ',' delimiter: line 2 column 4"],
  ['[1, ]', 'Expecting value: line 1 column 5'],
  ['{"a": 1,}', 'Expecting property name enclosed in double quotes: line 1 column 9'],
  ['"abc', 'Unterminated string starting at: line 1 column 1'],
  ['"a\nb"', 'Invalid control character at: line 1 column 3'],
  ['"a\\qb"', 'Invalid \\escape: line 1 column 3'],
  ['{} x', 'Extra data: line 1 column 4'],
  ['True', 'Expecting value: line 1 column 1'],
  ["{'a': 1}", 'Expecting property name enclosed in double quotes: line 1 column 2'],
  ['[.5]', 'Expecting value: line 1 column 2'],
  ['01', 'Extra data: line 1 column 2'],
]

for (const [text, message] of WRONG)
  test(`${JSON.stringify(text)} is refused with its place`, () => {
    assert.throws(
      () => loadJson(text),
      (error: Error) => error.message === message,
    )
  })

test('what is nested too deeply is refused', () => {
  assert.throws(() => loadJson('['.repeat(100_000)), /nested too deeply/)
})

test.run()
