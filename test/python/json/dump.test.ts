import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { strptime } from '../../../src/python/dates/strptime.ts'
import { dumpHtmlSafeJson, dumpJson, type JsonOptions } from '../../../src/python/json/dump.ts'
import { loadJson } from '../../../src/python/json/load.ts'
import { Undefined } from '../../../src/python/undefined.ts'
import { Float } from '../../../src/values/float.ts'
import { mapOf } from '../../../src/values/keys.ts'
import { recorded } from '../../support/recorded.ts'

const test = suite('python/json/dump')

interface Case {
  readonly filter: 'to_json' | 'to_nice_json' | 'tojson'
  readonly value: unknown
  readonly options: JsonOptions
  readonly text: string
}

const FILTERS: { readonly [name in Case['filter']]: (value: unknown, options: JsonOptions) => string } = {
  to_json: dumpJson,
  to_nice_json: (value, options) =>
    dumpJson(value, { indent: 4, sort_keys: true, separators: [',', ': '], ...options }),
  tojson: (value, options) => dumpHtmlSafeJson(value, { sort_keys: true, ...options }),
}

test('values are written as Ansible and Jinja write them', () => {
  for (const { filter, value, options, text } of recorded<Case>('json-dump'))
    assert.is(FILTERS[filter](value, options), text, JSON.stringify({ filter, options, text }))
})

test('what is written is read back as it was', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.bigInt().map((number) => (Number.isSafeInteger(Number(number)) ? Number(number) : number)),
      fc.double({ noNaN: true }).map((number) => Float.of(number)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
    ),
  }))
  fc.assert(
    fc.property(value, fc.constantFrom(null, 0, 2, '\t'), fc.boolean(), (part, indent, ensure_ascii) => {
      const text = dumpJson(part, { indent, ensure_ascii })
      assert.is(dumpJson(loadJson(text), { indent, ensure_ascii }), text)
    }),
  )
})

test('a value that holds itself is refused', () => {
  const list: unknown[] = []
  list.push({ list })
  assert.throws(() => dumpJson(list), /holds itself/)
})

test('keys of several kinds cannot be sorted', () => {
  const map = mapOf<number>([
    ['a', 1],
    [1, 2],
  ])
  assert.throws(() => dumpJson(map, { sort_keys: true }), /not supported between/)
})

test('a date is the text of ISO 8601, and what is undefined an error', () => {
  assert.is(dumpJson([strptime('2023-01-02 03:04', '%Y-%m-%d %H:%M')]), '["2023-01-02T03:04:00"]')
  assert.throws(() => dumpJson({ a: [new Undefined({ name: 'b' })] }), "'b' is undefined")
})

test.run()
