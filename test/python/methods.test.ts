import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { methodOf } from '../../src/python/methods/index.ts'
import { toFloatValue, toInt } from '../../src/python/parse-number.ts'
import { repr } from '../../src/python/text.ts'
import { Undefined, UndefinedError } from '../../src/python/undefined.ts'
import { decode, outcome, recordedRows } from '../support/recorded.ts'

const withMessage = /^(?:TypeError|MemoryError): /
/** What is no error, or the error's name: messages about arguments are our own words. */
const kind = (text: string) => (withMessage.test(text) ? text.slice(0, text.indexOf(':')) : text)

const [texts, errors, ...rows] = recordedRows<[string, unknown[], object, (string | number)[]]>('methods')
const methods = suite("Python's methods of texts")
for (const [name, args, named, expected] of rows) {
  methods(`${name} with ${JSON.stringify(args)} ${JSON.stringify(named)} gives what Python gives`, () => {
    const differences = (texts as string[]).flatMap((text, at) => {
      const recorded = expected[at]!
      const wanted = kind(typeof recorded === 'number' ? (errors![recorded] as string) : recorded)
      const method = methodOf(text, name)!
      const given = kind(
        outcome(() => method(decode(args) as unknown[], decode(named) as { [name: string]: unknown })),
      )
      return given === wanted ? [] : [`${repr(text)}: ${given}, in Python ${wanted}`]
    })
    assert.equal(differences, [])
  })
}
methods('format takes its arguments by position and by name', () => {
  assert.is(methodOf('{}-{a}', 'format')!([1], { a: 'x' }), '1-x')
  assert.is(methodOf('{a}', 'format_map')!([{ a: 1 }], {}), '1')
})
methods('translate takes what maketrans makes', () => {
  const table = methodOf('', 'maketrans')!(['abc', 'xyz', '-'], {})
  assert.is(methodOf('a-b-d', 'translate')!([table], {}), 'xyd')
})
methods('no value has any other method', () => {
  for (const name of ['nothing', '__class__', 'constructor', 'toString', 'trim'])
    for (const value of ['a', [], {}, 1, true, null, 1.5]) assert.is(methodOf(value, name), undefined)
})
const wrong: [string, unknown[], object, string][] = [
  ['upper', [1], {}, 'TypeError: upper() takes no arguments (1 given)'],
  ['replace', ['a'], {}, 'TypeError: replace() needs the argument "new"'],
  ['split', [], { seperator: ',' }, "TypeError: 'seperator' is an invalid keyword argument for split()"],
  ['split', [','], { sep: ',' }, "TypeError: argument for split() given by name ('sep') and position (1)"],
  ['center', [1e9], {}, 'MemoryError: the result would have 1000000000 characters; there may be 10000000'],
]
for (const [name, args, named, message] of wrong) {
  methods(`a wrong call says ${message}`, () =>
    assert.is(
      outcome(() => methodOf('a', name)!(args, { ...named })),
      message,
    ),
  )
}
methods('an undefined argument is reported as such', () => {
  assert.throws(
    () => methodOf('a', 'replace')!(['a', new Undefined({ name: 'x' })], {}),
    (error: Error) => error instanceof UndefinedError && error.message === "'x' is undefined",
  )
})
methods.run()

const collections = suite("Python's methods of lists, dicts and numbers")
for (const [value, name, args, result, after] of recordedRows<[unknown, string, unknown[], string, string]>(
  'collections',
)) {
  const self = decode(value)
  collections(`${repr(self)}.${name}(${args.map(decode).map(repr).join(', ')}) does what Python does`, () => {
    const given = outcome(() => methodOf(self, name)!(args.map(decode), {}))
    assert.equal([kind(given), repr(self)], [kind(result), after])
  })
}
collections('a key that is taken out and put in again comes last', () => {
  const dict = { b: 1, c: 2, 5: 3 }
  methodOf(dict, 'pop')!(['b'], {})
  methodOf(dict, 'update')!([], { b: 4 })
  assert.is(repr(dict), "{'5': 3, 'c': 2, 'b': 4}")
})
collections('update takes names, sort a direction', () => {
  const list = [1, 3, 2]
  methodOf(list, 'sort')!([], { reverse: true })
  assert.equal(list, [3, 2, 1])
})
collections.run()

const numbers = suite("Python's numbers from texts")
for (const [name, value, base, expected] of recordedRows<[string, unknown, number | null, string]>(
  'numbers',
)) {
  numbers(`${name} of ${JSON.stringify(value)} in base ${base} gives what Python gives`, () => {
    const work =
      name === 'int' ? () => toInt(decode(value), base ?? undefined) : () => toFloatValue(decode(value))
    assert.is(outcome(work), expected)
  })
}
numbers.run()
