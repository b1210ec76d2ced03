import type { Float } from '../values/float.ts'
import type { PythonObject } from './object.ts'
import type { Undefined } from './undefined.ts'

/** A dict. Go over it with `keysOf`: JavaScript keeps neither kind nor order of keys such as 80. */
export type PyDict = { [name: string]: PyValue }

/**
 * What an expression can hold. None is null. A number is Python's int when it is a whole one (beyond 2 ** 53 it is a
 * bigint) and else its float; floats that are whole are of the class Float. Tuples and dict views are arrays too.
 */
export type PyValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Float
  | Undefined
  | PythonObject
  | PyValue[]
  | PyDict
