import { DateTime } from '../python/dates/datetime.ts'
import { keyOf } from '../python/equality.ts'
import { intOf } from '../python/numbers.ts'
import { itemsOf } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { isDict, typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { type Key, keysOf, mapOf, nameOf, put } from '../values/keys.ts'
import { Invocable, type Named, Opaque } from './opaque.ts'

/** Items that a range may have. */
const RANGE_AT_MOST = 10_000_000

/** Python's range, as a list. */
function range(args: readonly unknown[]): number[] {
  if (args.length === 0 || args.length > 3) throw new Error(`range takes 1 to 3 numbers, not ${args.length}`)
  const numbers = args.map((arg) => {
    const number = intOf(arg)
    if (number !== undefined) return Number(number)
    if (arg instanceof Undefined) arg.fail()
    throw new Error(`range takes whole numbers, and a ${typeName(arg)} is none`)
  })
  const [start, stop, step = 1] =
    numbers.length === 1 ? [0, numbers[0]!] : (numbers as [number, number, number?])
  if (step === 0) throw new Error('the step of a range cannot be 0')
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (count > RANGE_AT_MOST)
    throw new Error(`this range has ${count} items, and there may be ${RANGE_AT_MOST}`)
  return Array.from({ length: count }, (_, index) => start + index * step)
}

function dict(args: readonly unknown[], named: Named): unknown {
  const [given, ...others] = args
  if (others.length > 0) throw new Error('dict takes one map or list of pairs, and named values')
  return mapOf([...(given === undefined ? [] : pairsOf(given)), ...Object.entries(named)])
}

function pairsOf(value: unknown): (readonly [Key, unknown])[] {
  if (isDict(value)) return keysOf(value).map((key) => [key, value[nameOf(key)]] as const)
  return itemsOf(value).map((pair) => {
    const [key, item, ...others] = itemsOf(pair)
    if (item === undefined || others.length > 0) throw new Error('dict takes pairs of a key and a value')
    return [keyOf(key), item] as const
  })
}

/** A namespace: its entries can be set from within loops and blocks. */
export class Namespace extends Opaque {
  readonly typeName = 'Namespace'
  readonly entries: Record<string, unknown> = {}

  override attribute(name: string): unknown {
    return Object.hasOwn(this.entries, name) ? this.entries[name] : undefined
  }

  set(name: string, value: unknown): void {
    put(this.entries, name, value)
  }
}

function namespace(args: readonly unknown[], named: Named): Namespace {
  const made = new Namespace()
  const given = dict(args, named) as Record<string, unknown>
  for (const [name, value] of Object.entries(given)) made.set(name, value)
  return made
}

class Cycler extends Opaque {
  readonly typeName = 'Cycler'
  readonly #items: readonly unknown[]
  #at = 0

  constructor(items: readonly unknown[]) {
    super()
    if (items.length === 0) throw new Error('at least one item has to be provided')
    this.#items = items
  }

  override attribute(name: string): unknown {
    switch (name) {
      case 'current':
        return this.#items[this.#at]
      case 'next':
        return new Invocable(() => {
          const item = this.#items[this.#at]
          this.#at = (this.#at + 1) % this.#items.length
          return item
        })
      case 'reset':
        return new Invocable(() => {
          this.#at = 0
          return null
        })
      default:
        return undefined
    }
  }
}

/** Gives nothing the first time it is called, and its text from then on. */
function joiner([separator = ', ']: readonly unknown[]): Invocable {
  let used = false
  return new Invocable(() => {
    if (used) return separator
    used = true
    return ''
  })
}

function undef([given]: readonly unknown[], { hint = given }: Named): Undefined {
  const isText = typeof hint === 'string' && hint !== ''
  return new Undefined({ hint: isText ? hint : 'Mandatory variable has not been overridden' })
}

/** The controller's time, as a date with parts or as a text in a format of strftime. */
function now([utc = false, format = null]: readonly unknown[], named: Named): unknown {
  const time = DateTime.now(isTruthy(named.utc ?? utc))
  const written = named.fmt ?? format
  return written === null ? time : time.strftime(str(written))
}

/** What every template can call, below the variables. `lookup` and its like belong to the run. */
export const globals: ReadonlyMap<string, Invocable> = new Map([
  ['range', new Invocable(range)],
  ['dict', new Invocable(dict)],
  ['namespace', new Invocable(namespace)],
  ['cycler', new Invocable((args) => new Cycler(args))],
  ['joiner', new Invocable(joiner)],
  ['undef', new Invocable(undef)],
  ['now', new Invocable(now)],
])

export const globalNames: readonly string[] = [...globals.keys(), 'lookup', 'query', 'q']
