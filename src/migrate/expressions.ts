import { filterNamed, testNamed } from '../filters/index.ts'
import type { Arguments, Call, Comparison, Expression, Filter, Test } from '../jinja/ast.ts'
import { globalNames } from '../jinja/globals.ts'
import { partsOf } from '../jinja/walk.ts'
import { filterHelpers } from '../template/helpers/filters.ts'
import { helpers } from '../template/helpers/index.ts'
import { Float } from '../values/float.ts'
import { Left } from './left.ts'
import type { Names } from './names.ts'
import type { Aspect, Prover } from './prover.ts'
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
/** Tests that are helpers of Handlebars. */
const TESTS: Readonly<Record<string, string>> = {
  succeeded: 'succeeded',
  success: 'succeeded',
  successful: 'succeeded',
  failed: 'failed',
  failure: 'failed',
  changed: 'changed',
  change: 'changed',
  skipped: 'skipped',
  skip: 'skipped',
  match: 'match',
  search: 'search',
  contains: 'contains',
  in: 'in',
  eq: 'eq',
  equalto: 'eq',
  '==': 'eq',
  ne: 'ne',
}
const LOOKUPS = ['lookup', 'query', 'q']

/**
 * Writes expressions of Jinja in Handlebars. Where there are several ways, the choices say which; whether what comes out
 * means the same is not known here. Raises Left for what has no counterpart.
 */
export class ExpressionWriter {
  readonly #text: string
  readonly #prover: Prover
  readonly #names: Names

  constructor(text: string, prover: Prover) {
    this.#text = text
    this.#prover = prover
    this.#names = prover.names
  }

