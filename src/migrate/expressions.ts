import type { Comparison, Expression } from '../jinja/ast.ts'
import { globalNames } from '../jinja/globals.ts'
import { partsOf } from '../jinja/walk.ts'
import { Float } from '../values/float.ts'
import { calledWith, isLookup } from './calls.ts'
import { defined, filtered, tested } from './filters.ts'
import { Left } from './left.ts'
import type { Names } from './names.ts'
import type { Aspect, Prover } from './prover.ts'
import { baseName, isBoolean, isText, operandsOf } from './results.ts'
import { shapeOfExpression } from './shape-of.ts'
import type { Writer } from './writer.ts'
import { call, plain, quoted, segment, type Written } from './written.ts'

type Unary = Extract<Expression, { kind: 'not' | 'negative' | 'positive' }>

/** Words that mean something of their own in Handlebars. */
const RESERVED = ['this', 'else', 'as']
const COMPARISONS: Readonly<Record<Comparison, string>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  in: 'in',
  'not in': 'in',
}
const ARITHMETIC: Readonly<Record<string, string>> = { '-': 'sub', '*': 'mul', '/': 'div', '%': 'mod' }

/**
 * Writes expressions of Jinja in Handlebars, in the nicest way of which the prover finds that it means the same. Raises
 * Left for what has no counterpart.
 */
export class ExpressionWriter implements Writer {
  readonly #text: string
  readonly #prover: Prover
  readonly #names: Names

  constructor(text: string, prover: Prover) {
    this.#text = text
    this.#prover = prover
    this.#names = prover.names
  }

  /** The first of several ways to write something that means the same. */
  among(node: Expression, aspect: Aspect, ways: readonly Written[]): Written {
    return this.#prover.first(node, aspect, ways)
  }

  /** An expression as a part of a text. */
  printed(node: Expression): Written {
    if (node.kind === 'literal' && typeof node.value === 'string') return this.value(node)
    const value = this.value(node)
    if (isText(node)) return value
    const { kinds } = shapeOfExpression(node, this.#names.shapeOf)
    // Handlebars writes them in JSON.
    const isMany = kinds?.has('list') || kinds?.has('map')
    return this.among(node, 'text', [
      ...(isMany ? [] : [value, call('ternary', [value, plain('"True"'), plain('"False"')])]),
      call('ansible.builtin.string', [value]),
      call('ternary', [
        call('eq', [value, plain('null')]),
        plain('""'),
        call('ansible.builtin.string', [value]),
      ]),
    ])
  }

  /** An expression of which only matters whether it counts as true. */
  truth(node: Expression): Written {
    switch (node.kind) {
      case 'and':
      case 'or':
        return call(node.kind, this.#chain(node, node.kind))
      case 'not':
        return this.#not(node)
      case 'choice':
        if (node.no === undefined) break
        this.lazy(node.yes, node.no)
        return call('ternary', [this.truth(node.condition), this.truth(node.yes), this.truth(node.no)])
    }
    const value = this.value(node)
    if (isBoolean(node)) return value
    return this.among(node, 'truth', [value, call('test', [value, plain('"truthy"')])])
  }

  #chain(node: Expression, kind: 'and' | 'or'): Written[] {
    if (node.kind !== kind) return [this.truth(node)]
    this.lazy(node.right)
    return [...this.#chain(node.left, kind), ...this.#chain(node.right, kind)]
  }

  #not(node: Unary): Written {
    const { of } = node
    if (of.kind === 'test' && ['defined', 'undefined'].includes(baseName(of.name)))
      return defined(of, baseName(of.name) === 'undefined', this)
    if (isBoolean(of) || of.kind === 'and' || of.kind === 'or') return call('not', [this.truth(of)])
    const value = this.value(of)
    return this.among(node, 'value', [call('not', [value]), call('test', [value, plain('"falsy"')])])
  }

  value(node: Expression): Written {
    switch (node.kind) {
      case 'literal':
        return this.#literal(node)
      case 'name':
        return this.#name(node.name, node)
      case 'list':
        return call(
          'list',
          node.items.map((item) => this.value(item)),
        )
      case 'tuple':
        throw new Left('a tuple has no counterpart in Handlebars', node)
      case 'dict':
        return this.#dict(node)
      case 'attribute':
        return this.member(node, node.of, node.name)
      case 'item':
        return this.#item(node)
      case 'slice':
        throw new Left('a slice is left', node)
      case 'call':
        return calledWith(node, this)
      case 'filter':
        return filtered(node, this)
      case 'test':
        return tested(node, this)
      case 'not':
        return this.#not(node)
      case 'negative':
        return this.#negative(node)
      case 'positive':
        throw new Left('a plus before a value has no counterpart in Handlebars', node)
      case 'and':
      case 'or':
        return this.#logic(node)
      case 'binary':
        return this.#binary(node)
      case 'concat':
        return this.#concat(node)
      case 'compare':
        return this.#compare(node)
      case 'choice':
        return this.#choice(node)
    }
  }

  /** What a loop goes over. */
  gone(node: Expression): Written {
    const list = this.items(node)
    return this.among(node, 'items', [list, call('ansible.builtin.list', [list])])
  }

  /** The map of which a loop takes the names and values: that of `of`, which is `map.items()`. */
  pairs(of: Expression, map: Expression): Written {
    return this.among(of, 'pairs', [this.value(map)])
  }

  /** What several values are made of: a tuple of Jinja's is a list where only its items matter. */
  items(node: Expression): Written {
    if (node.kind !== 'tuple') return this.value(node)
    return call(
      'list',
      node.items.map((item) => this.value(item)),
    )
  }

  #concat(node: Expression & { kind: 'concat' }): Written {
    const parts = node.parts.map((part) => ({ part, value: this.value(part) }))
    const exact = parts.map(({ part, value }) =>
      isText(part) || part.kind === 'literal' ? value : call('ansible.builtin.string', [value]),
    )
    return this.among(node, 'value', [
      call(
        'concat',
        parts.map(({ value }) => value),
      ),
      call('concat', exact),
    ])
  }

