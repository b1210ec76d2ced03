import { mapOfRun } from './of-run.ts'

/** How many ways of matching a part of an expression must try in the worst case: `times * length ** power`. */
interface Ways {
  readonly times: number
  readonly power: number
}

const ONE: Ways = { times: 1, power: 0 }
const ENDLESS: Ways = { times: Number.POSITIVE_INFINITY, power: 0 }

// In this order: what stands for one character, groups and their ends, alternatives, repetitions, all else.
const PIECE =
  /(\\(?:k<\w+>|[1-9]))|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|(\((?:\?(?:[:=!]|<[=!]|<\w+>))?)|(\))|(\|)|([*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/g

/**
 * An upper bound for the steps that an expression (JavaScript's source of it) takes on a text of so many characters;
 * infinite for one in which a repetition holds a choice, as `(a+)+` does: such a one may double with every character.
 */
export function stepsAtMost(source: string, length: number): number {
  const { times, power } = waysOf(source)
  return times * (length + 1) ** (power + 1)
}

const known = mapOfRun<string, Ways>()

function waysOf(source: string): Ways {
  let ways = known.get(source)
  if (ways === undefined) {
    ways = count(source)
    known.set(source, ways)
  }
  return ways
}

/** An open group: the ways of the alternatives before, of the present one, and of its last part. */
interface Open {
  before: Ways | undefined
  now: Ways
  last: Ways
}

function count(source: string): Ways {
  const open: Open[] = [{ before: undefined, now: ONE, last: ONE }]
  for (const [, reference, start, end, or, repetition] of source.matchAll(PIECE)) {
    const group = open.at(-1)!
    if (start !== undefined) open.push({ before: undefined, now: ONE, last: ONE })
    else if (end !== undefined && open.length > 1) add(open.at(-2)!, whole(open.pop()!))
    else if (or !== undefined) Object.assign(group, { before: whole(group), now: ONE, last: ONE })
    else if (repetition === undefined) add(group, reference === undefined ? ONE : { times: 1, power: 1 })
    else group.last = repeated(group.last, repetition)
  }
  return whole(open[0]!)
}

function add(group: Open, part: Ways): void {
  group.now = both(group.now, group.last)
  group.last = part
}

function whole({ before, now, last }: Open): Ways {
  const ways = both(now, last)
  if (before === undefined) return ways
  return { times: before.times + ways.times, power: Math.max(before.power, ways.power) }
}

function both(one: Ways, other: Ways): Ways {
  return { times: one.times * other.times, power: one.power + other.power }
}

function repeated(ways: Ways, repetition: string): Ways {
  const [least, most] = bounds(repetition)
  if (most <= OFTEN) return { times: ways.times ** most * (most - least + 1), power: ways.power * most }
  return ways.times === 1 && ways.power === 0 ? { times: 1, power: 1 } : ENDLESS
}

/** More repetitions than this count as no limit. */
const OFTEN = 1000

function bounds(repetition: string): [least: number, most: number] {
  if (repetition === '?') return [0, 1]
  const [, least = '0', comma = ',', most = ''] = /^\{(\d+)(,?)(\d*)/.exec(repetition) ?? []
  if (comma === '') return [Number(least), Number(least)]
  return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)]
}
