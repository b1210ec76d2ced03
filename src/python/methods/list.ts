import { equals } from '../equality.ts'
import { PythonError } from '../errors.ts'
import { checkLength } from '../limits.ts'
import { compare } from '../order.ts'
import { itemsOf } from '../sequence.ts'
import { repr } from '../text.ts'
import { isTruthy } from '../truth.ts'
import { Tuple } from '../tuple.ts'
import type { PyValue } from '../types.ts'
import { intArgument, type Methods, method } from './define.ts'

type List = PyValue[]

const count = method(
  'value /',
  (list: List, value: unknown) => list.filter((item) => equals(item, value)).length,
)

const index = method(
  'value start? stop? /',
  (list: List, value: unknown, start: unknown = 0, stop: unknown = list.length) => {
    const [from, to] = [start, stop].map((end) => at(list, intArgument(end)))
    const found = list.findIndex((item, here) => here >= from! && here < to! && equals(item, value))
    if (found !== -1) return found
    const message = list instanceof Tuple ? 'tuple.index(x): x not in tuple' : `${repr(value)} is not in list`
    throw new PythonError('ValueError', message)
  },
)

export const tupleMethods: Methods<List> = { count, index }

/** Those of a list; all but count, index and copy change it. */
export const listMethods: Methods<List> = {
  count,
  index,
  append: method('object /', (list: List, value: PyValue) => {
    list.push(value)
    return null
  }),
  extend: method('iterable /', (list: List, more: unknown) => {
    const items = itemsOf(more) as List
    checkLength(list.length + items.length, 'items')
    // The list may be added to itself.
    const { length } = items
    for (let here = 0; here < length; here += 1) list.push(items[here]!)
    return null
  }),
  insert: method('index object /', (list: List, position: unknown, value: PyValue) => {
    list.splice(at(list, intArgument(position)), 0, value)
    return null
  }),
  pop: method('index? /', (list: List, position: unknown = -1) => {
    if (list.length === 0) throw new PythonError('IndexError', 'pop from empty list')
    const given = intArgument(position)
    const here = given < 0 ? given + list.length : given
    if (here < 0 || here >= list.length) throw new PythonError('IndexError', 'pop index out of range')
    return list.splice(here, 1)[0]
  }),
  remove: method('value /', (list: List, value: unknown) => {
    const here = list.findIndex((item) => equals(item, value))
    if (here === -1) throw new PythonError('ValueError', 'list.remove(x): x not in list')
    list.splice(here, 1)
    return null
  }),
  clear: method('', (list: List) => {
    list.length = 0
    return null
  }),
  copy: method('', (list: List) => [...list]),
  reverse: method('', (list: List) => {
    list.reverse()
    return null
  }),
  sort: method('key? reverse?', (list: List, key: unknown = null, reverse: unknown = false) => {
    if (key !== null)
      throw new PythonError('TypeError', 'sort() takes no key here; the filter sort has attribute=')
    // Items that are equal keep their order in both directions.
    const down = isTruthy(reverse)
    list.sort((one, other) => (down ? compare(other, one) : compare(one, other)))
    return null
  }),
}

/** A position as an index within a list. */
function at(list: List, position: number): number {
  return position < 0 ? Math.max(0, position + list.length) : Math.min(position, list.length)
}