  #literal(node: Expression & { kind: 'literal' }): Written {
    const { value } = node
    if (typeof value === 'string') return quoted(value, this.#text[node.start] ?? '"', node)
    if (value === null || typeof value === 'boolean') return plain(String(value))
    if (typeof value === 'number') return plain(String(value))
    if (value instanceof Float && !Number.isInteger(value.valueOf()) && /^-?\d+\.\d+$/.test(String(value)))
      return plain(String(value))
    throw new Left('such a number cannot be written in Handlebars', node)
  }

  #negative(node: Unary): Written {
    const { of } = node
    if (of.kind === 'literal' && typeof of.value === 'number') return plain(`-${of.value}`)
    return call('sub', [plain('0'), this.value(of)])
  }

  #name(name: string, node: Expression): Written {
    const bound = this.#names.bound.get(name)
    if (bound !== undefined) return 'kind' in bound ? this.value(bound) : bound
    if (name === 'loop' && this.#names.loop !== undefined)
      throw new Left('the loop itself is no value in Handlebars', node)
    if (globalNames.includes(name) || RESERVED.includes(name) || segment(name) !== name)
      throw new Left(`${name} is no variable of Handlebars`, node)
    return plain(this.#names.isInItem ? `@root.${name}` : name)
  }

  #dict(node: Expression & { kind: 'dict' }): Written {
    const named = node.pairs.map(([key, value]) => {
      if (key.kind !== 'literal' || typeof key.value !== 'string' || segment(key.value) !== key.value)
        throw new Left('a map of Handlebars has plain words as its names', key)
      return { name: key.value, value: this.value(value) }
    })
    return call('dict', [], named)
  }

  member(node: Expression, of: Expression, name: string): Written {
    if (of.kind === 'name' && of.name === 'loop' && this.#names.loop !== undefined)
      return this.#loop(node, name, this.#names.loop.list)
    const host = this.#hostOf(of)
    if (host !== undefined) return this.#hostVariable(node, host, quoted(name, '"', node))
    const base = this.value(of)
    const part = segment(name)
    if (!base.isCall && !/^["'\d-]|^(?:true|false|null)$/.test(base.text) && part !== undefined)
      return plain(`${base.text}.${part}`)
    return call('ansible.builtin.extract', [quoted(name, '"', node), base])
  }

  #hostVariable(node: Expression, host: Written, name: Written): Written {
    const all = plain(this.#names.isInItem ? '@root.hostvars' : 'hostvars')
    return this.among(node, 'value', [
      call('hostvar', [host, name]),
      call('ansible.builtin.extract', [host, all, name]),
    ])
  }

  /** The host of `hostvars[host]`. */
  #hostOf(node: Expression): Written | undefined {
    if (node.kind !== 'item' || node.of.kind !== 'name' || node.of.name !== 'hostvars') return undefined
    return this.value(node.index)
  }

  #item(node: Expression & { kind: 'item' }): Written {
    const { of, index } = node
    if (index.kind === 'slice') return this.#slice(node, index)
    if (index.kind === 'literal' && typeof index.value === 'string') return this.member(node, of, index.value)
    const host = this.#hostOf(of)
    if (host !== undefined) return this.#hostVariable(node, host, this.value(index))
    const base = this.value(of)
    const key = this.value(index)
    const exact = call('ansible.builtin.extract', [key, base])
    if (!/^-?\d+$/.test(key.text)) return exact
    const inPath = !base.isCall && !key.text.startsWith('-')
    return this.among(node, 'value', [
      ...(inPath ? [plain(`${base.text}.[${key.text}]`)] : []),
      call('at', [base, key]),
      exact,
    ])
  }

  #slice(node: Expression & { kind: 'item' }, { from, to, step }: Expression & { kind: 'slice' }): Written {
    if (step !== undefined) throw new Left('a slice with a step has no counterpart in Handlebars', node)
    const bounds = [
      from === undefined ? plain('0') : this.value(from),
      ...(to === undefined ? [] : [this.value(to)]),
    ]
    return this.among(node, 'value', [call('slice', [this.value(node.of), ...bounds])])
  }

  #loop(node: Expression, name: string, list: Expression): Written {
    const index = plain('@index')
    const length = () => call('length', [this.items(list)])
    switch (name) {
      case 'index':
        return call('add', [index, plain('1')])
      case 'index0':
        return index
      case 'first':
        return plain('@first')
      case 'last':
        return plain('@last')
      case 'length':
        return length()
      case 'revindex':
        return call('sub', [length(), index])
      case 'revindex0':
        return call('sub', [call('sub', [length(), index]), plain('1')])
      default:
        throw new Left(`loop.${name} has no counterpart in Handlebars`, node)
    }
  }

  #logic(node: Expression & { kind: 'and' | 'or' }): Written {
    const { kind, left, right } = node
    if (isBoolean(left) && isBoolean(right)) return call(kind, this.#chain(node, kind))
    const chain = operandsOf(node, kind)
    this.lazy(...chain.slice(1))
    const [a, b] = [this.value(left), this.value(right)]
    return this.among(node, 'value', [
      call(
        kind,
        chain.map((one) => this.value(one)),
      ),
      kind === 'or'
        ? call('ansible.builtin.default', [a, b, plain('true')])
        : call('ternary', [call('test', [a, plain('"truthy"')]), b, a]),
    ])
  }

  #choice(node: Expression & { kind: 'choice' }): Written {
    this.lazy(node.yes, node.no)
    const no = node.no === undefined ? plain('""') : this.value(node.no)
    return call('ternary', [this.truth(node.condition), this.value(node.yes), no])
  }

  #binary(node: Expression & { kind: 'binary' }): Written {
    const { operator, left, right } = node
    if (operator === '%' && left.kind === 'literal' && typeof left.value === 'string') {
      const values = right.kind === 'tuple' ? right.items : [right]
      const made = call('format', [this.value(left), ...values.map((value) => this.value(value))])
      return this.among(node, 'value', [made])
    }
    const [a, b] = [this.value(left), this.value(right)]
    if (operator === '+') {
      return this.among(node, 'value', [
        call('add', [a, b]),
        call('concat', [a, b]),
        call('flatten', [call('list', [a, b]), plain('1')]),
      ])
    }
    const name = ARITHMETIC[operator]
    if (name === undefined) throw new Left(`${operator} has no counterpart in Handlebars`, node)
    return this.among(node, 'value', [call(name, [a, b])])
  }

  #compare({ first, others }: Expression & { kind: 'compare' }): Written {
    const pairs = others.map(({ operator, right }, index) => {
      const left = index === 0 ? first : others[index - 1]!.right
      return this.#comparison(left, operator, right)
    })
    return pairs.length === 1 ? pairs[0]! : call('and', pairs)
  }

  #comparison(left: Expression, operator: Comparison, right: Expression): Written {
    const name = COMPARISONS[operator]
    const [a, b] = [this.value(left), operator.endsWith('in') ? this.items(right) : this.value(right)]
    const ways = [call(name, [a, b]), call('test', [a, plain(`"${name}"`), b])]
    const place = { start: left.start, end: right.end }
    const pair: Expression = { kind: 'compare', first: left, others: [{ operator, right }], ...place }
    return this.among(pair, 'value', operator === 'not in' ? ways.map((way) => call('not', [way])) : ways)
  }

  /** What Jinja evaluates only where it is needed, and Handlebars always. */
  lazy(...nodes: readonly (Expression | undefined)[]): void {
    for (const node of nodes) {
      for (const part of partsOf(node)) {
        const { kind, of } = part as Expression & { of: Expression }
        if (kind === 'call' && isLookup(of))
          throw new Left('Handlebars would look this up even where it is not needed', part as Expression)
      }
    }
  }
}