  /** The first of several ways to write something that means the same. */
  #among(node: Expression, aspect: Aspect, ways: readonly Written[]): Written {
    return this.#prover.first(node, aspect, ways)
  }

  /** An expression as a part of a text. */
  printed(node: Expression): Written {
    if (node.kind === 'literal' && typeof node.value === 'string') return this.value(node)
    const value = this.value(node)
    if (isText(node)) return value
    return this.#among(node, 'text', [
      value,
      call('ternary', [value, plain('"True"'), plain('"False"')]),
      call('ansible.builtin.string', [value]),
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
        this.#lazy(node.yes, node.no)
        return call('ternary', [this.truth(node.condition), this.truth(node.yes), this.truth(node.no)])
    }
    const value = this.value(node)
    if (isBoolean(node)) return value
    return this.#among(node, 'truth', [value, call('test', [value, plain('"truthy"')])])
  }

  #chain(node: Expression, kind: 'and' | 'or'): Written[] {
    if (node.kind !== kind) return [this.truth(node)]
    this.#lazy(node.right)
    return [...this.#chain(node.left, kind), ...this.#chain(node.right, kind)]
  }

  #not(node: Unary): Written {
    const { of } = node
    if (of.kind === 'test' && ['defined', 'undefined'].includes(baseName(of.name)))
      return this.#defined(of, baseName(of.name) === 'undefined')
    if (isBoolean(of) || of.kind === 'and' || of.kind === 'or') return call('not', [this.truth(of)])
    const value = this.value(of)
    return this.#among(node, 'value', [call('not', [value]), call('test', [value, plain('"falsy"')])])
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
        return this.#member(node, node.of, node.name)
      case 'item':
        return this.#item(node)
      case 'slice':
        throw new Left('a slice is left', node)
      case 'call':
        return this.#call(node)
      case 'filter':
        return this.#filter(node)
      case 'test':
        return this.#test(node)
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
    return this.#among(node, 'items', [list, call('ansible.builtin.list', [list])])
  }

  /** The map of which a loop takes the names and values: that of `of`, which is `map.items()`. */
  pairs(of: Expression, map: Expression): Written {
    return this.#among(of, 'pairs', [this.value(map)])
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
    return this.#among(node, 'value', [call('concat', parts.map(({ value }) => value)), call('concat', exact)])
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

  #member(node: Expression, of: Expression, name: string): Written {
    if (of.kind === 'name' && of.name === 'loop' && this.#names.loop !== undefined)
      return this.#loop(node, name, this.#names.loop.list)
    const host = this.#hostOf(of)
    if (host !== undefined) return call('hostvar', [host, quoted(name, '"', node)])
    const base = this.value(of)
    const part = segment(name)
    if (!base.isCall && !/^["'\d-]|^(?:true|false|null)$/.test(base.text) && part !== undefined)
      return plain(`${base.text}.${part}`)
    return call('ansible.builtin.extract', [quoted(name, '"', node), base])
  }

  /** The host of `hostvars[host]`. */
  #hostOf(node: Expression): Written | undefined {
    if (node.kind !== 'item' || node.of.kind !== 'name' || node.of.name !== 'hostvars') return undefined
    return this.value(node.index)
  }

  #item(node: Expression & { kind: 'item' }): Written {
    const { of, index } = node
    if (index.kind === 'slice') return this.#slice(node, index)
    if (index.kind === 'literal' && typeof index.value === 'string') return this.#member(node, of, index.value)
    const host = this.#hostOf(of)
    if (host !== undefined) return call('hostvar', [host, this.value(index)])
    const base = this.value(of)
    const key = this.value(index)
    const exact = call('ansible.builtin.extract', [key, base])
    if (!/^-?\d+$/.test(key.text)) return exact
    const inPath = !base.isCall && !key.text.startsWith('-')
    return this.#among(node, 'value', [
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
    return this.#among(node, 'value', [call('slice', [this.value(node.of), ...bounds])])
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
    this.#lazy(...chain.slice(1))
    const [a, b] = [this.value(left), this.value(right)]
    return this.#among(node, 'value', [
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
    this.#lazy(node.yes, node.no)
    const no = node.no === undefined ? plain('""') : this.value(node.no)
    return call('ternary', [this.truth(node.condition), this.value(node.yes), no])
  }

  #binary(node: Expression & { kind: 'binary' }): Written {
    const { operator, left, right } = node
    if (operator === '%' && left.kind === 'literal' && typeof left.value === 'string') {
      const values = right.kind === 'tuple' ? right.items : [right]
      const made = call('format', [this.value(left), ...values.map((value) => this.value(value))])
      return this.#among(node, 'value', [made])
    }
    const [a, b] = [this.value(left), this.value(right)]
    if (operator === '+') {
      return this.#among(node, 'value', [
        call('add', [a, b]),
        call('concat', [a, b]),
        call('flatten', [call('list', [a, b]), plain('1')]),
      ])
    }
    const name = ARITHMETIC[operator]
    if (name === undefined) throw new Left(`${operator} has no counterpart in Handlebars`, node)
    return this.#among(node, 'value', [call(name, [a, b])])
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
    return this.#among(pair, 'value', operator === 'not in' ? ways.map((way) => call('not', [way])) : ways)
  }

  #call(node: Call): Written {
    const { of } = node
    if (of.kind === 'name') return this.#function(node, of.name)
    if (of.kind === 'attribute') return this.#method(node, of.of, of.name)
    throw new Left('this call has no counterpart in Handlebars', node)
  }

  #function(node: Call, name: string): Written {
    const [first] = node.args
    if (LOOKUPS.includes(name)) {
      if (first?.kind !== 'literal' || typeof first.value !== 'string')
        throw new Left('a lookup of Handlebars is named outright', node)
      return this.#called(name === 'lookup' ? 'lookup' : 'query', undefined, node)
    }
    if (name === 'range' && node.named.length === 0) {
      const bounds = node.args.length === 1 ? [plain('0')] : []
      return call('range', [...bounds, ...this.#positional(node)])
    }
    if (name === 'dict' && node.args.length === 0) return this.#called('dict', undefined, node)
    throw new Left(`${name}() has no counterpart in Handlebars`, node)
  }

  #method(node: Call, of: Expression, name: string): Written {
    return this.#among(node, 'value', [this.#asHelper(node, of, name)])
  }

  #asHelper(node: Call, of: Expression, name: string): Written {
    const { args } = node
    if (node.named.length > 0 || node.rest !== undefined || node.restNamed !== undefined)
      throw new Left(`.${name}() with such arguments is left`, node)
    const on = () => this.value(of)
    const [first, second] = args
    switch (`${name} ${args.length}`) {
      case 'keys 0':
      case 'values 0':
        return call(name, [on()])
      case 'lower 0':
      case 'upper 0':
      case 'capitalize 0':
      case 'title 0':
        return call(name, [on()])
      case 'strip 0':
        return call('trim', [on()])
      case 'splitlines 0':
        return call('lines', [on()])
      case 'split 0':
      case 'split 1':
      case 'replace 2':
        return call(name, [on(), ...args.map((arg) => this.value(arg))])
      case 'join 1':
        return call('join', [this.value(first!), on()])
      case 'get 1':
      case 'get 2':
        return this.#get(node, of, first!, second)
      case 'startswith 1':
      case 'endswith 1':
        return this.#affix(node, of, name === 'startswith', first!)
      default:
        throw new Left(`.${name}() has no counterpart in Handlebars`, node)
    }
  }

  #get(node: Call, of: Expression, key: Expression, fallback: Expression | undefined): Written {
    if (key.kind !== 'literal' || typeof key.value !== 'string')
      throw new Left('.get() with a name that is computed is left', node)
    this.#lazy(fallback)
    const other = fallback === undefined ? plain('null') : this.value(fallback)
    return call('default', [this.#member(node, of, key.value), other])
  }

  #affix(node: Call, of: Expression, isStart: boolean, affix: Expression): Written {
    if (affix.kind !== 'literal' || typeof affix.value !== 'string' || !/^[\w /:@,;=#-]*$/.test(affix.value))
      throw new Left('such an argument is left', node)
    const pattern = isStart ? affix.value : `${affix.value}\\Z`
    return call(isStart ? 'match' : 'search', [this.value(of), quoted(pattern, '"', node)])
  }

  #filter(node: Filter): Written {
    const { name } = node
    const of = node.of!
    const base = baseName(name)
    if (base === 'default' || base === 'd') return this.#default(node, of)
    if (filterNamed(name) === undefined)
      throw new Left(`there is no filter "${name}" here; a plugin in Python is not run`, node)
    const value = this.#filtered(of)
    const isBuiltin = name === base || name.startsWith('ansible.')
    const exact = this.#called(isBuiltin ? `ansible.builtin.${base}` : name, value, node)
    if (!isBuiltin) return exact
    if (isFilter(base)) return this.#called(base, value, node)
    const isShort = node.named.length === 0 && base !== 'list'
    return this.#among(node, 'value', [
      ...(base === 'list' && node.args.length === 0 ? [value] : []),
      ...(isShort ? [this.#called(base, value, node)] : []),
      exact,
    ])
  }

  #filtered(of: Expression): Written {
    return of.kind === 'tuple' ? this.items(of) : this.value(of)
  }

  #default(node: Filter, of: Expression): Written {
    const named = new Map(node.named.map((one) => [one.name, one.value]))
    if (node.rest !== undefined || node.restNamed !== undefined)
      throw new Left('default with such arguments is left', node)
    const other = node.args[0] ?? named.get('default_value')
    const strict = node.args[1] ?? named.get('boolean')
    this.#lazy(other)
    const fallback = other === undefined ? plain('""') : this.value(other)
    const value = this.value(of)
    if (strict === undefined || (strict.kind === 'literal' && strict.value === false))
      return this.#among(node, 'value', [call('default', [value, fallback])])
    if (strict.kind !== 'literal') throw new Left('default with a second argument that is computed is left', node)
    return this.#among(node, 'value', [
      call('or', [call('default', [value, plain('null')]), fallback]),
      call('ansible.builtin.default', [call('default', [value, plain('""')]), fallback, plain('true')]),
    ])
  }

  #test(node: Test): Written {
    const base = baseName(node.name)
    if (base === 'defined' || base === 'undefined') return this.#defined(node, base === 'defined')
    if (testNamed(node.name) === undefined)
      throw new Left(`there is no test "${node.name}" here; a plugin in Python is not run`, node)
    if (node.rest !== undefined || node.restNamed !== undefined)
      throw new Left('a test with such arguments is left', node)
    const value = this.#filtered(node.of)
    const args = node.args.map((arg) => this.items(arg))
    const named = node.named.map((one) => ({ name: one.name, value: this.value(one.value) }))
    const name = node.name.startsWith('ansible.builtin.') ? base : node.name
    const exact = call('test', [value, plain(`"${name}"`), ...args], named)
    const short = base === node.name && named.length === 0 ? TESTS[base] : undefined
    if (base === 'none') return this.#among(node, 'value', [call('eq', [value, plain('null')]), exact])
    if (short === undefined) return exact
    return this.#among(node, 'value', [call(short, [value, ...args]), exact])
  }

  #defined({ of }: Test, wanted: boolean): Written {
    return call(wanted ? 'defined' : 'undefined', [this.value(of)])
  }

  #called(name: string, value: Written | undefined, given: Arguments & Expression): Written {
    const named = given.named.map((one) => ({ name: one.name, value: this.value(one.value) }))
    return call(name, [...(value === undefined ? [] : [value]), ...this.#positional(given)], named)
  }

  #positional(given: Arguments & Expression): Written[] {
    if (given.rest !== undefined || given.restNamed !== undefined)
      throw new Left('* and ** before arguments have no counterpart in Handlebars', given)
    return given.args.map((arg) => this.items(arg))
  }

  /** What Jinja evaluates only where it is needed, and Handlebars always. */
  #lazy(...nodes: readonly (Expression | undefined)[]): void {
    for (const node of nodes) {
      for (const part of partsOf(node)) {
        const { kind, of } = part as Call
        if (kind === 'call' && of.kind === 'name' && LOOKUPS.includes(of.name))
          throw new Left('Handlebars would look this up even where it is not needed', part as Call)
      }
    }
  }
}

