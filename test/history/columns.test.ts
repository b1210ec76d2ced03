import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { objectOf, rowOf } from '../../src/history/columns.ts'

const test = suite('objects in columns')

const FIELDS = { name: 'text', size: 'number', done: 'flag', value: 'json' } as const

test('what a column can hold stands there alone', () => {
  const object = { name: 'x', size: 1.5, done: false, value: { b: null }, left: undefined }
  assert.equal(rowOf(object, FIELDS), { name: 'x', size: 1.5, done: 0, value: '{"b":null}' })
})

test('what it cannot, and what is no column, stands in rest', () => {
  const row = rowOf({ name: 'a\0b', size: 'much', other: [1] }, FIELDS)
  assert.is(row.name, 'a\ufffdb')
  assert.is(row.size, undefined)
  assert.equal(JSON.parse(String(row.rest)), { name: 'a\0b', size: 'much', other: [1] })
  assert.equal(JSON.parse(String(rowOf({ name: 'half \ud800' }, FIELDS).rest)), { name: 'half \ud800' })
  assert.is(rowOf({ name: 'whole \u{1f600}' }, FIELDS).rest, undefined)
})

test('any object of JSON comes back', () => {
  const names = fc.constantFrom('name', 'size', 'done', 'value', 'other')
  fc.assert(
    fc.property(fc.dictionary(names, fc.jsonValue()), (object) => {
      const told = JSON.parse(JSON.stringify(object))
      assert.equal(objectOf(rowOf(told, FIELDS), FIELDS), told)
    }),
  )
})

test.run()
