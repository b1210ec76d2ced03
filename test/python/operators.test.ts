import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  add,
  divide,
  floorDivide,
  modulo,
  multiply,
  negate,
  positive,
  power,
  subtract,
} from '../../src/python/arithmetic.ts'
import { contains, equalityKey, equals } from '../../src/python/equality.ts'
import { isOrdered, type Order } from '../../src/python/order.ts'
import { itemOf, sliceOf } from '../../src/python/slices.ts'
import { repr } from '../../src/python/text.ts'
import { Undefined, UndefinedError } from '../../src/python/undefined.ts'
import { decode, outcome, recordedRows } from '../support/recorded.ts'

type Work = (one: unknown, other: unknown) => unknown

const ordered =
  (order: Order): Work =>
  (one, other) =>
    isOrdered(one, order, other)

const works: { readonly [name: string]: Work } = {
  add,
  subtract,
  multiply,
  divide,
  floorDivide,
  modulo,
  power,
  equals,
  contains,
  '<': ordered('<'),
  '<=': ordered('<='),
  '>': ordered('>'),
  '>=': ordered('>='),
}

const [encoded, errors, ...rows] = recordedRows<[string, (string | number | null)[]]>('operators')
const values = () => (encoded as unknown[]).map(decode)

const operators = suite("Python's operators")
const ones = new Map<string, number>()
for (const [name, expected] of rows) {
  const at = ones.get(name) ?? 0
  ones.set(name, at + 1)
  const one = values()[at]
  operators(`${name} of ${repr(one)} and every value gives what Python gives`, () => {
    const differences = values().flatMap((other, index) => {
      const recorded = expected[index]!
      const wanted = typeof recorded === 'number' ? (errors![recorded] as string) : recorded
      const given = wanted === null ? wanted : outcomeOf(name, one, other, wanted)
      return given === wanted ? [] : [`with ${repr(other)}: ${given}, in Python ${wanted}`]
    })
    assert.equal(differences, [])
  })
}

function outcomeOf(name: string, one: unknown, other: unknown, wanted: string): string {
  if (name !== 'itemOf') return outcome(() => works[name]!(one, other))
  // Where Python raises there is nothing.
  const item = itemOf(one, other)
  return item === undefined && /^\w+Error: /.test(wanted) ? wanted : repr(item)
}

operators('values that are equal have the same key, and no others', () => {
  for (const one of values())
    for (const other of values())
      assert.is(equalityKey(one) === equalityKey(other), equals(one, other), `${repr(one)} ${repr(other)}`)
})
operators('a sign before a number gives what Python gives', () => {
  const signed = [true, 5, 0, 1.5, 9007199254740993n, ''].map((value) => [
    outcome(() => negate(value)),
    outcome(() => positive(value)),
  ])
  assert.equal(signed, [
    ['-1', '1'],
    ['-5', '5'],
    ['0', '0'],
    ['-1.5', '1.5'],
    ['-9007199254740993', '9007199254740993'],
    ["TypeError: bad operand type for unary -: 'str'", "TypeError: bad operand type for unary +: 'str'"],
  ])
})
operators('whole numbers are exact however large, and come back from a bigint', () => {
  assert.is(multiply(9007199254740991, 9007199254740991), 81129638414606663681390495662081n)
  assert.is(subtract(add(9007199254740991, 1), 1), 9007199254740991)
  assert.is(repr(divide(81129638414606663681390495662081n, 9007199254740991)), '9007199254740991.0')
  assert.is(power(2, 100), 1267650600228229401496703205376n)
})
operators('what would be too large is refused', () => {
  const tooLarge = [
    () => multiply('a', 1e9),
    () => multiply([1], 1e9),
    () => power(10, 1e10),
    () => power(10, power(10, 10)),
    () => modulo('%1000000000d', 1),
  ]
  for (const work of tooLarge) assert.match(outcome(work), /^MemoryError: /)
})
operators('an undefined value is refused by every operator, on both sides', () => {
  const missing = new Undefined({ name: 'x' })
  for (const work of Object.values(works)) {
    for (const pair of [
      [missing, 1],
      [[1], missing],
    ])
      assert.throws(
        () => work(pair[0], pair[1]),
        (error: Error) => error instanceof UndefinedError && error.message === "'x' is undefined",
      )
  }
  assert.is(itemOf(missing, 'a'), missing)
})
operators.run()

const ends = [null, 0, 1, -1, 3, -3, 9, -9]
const slices = suite("Python's slices")
for (const [value, step, expected] of recordedRows<[unknown, number | null, string[]]>('slices')) {
  slices(`slices of ${repr(decode(value))} by ${step} are those of Python`, () => {
    const given = ends.flatMap((start) =>
      ends.map((stop) => outcome(() => sliceOf(decode(value), start, stop, step))),
    )
    assert.equal(given, expected)
  })
}
slices.run()
