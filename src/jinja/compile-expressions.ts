import { filterNamed, testNamed } from '../filters/index.ts'
import { negate, positive } from '../python/arithmetic.ts'
import { keyOf } from '../python/equality.ts'
import { sliceOf } from '../python/slices.ts'
import { str } from '../python/text.ts'
import { Tuple } from '../python/tuple.ts'
import type { Undefined } from '../python/undefined.ts'
import { mapOf } from '../values/keys.ts'
import { isTrue, NoElse } from './absent.ts'
import type { Arguments, Call, Expression, Filter, Name, Test } from './ast.ts'
import { selfOf } from './blocks.ts'
import { applied, type Given, givenArguments, invoke } from './calls.ts'
import type { Evaluate } from './code.ts'
import { attributeOf, elementOf, methodNamed } from './members.ts'
import { missingPart } from './missing-parts.ts'
import type { Named } from './opaque.ts'
import { BINARY, COMPARISONS } from './operators.ts'
import type { Frame } from './run.ts'
import type { Scope } from './scopes.ts'
import { failing, unknownFilter, unknownTest } from './unknown-calls.ts'

type Kind<K extends Expression['kind']> = Expression & { readonly kind: K }

/** The name under which the text of a filter block is kept; no template can write it. */
export const FILTERED = '|'

/** Makes functions of expressions. */
export class ExpressionCompiler {
  readonly #text: string
  /** The names looked for outside of the template, numbered. */
  readonly #outside = new Map<string, number>()

  constructor(text: string) {
    this.#text = text
  }

  expression(node: Expression, scope: Scope): Evaluate {
    switch (node.kind) {
      case 'literal': {
        const { value } = node
        return () => value
      }
      case 'name':
        return this.#name(node, scope)
      case 'tuple': {
        const items = this.#all(node.items, scope)
        return (frame) => Tuple.make(items.map((item) => item(frame)))
      }
      case 'list': {
        const items = this.#all(node.items, scope)
        return (frame) => items.map((item) => item(frame))
      }
      case 'dict':
        return this.#dict(node, scope)
      case 'attribute':
        return this.#attribute(node, scope)
      case 'item':
        return this.#item(node, scope)
      case 'slice':
        return () => {
          throw new Error('a slice stands in brackets behind a value')
        }
      case 'call':
        return this.call(node, scope)
      case 'filter':
        return this.#filter(node, scope)
      case 'test':
        return this.#test(node, scope)
      case 'not': {
        const of = this.expression(node.of, scope)
        return (frame) => !isTrue(evaluated(of, frame, node))
      }
      case 'negative':
      case 'positive': {
        const of = this.expression(node.of, scope)
        const does = node.kind === 'negative' ? negate : positive
        return (frame) => does(evaluated(of, frame, node))
      }
      case 'and':
      case 'or':
        return this.#logic(node, scope)
      case 'binary': {
        const [left, right] = [this.expression(node.left, scope), this.expression(node.right, scope)]
        const does = BINARY[node.operator]
        return (frame) => {
          const one = left(frame)
          return does(one, evaluated(right, frame, node))
        }
      }
      case 'concat': {
        const parts = this.#all(node.parts, scope)
        return (frame) => parts.reduce((text, part) => text + joined(evaluated(part, frame, node)), '')
      }
      case 'compare':
        return this.#compare(node, scope)
      case 'choice':
        return this.#choice(node, scope)
    }
  }

