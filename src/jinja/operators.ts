import { add, divide, floorDivide, modulo, multiply, power, subtract } from '../python/arithmetic.ts'
import { contains, equals } from '../python/equality.ts'
import { isOrdered } from '../python/order.ts'
import type { BinaryOperator, Comparison } from './ast.ts'

/** Python's operators of two values. They raise its errors. */
export const BINARY: Readonly<Record<BinaryOperator, (one: unknown, other: unknown) => unknown>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '//': floorDivide,
  '%': modulo,
  '**': power,
}

export const COMPARISONS: Readonly<Record<Comparison, (one: unknown, other: unknown) => boolean>> = {
  '==': equals,
  '!=': (one, other) => !equals(one, other),
  '<': (one, other) => isOrdered(one, '<', other),
  '<=': (one, other) => isOrdered(one, '<=', other),
  '>': (one, other) => isOrdered(one, '>', other),
  '>=': (one, other) => isOrdered(one, '>=', other),
  in: (one, other) => contains(other, one),
  'not in': (one, other) => !contains(other, one),
}
