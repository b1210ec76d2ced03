import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keysOf, mapOf } from '../../src/values/keys.ts'
import { toNode, toValue, type ValueMap } from '../../src/values/value.ts'
import { parseYamlValue } from '../../src/yaml/yaml.ts'

const test = suite('values/keys')

const value = (yaml: string) => toValue(parseYamlValue(yaml, 'vars.yml')) as ValueMap

test('keys that are whole numbers keep their order and stay numbers', () => {
  assert.equal(keysOf(value('{b: 1, 443: 2, 80: 3}')), ['b', 443, 80])
})

test('keys that are quoted digits keep their order and stay text', () => {
  assert.equal(keysOf(value(`{"443": 2, "80": 3}`)), ['443', '80'])
})

test('keys that are no text are kept through a node and back', () => {
  const map = value('{true: 1, 10: 2}')
  const place = parseYamlValue('x', 'vars.yml').place
  assert.equal(keysOf(toValue(toNode(map, place)) as ValueMap), [true, 10])
})

test('what is added later comes behind, and what is taken away is gone', () => {
  const map = mapOf([
    [10, 'a'],
    [2, 'b'],
  ])
  map.c = 'c'
  delete map['10']
  assert.equal(keysOf(map), [2, 'c'])
})

test('of equal keys the last value wins, at the place of the first', () => {
  const map = mapOf([
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ])
  assert.equal(Object.entries(map), [
    ['a', 3],
    ['b', 2],
  ])
})

test.run()