  #all(nodes: readonly Expression[], scope: Scope): Evaluate[] {
    return nodes.map((node) => this.expression(node, scope))
  }

  #name({ name, start, end }: Name, scope: Scope): Evaluate {
    const homes = scope.homes(name)
    if (homes.length === 0 && name === 'self') return selfOf
    const outside = this.#fromOutside(name, start, end)
    if (homes.length === 0) return outside
    const [{ up, slot }] = homes as [(typeof homes)[0]]
    if (homes.length === 1 && up === 0) {
      return (frame) => {
        const value = frame.slots[slot]
        return value === undefined ? outside(frame) : value
      }
    }
    return (frame) => {
      for (const home of homes) {
        const value = frame.above(home.up).slots[home.slot]
        if (value !== undefined) return value
      }
      return outside(frame)
    }
  }

  #fromOutside(name: string, start: number, end: number): Evaluate {
    let index = this.#outside.get(name)
    if (index === undefined) {
      index = this.#outside.size
      this.#outside.set(name, index)
    }
    const number = index
    return (frame) => {
      const value = frame.instance.outside(name, number)
      return value === undefined ? frame.missingName(name, start, end) : value
    }
  }

  #dict(node: Kind<'dict'>, scope: Scope): Evaluate {
    const pairs = node.pairs.map(
      ([key, value]) => [this.expression(key, scope), this.expression(value, scope)] as const,
    )
    return (frame) =>
      mapOf(pairs.map(([key, value]) => [keyOf(evaluated(key, frame, node)), value(frame)] as const))
  }

  #attribute(node: Kind<'attribute'>, scope: Scope): Evaluate {
    const of = this.expression(node.of, scope)
    const owner = this.#textOf(node.of)
    const { name } = node
    return (frame) => {
      const value = of(frame)
      frame.at = node
      const found = attributeOf(value, name)
      return found === undefined ? missingPart(value, name, owner, node, frame) : found
    }
  }

  #item(node: Kind<'item'>, scope: Scope): Evaluate {
    const of = this.expression(node.of, scope)
    if (node.index.kind === 'slice') return this.#slice(node, of, node.index, scope)
    const index = this.expression(node.index, scope)
    const owner = this.#textOf(node.of)
    return (frame) => {
      const value = of(frame)
      const key = index(frame)
      frame.at = node
      const found = elementOf(value, key)
      return found === undefined ? missingPart(value, key, owner, node, frame) : found
    }
  }

  #slice(node: Kind<'item'>, of: Evaluate, slice: Kind<'slice'>, scope: Scope): Evaluate {
    const [from, to, step] = [slice.from, slice.to, slice.step].map((bound) =>
      bound === undefined ? () => null : this.expression(bound, scope),
    ) as [Evaluate, Evaluate, Evaluate]
    return (frame) => {
      const [value, start, stop] = [of(frame), from(frame), to(frame)]
      return sliceOf(value, start, stop, evaluated(step, frame, node))
    }
  }

  /** `more` gives named arguments beside those that are written. */
  call(node: Call, scope: Scope, more?: (frame: Frame) => Named): Evaluate {
    const given = this.#arguments(node, scope, more)
    const { of } = node
    if (of.kind !== 'attribute') {
      const callee = this.expression(of, scope)
      const what = this.#textOf(of)
      return (frame) => {
        const called = callee(frame)
        const args = given.args(frame)
        return invoke(called, args, evaluated(given.named, frame, node), what)
      }
    }
    const owner = this.expression(of.of, scope)
    const [what, whose, { name }] = [this.#textOf(of), this.#textOf(of.of), of]
    return (frame) => {
      const value = owner(frame)
      const args = given.args(frame)
      const named = evaluated(given.named, frame, node)
      const method = methodNamed(value, name)
      if (method !== undefined) return method(args, named)
      const callee = attributeOf(value, name)
      if (callee === undefined) missingPart(value, name, whose, of, frame).fail()
      return invoke(callee, args, named, what)
    }
  }

  #arguments(node: Arguments, scope: Scope, more?: (frame: Frame) => Named): Given {
    return givenArguments(node, (part) => this.expression(part, scope), more)
  }

  #filter(node: Filter, scope: Scope): Evaluate {
    const filter = filterNamed(node.name)
    if (filter === undefined) return failing(unknownFilter(node)!)
    const given = this.#arguments(node, scope)
    const of = node.of === undefined ? filtered(scope) : this.expression(node.of, scope)
    return applied(filter, of, given, node)
  }

  #test(node: Test, scope: Scope): Evaluate {
    const test = testNamed(node.name)
    if (test === undefined) return failing(unknownTest(node)!)
    const given = this.#arguments(node, scope)
    const of = this.expression(node.of, scope)
    return applied(test, of, given, node)
  }

  #logic(node: Kind<'and' | 'or'>, scope: Scope): Evaluate {
    const [left, right] = [this.expression(node.left, scope), this.expression(node.right, scope)]
    const stops = node.kind === 'or'
    return (frame) => {
      const value = left(frame)
      frame.at = node
      return isTrue(value) === stops ? value : right(frame)
    }
  }

  #compare(node: Kind<'compare'>, scope: Scope): Evaluate {
    const first = this.expression(node.first, scope)
    const others = node.others.map(({ operator, right }) => ({
      holds: COMPARISONS[operator],
      right: this.expression(right, scope),
    }))
    const [{ holds, right }] = others as [(typeof others)[0]]
    if (others.length === 1) {
      return (frame) => {
        const left = first(frame)
        const other = right(frame)
        frame.at = node
        return holds(left, other)
      }
    }
    return (frame) => {
      let left = first(frame)
      for (const other of others) {
        const next = evaluated(other.right, frame, node)
        if (!other.holds(left, next)) return false
        left = next
      }
      return true
    }
  }

  #choice(node: Kind<'choice'>, scope: Scope): Evaluate {
    const condition = this.expression(node.condition, scope)
    const yes = this.expression(node.yes, scope)
    const no = node.no === undefined ? noElse : this.expression(node.no, scope)
    return (frame) => (isTrue(evaluated(condition, frame, node)) ? yes(frame) : no(frame))
  }

  #textOf({ start, end }: Expression): string {
    return this.#text.slice(start, end)
  }
}

function joined(value: unknown): string {
  return value instanceof NoElse ? '' : str(value)
}

/** The last that is needed for a part of a template; what goes wrong from then on is that part's fault. */
function evaluated<R>(last: (frame: Frame) => R, frame: Frame, part: Expression): R {
  const value = last(frame)
  frame.at = part
  return value
}

function noElse(): Undefined {
  return new NoElse()
}

function filtered(scope: Scope): Evaluate {
  const slot = scope.slot(FILTERED)
  return (frame) => frame.slots[slot]
}