const filterSet = new Set(filterHelpers)

/** Whether the helper of a name is the filter of that name. */
function isFilter(name: string): boolean {
  return filterSet.has(helpers.get(name)!)
}

/** The name of a filter or test of ansible.builtin without its collection. */
function baseName(name: string): string {
  return name.replace(/^ansible\.(?:builtin|legacy)\./, '')
}

const TEXTS = ['string', 'lower', 'upper', 'join', 'basename', 'dirname', 'regex_replace', 'replace', 'quote']

/** Whether an expression is a text whatever its variables are. */
function isText(node: Expression): boolean {
  if (node.kind === 'literal') return typeof node.value === 'string'
  return node.kind === 'concat' || (node.kind === 'filter' && TEXTS.includes(baseName(node.name)))
}

/** What is joined by one operator: `a or b or c`. */
function operandsOf(node: Expression, kind: 'and' | 'or'): Expression[] {
  return node.kind === kind ? [...operandsOf(node.left, kind), ...operandsOf(node.right, kind)] : [node]
}

/** Whether an expression is true or false whatever its variables are. */
function isBoolean(node: Expression): boolean {
  if (node.kind === 'literal') return typeof node.value === 'boolean'
  if (node.kind === 'and' || node.kind === 'or') return isBoolean(node.left) && isBoolean(node.right)
  return ['compare', 'test', 'not'].includes(node.kind)
}
