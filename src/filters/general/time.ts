import { str } from '../../python/text.ts'
import { Float } from '../../values/float.ts'
import { didYouMean } from '../../values/problem.ts'
import { type Callable, filter, type Named } from '../define.ts'
import { number, text } from '../given.ts'
import { roundTo } from '../round.ts'

/** Milliseconds of each unit; of months and years it is days that can be said otherwise. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

const LONG: Readonly<Record<string, string>> = {
  millisecond: 'ms',
  msec: 'ms',
  ms: 'ms',
  second: 's',
  sec: 's',
  s: 's',
  minute: 'm',
  min: 'm',
  m: 'm',
  hour: 'h',
  h: 'h',
  day: 'd',
  d: 'd',
  week: 'w',
  w: 'w',
  month: 'mo',
  mo: 'mo',
  year: 'y',
  y: 'y',
}

const PLURALS = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'years'] as const

/** Lengths of time such as "1h 30m" in one unit. */
export const timeFilters: readonly Callable[] = [
  filter(
    'to_time_unit',
    [{ unit: 'ms' }, '**kwargs'],
    'A length of time such as "1h 30m" in a unit.',
    (value: unknown, unit: unknown, named: Named) => timeIn(text(value), text(unit), named),
  ),
  ...PLURALS.map((name) =>
    filter(
      `to_${name}`,
      ['**kwargs'],
      `A length of time such as "1h 30m" in ${name}.`,
      (value: unknown, named: Named) => timeIn(text(value), name, named),
    ),
  ),
]

function timeIn(value: string, unit: string, { year = 365, month = 30, ...rest }: Named): unknown {
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw new Error(`lengths of time know year and month, and not "${unknown}"`)
  if (value === '0') return 0
  const lengths: Record<string, number> = { ...UNITS, mo: UNITS.d * number(month), y: UNITS.d * number(year) }
  const lengthOf = (name: string) => {
    const found = lengths[LONG[name.replace(/s+$/, '')] ?? name]
    if (found !== undefined) return found
    throw new Error(
      `"${str(name)}" is no unit of time; ${didYouMean(name, Object.keys(LONG)) ?? 'take ms, s, m, h, d, w, mo or y'}`,
    )
  }
  const total = value
    .split(/\s+/)
    .filter((part) => part !== '')
    .reduce((sum, part) => {
      const [, count, name] = /^(-?\d+)(\w+)/.exec(part) ?? []
      if (count === undefined) throw new Error(`"${value}" is no length of time; write it as in "1h 30m"`)
      return sum + Number(count) * lengthOf(name!)
    }, 0)
  return roundTo(Float.of(total / lengthOf(unit)), 12)
}
