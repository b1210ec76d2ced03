import type { Expression, Statement } from '../jinja/ast.ts'
import { partsOf } from '../jinja/walk.ts'
import { Float } from '../values/float.ts'
import type { Value, ValueMap } from '../values/value.ts'
import type { Need } from './needs.ts'
import { fieldOf, type Shape, UNKNOWN, type ValueKind } from './shape.ts'

/** Texts that count as false in one language, look like a number, and such. */
const TEXTS = [
  'Server version: Apache/2.4.52 (Ubuntu-x_1) a,b;c=d:e',
  'no',
  'false',
  '0',
  '1',
  'yes',
  '10',
  'Ab c',
  'a/b.c',
  '1.5',
  ' x',
]
const NUMBERS = [0, 1, 2, -1, 10, 443]
const NAMES = ['abc', 'b']

/** Makes variables of which a template is tried. Always the same ones for the same template. */
export class Samples {
  readonly #needs: ReadonlyMap<string, Need>
  readonly #shapeOf: (name: string) => Shape
  readonly #texts: readonly string[]
  readonly #numbers: readonly number[]
  readonly #careless: number
  #seed = 20_240_229
  /** The texts and numbers of the present variables: others are made like them, so that some are equal. */
  #made: (string | number)[] = []

  /** `careless`: how often what is not known is missing or of a strange kind, from 0 to 1. */
  constructor(
    root: readonly (Expression | Statement)[],
    needs: ReadonlyMap<string, Need>,
    shapeOf: (name: string) => Shape,
    careless: number,
  ) {
    this.#needs = needs
    this.#shapeOf = shapeOf
    this.#careless = careless
    const literals = [...partsOf(root)].flatMap((part) => {
      const { kind, value } = part as { kind: string; value?: unknown }
      return kind === 'literal' ? [value] : []
    })
    const texts = literals.filter((value) => typeof value === 'string')
    const numbers = literals.filter((value) => typeof value === 'number')
    this.#texts = [...texts, ...texts.map((text) => `x ${text} y`), ...numbers.map(String), ...TEXTS]
    const written = texts.map(Number).filter((number) => Number.isSafeInteger(number))
    this.#numbers = [...numbers, ...numbers.map((number) => number + 1), ...written, ...NUMBERS]
  }

  next(): ValueMap {
    this.#made = []
    const made: ValueMap = {}
    for (const [name, need] of this.#needs) {
      const value = this.#value(this.#shapeOf(name), need, 0)
      if (value !== undefined) made[name] = value
    }
    return made
  }

  #value(of: Shape, need: Need | undefined, depth: number): Value | undefined {
    if (of.mayBeMissing && this.#chance() < (of.kinds === undefined ? 0.5 : 1) * this.#careless * 0.5)
      return undefined
    if (of.mayBeNull && this.#chance() < 0.25) return null
    return this.#ofKind(this.#kind(of, need, depth), of, need, depth)
  }

  #kind(of: Shape, need: Need | undefined, depth: number): ValueKind {
    // An empty list stands for what is to be filled in, whatever that is.
    const isEmpty = of.kinds?.size === 1 && of.kinds.has('list') && of.items === undefined
    if (isEmpty && (need?.fields.size ?? 0) > 0) return this.#one(['list', 'map', 'map'])
    if (of.kinds !== undefined) return this.#one([...of.kinds])
    if (need?.like !== undefined) return need.like
    const wanted: ValueKind[] = []
    if (need?.items !== undefined && !need.isMap) wanted.push('list')
    if (need !== undefined && (need.isMap || need.fields.size > 0)) wanted.push('map')
    if (wanted.length === 0 && need?.isText) wanted.push('text')
    if (wanted.length === 0 && need?.isNumber) wanted.push('number')
    if (wanted.length > 0 && this.#chance() >= this.#careless) return this.#one(wanted)
    if (depth > 3) return 'text'
    return this.#one(['text', 'text', 'number', 'float', 'boolean', 'list', 'map'])
  }

  #ofKind(kind: ValueKind, of: Shape, need: Need | undefined, depth: number): Value {
    switch (kind) {
      case 'text':
        return (
          this.#alike('string') ??
          this.#noted([...of.seen.filter((one) => typeof one === 'string'), ...this.#texts])
        )
      case 'number':
        return (
          this.#alike('number') ??
          this.#noted([...of.seen.filter((one) => typeof one === 'number'), ...this.#numbers])
        )
      case 'float':
        return this.#one<Value>([1.5, new Float(2), 0.25])
      case 'boolean':
        return this.#chance() < 0.5
      case 'null':
        return null
      case 'list': {
        const inner = of.items ?? UNKNOWN
        const length = this.#one([0, 1, 1, 2, 3])
        return Array.from({ length }, () => this.#value(inner, need?.items, depth + 1) ?? 'abc')
      }
      case 'map':
        return this.#map(of, need, depth)
    }
  }

  #map(of: Shape, need: Need | undefined, depth: number): ValueMap {
    const made: ValueMap = {}
    const names = new Set(need?.fields.keys() ?? [])
    for (const name of names) {
      const value = this.#value(fieldOf(of, name), need?.fields.get(name), depth + 1)
      if (value !== undefined) made[name] = value
    }
    if (need?.isMap || names.size === 0) {
      for (const name of this.#one([NAMES, NAMES.slice(1), []])) {
        made[name] ??= this.#value(of.items ?? UNKNOWN, need?.items, depth + 1) ?? 'abc'
      }
    }
    return made
  }

  #noted<T extends string | number>(from: readonly T[]): T {
    const value = this.#one(from)
    this.#made.push(value)
    return value
  }

  /** One of the values before, as a text or a number. */
  #alike(as: 'string' | 'number'): string | number | undefined {
    if (this.#made.length === 0 || this.#chance() > 0.35) return undefined
    const other = this.#one(this.#made)
    if (as === 'string') return String(other)
    return Number.isSafeInteger(Number(other)) ? Number(other) : undefined
  }

  #one<T>(from: readonly T[]): T {
    return from[Math.floor(this.#chance() * from.length)]!
  }

  /** From 0 up to 1; a linear congruential generator (Numerical Recipes, 7.1). */
  #chance(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    return this.#seed / 4_294_967_296
  }
}
