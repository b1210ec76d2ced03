import { compare } from '../python/order.ts'
import { itemsOf } from '../python/sequence.ts'
import { isTruthy } from '../python/truth.ts'
import { type CallContext, filter, type Named } from './define.ts'
import { foldCase, text, tuple } from './given.ts'
import { attributeGetter, sorted } from './items.ts'

/** Filters and tests on each item of a list. */
export const selectionFilters = [
  filter(
    'map',
    ['*args', '**kwargs'],
    'What a filter makes of each item, or an attribute of each: map("upper"), map(attribute="a.b", default=0).',
    function (this: CallContext, value: unknown, args: unknown[], named: Named) {
      if (!isTruthy(value)) return []
      return itemsOf(value).map(mapper(this, args, named))
    },
  ),
  filter(
    'select',
    ['*args', '**kwargs'],
    'The items that a test says yes to, or without one those that count as true.',
    function (this: CallContext, value: unknown, args: unknown[], named: Named) {
      return chosen(value, () => decider(this, args, named), true)
    },
  ),
  filter(
    'reject',
    ['*args', '**kwargs'],
    'The items that select leaves out.',
    function (this: CallContext, value: unknown, args: unknown[], named: Named) {
      return chosen(value, () => decider(this, args, named), false)
    },
  ),
  filter(
    'selectattr',
    ['*args', '**kwargs'],
    'The items of whose attribute a test says yes, or without one those where it counts as true.',
    function (this: CallContext, value: unknown, args: unknown[], named: Named) {
      return chosen(value, () => attributeDecider(this, args, named), true)
    },
  ),
  filter(
    'rejectattr',
    ['*args', '**kwargs'],
    'The items that selectattr leaves out.',
    function (this: CallContext, value: unknown, args: unknown[], named: Named) {
      return chosen(value, () => attributeDecider(this, args, named), false)
    },
  ),
  filter(
    'groupby',
    ['attribute', { default: null, case_sensitive: false }],
    'Pairs of a value and the items whose attribute it is, in the order of the values.',
    (value: unknown, attribute: unknown, fallback: unknown, caseSensitive: unknown) => {
      const get = attributeGetter(attribute, fallback)
      const keyOf = (element: unknown) => (isTruthy(caseSensitive) ? get(element) : foldCase(get(element)))
      const groups: unknown[][] = []
      for (const element of sorted(itemsOf(value), keyOf)) {
        const last = groups.at(-1)
        if (last !== undefined && compare(keyOf(last[0]), keyOf(element)) === 0) last.push(element)
        else groups.push([element])
      }
      return groups.map((elements) => group(get(elements[0]), elements))
    },
  ),
]

/** A pair whose parts have names too. */
function group(grouper: unknown, elements: unknown[]): unknown {
  const pair = tuple([grouper, elements])
  Object.defineProperties(pair, { grouper: { value: grouper }, list: { value: elements } })
  return pair
}

function mapper(context: CallContext, args: readonly unknown[], named: Named): (element: unknown) => unknown {
  if (args.length > 0) {
    const [name, ...rest] = args
    return (element) => context.filter(text(name), element, rest, named)
  }
  if (!('attribute' in named)) throw new Error('map takes the name of a filter, or attribute="name"')
  const { attribute, default: fallback = null, ...rest } = named
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw new Error(`map has no argument "${unknown}" beside attribute and default`)
  return attributeGetter(attribute, fallback)
}

type Decides = (element: unknown) => boolean

function decider(context: CallContext, args: readonly unknown[], named: Named): Decides {
  if (args.length === 0) return isTruthy
  const [name, ...rest] = args
  return (element) => isTruthy(context.test(text(name), element, rest, named))
}

function attributeDecider(context: CallContext, args: readonly unknown[], named: Named): Decides {
  if (args.length === 0) throw new Error('the name of an attribute is missing')
  const get = attributeGetter(args[0])
  const decides = decider(context, args.slice(1), named)
  return (element) => decides(get(element))
}

function chosen(value: unknown, decides: () => Decides, wanted: boolean): unknown[] {
  if (!isTruthy(value)) return []
  const fits = decides()
  return itemsOf(value).filter((element) => fits(element) === wanted)
}
