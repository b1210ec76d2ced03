import { isMap } from '../../../values/value.ts'
import type { Row } from '../iproute2.ts'
import { count, microseconds, sixDigits, type Unit } from '../tc-units.ts'

/** A parameter in its unit; texts are lists of numbers. */
export type Amount = number | boolean | string
export type Amounts = Readonly<Record<string, Amount>>

/** One parameter of a kind of qdisc: how to read, see, compare and say it. */
export interface Parameter {
  /** What was written, in the unit in which it is compared; undefined for what is no such thing. */
  read(written: unknown): Amount | undefined
  /** What `read` takes, for a sentence. */
  readonly is: string
  show(amount: Amount): string | number | boolean
  /** As tc shows it among a qdisc's options. */
  current(options: Row): Amount | undefined
  /** As tc will show what was asked for, where the kernel keeps it in units of its own. */
  shown?(asked: Amount): Amount
  /** Whether a qdisc with these options is as asked, where that takes more than what tc shows of this one. */
  same?(asked: Amount, all: Amounts, options: Row): boolean
  words(amount: Amount, all: Amounts): string[]
  /** What is to be said again so that it stays as tc shows it. */
  again?(current: Amount): Amount
  /** What it is without being told, where the kernel does not leave it alone. */
  unsaid?(asked: Amounts): Amount
  /** Whether a change between these takes a new qdisc. */
  fixed(before: Amount | undefined, after: Amount): boolean
}

export type Parameters = Readonly<Record<string, Parameter>>

interface How {
  /** Its name among the options that tc shows, and in an object of that name. */
  readonly key?: string
  readonly inside?: string
  /** What tc says by leaving it out. */
  readonly absent?: Amount
}

/** An amount in a unit, said as `word amount`. */
export function amount(
  word: string,
  unit: Unit,
  { key = word, inside, absent }: How = {},
  changes: Partial<Parameter> = {},
): Parameter {
  return {
    read: (written) => unit.read(String(written)),
    is: unit.is,
    show: (value) => unit.show(Number(value)),
    current: (options) => {
      const value = within(options, inside)?.[key]
      return value === undefined ? absent : Number(value)
    },
    words: (value) => [word, String(unit.show(Number(value)))],
    fixed: () => false,
    ...changes,
  }
}

export function within(options: Row, inside: string | undefined): Row | undefined {
  if (inside === undefined) return options
  const found = options[inside]
  return isMap(found) ? found : undefined
}

/** `word`, or `noword`; tc shows it as true, or not at all. */
export function flag(word: string, absent: boolean, changes: Partial<Parameter> = {}): Parameter {
  return {
    read: (written) => (typeof written === 'boolean' ? written : undefined),
    is: 'true or false',
    show: (value) => value,
    current: (options) => (options[word] === undefined ? absent : options[word] !== false),
    words: (value) => [value ? word : `no${word}`],
    fixed: () => false,
    ...changes,
  }
}

/** A time that CoDel keeps in units of 1024 ns. */
export function codelTime(word: string): Parameter {
  return amount(
    word,
    microseconds,
    {},
    {
      shown: (asked) => Math.floor((Math.floor((Number(asked) * 1000) / 1024) * 1024) / 1000),
      again: (current) => Number(current) + 1,
    },
  )
}

export function packets(word: string): Parameter {
  return amount(word, count)
}

/** A share of 1 as tc shows it, as a percentage of six digits. */
export function percentage(share: unknown): number {
  return sixDigits(Number(share) * 100)
}
