import { type Call, parseJinja, type Tree } from './parse.ts'

/** An expression of Jinja as Handlebars has it; undefined when it is none, or has no counterpart. */
export function fromJinja(text: string): string | undefined {
  const tree = parseJinja(text)
  if (tree === undefined) return undefined
  try {
    return unwrapped(write(tree))
  } catch (error) {
    if (error instanceof NoCounterpart) return undefined
    throw error
  }
}

/** A statement `{% keyword rest %}` as Handlebars has it, or a sentence; undefined when it is no statement. */
export function fromJinjaStatement(keyword: string, rest: string): string | undefined {
  switch (keyword) {
    case 'if':
      return `{{#if ${argument(rest)}}}`
    case 'elif':
      return `{{else if ${argument(rest)}}}`
    case 'else':
      return '{{else}}'
    case 'endif':
      return '{{/if}}'
    case 'for': {
      const [, names, list] = /^(.+?)\sin\s(.+)$/s.exec(rest) ?? []
      if (names === undefined) return '{{#each list as |item|}}'
      const [first, second] = names.split(',').map((name) => name.trim())
      const over = list!.trim()
      const params = second === undefined ? first : `${second} ${first}`
      return `{{#each ${argument(over.endsWith('.items()') ? over.slice(0, -8) : over)} as |${params}|}}`
    }
    case 'endfor':
      return '{{/each}}'
    case 'raw':
      return '{{{{raw}}}}'
    case 'endraw':
      return '{{{{/raw}}}}'
    case 'set':
    case 'macro':
    case 'include':
    case 'import':
    case 'block':
    case 'extends':
    case 'filter':
    case 'call':
      return `templates have no "${keyword}"; put what it makes into a variable`
    default:
      return undefined
  }
}

class NoCounterpart extends Error {}

/** Filters whose helper has another name; the rest are the same word with the value as first argument. */
const FILTERS: Record<string, string> = {
  d: 'default',
  count: 'length',
  dict2items: 'items',
  items2dict: 'from_items',
  combine: 'merge',
  to_nice_yaml: 'to_yaml',
}

const SAME = new Set(
  'default join lower upper trim capitalize replace regex_replace regex_search bool int float string length to_json to_nice_json to_yaml from_json from_yaml b64encode b64decode basename dirname path_join expanduser first last min max sum sort unique reverse flatten union difference intersect quote hash split round abs ternary mandatory zip'.split(
    ' ',
  ),
)

const TESTS: Record<string, string> = {
  defined: 'defined',
  undefined: 'undefined',
  changed: 'changed',
  change: 'changed',
  failed: 'failed',
  failure: 'failed',
  succeeded: 'succeeded',
  success: 'succeeded',
  successful: 'succeeded',
  skipped: 'skipped',
  skip: 'skipped',
  match: 'match',
  search: 'search',
  in: 'in',
  contains: 'contains',
  equalto: 'eq',
  eq: 'eq',
  ne: 'ne',
  gt: 'gt',
  ge: 'ge',
  lt: 'lt',
  le: 'le',
}

const METHODS: Record<string, string> = {
  upper: 'upper',
  lower: 'lower',
  strip: 'trim',
  capitalize: 'capitalize',
  replace: 'replace',
  split: 'split',
  splitlines: 'lines',
  keys: 'keys',
  values: 'values',
  items: 'items',
}

const OPERATORS: Record<string, string> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '~': 'concat',
  in: 'in',
}

/** An expression as an argument: a call in its parentheses. */
function write(tree: Tree): string {
  switch (tree.kind) {
    case 'literal':
      return typeof tree.value === 'string' ? quoted(tree.value) : String(tree.value)
    case 'name':
      return tree.name
    case 'list':
      return call('list', ...tree.items.map(write))
    case 'attribute':
      return writeAttribute(tree.of, tree.name)
    case 'item':
      return tree.index.kind === 'literal'
        ? writeAttribute(tree.of, tree.index.value)
        : call('lookup', write(tree.of), write(tree.index))
    case 'not':
      return writeNot(tree.value)
    case 'operator':
      return writeOperator(tree.operator, tree.left, tree.right)
    case 'test':
      return writeTest(tree)
    case 'filter':
      return writeFilter(tree)
    case 'call':
      return writeCall(tree)
    case 'if':
      return call('ternary', write(tree.condition), write(tree.yes), write(tree.no))
  }
}

function writeAttribute(of: Tree, name: Extract<Tree, { kind: 'literal' }>['value']): string {
  const owner = write(of)
  const isPath = of.kind === 'name' || of.kind === 'attribute' || of.kind === 'item'
  if (typeof name === 'number')
    return isPath && name >= 0 && !owner.startsWith('(')
      ? `${owner}.[${name}]`
      : call('at', owner, String(name))
  if (!isPath || owner.startsWith('(')) return call('lookup', owner, quoted(String(name)))
  return /^[\w-]+$/.test(String(name)) && !/^\d/.test(String(name))
    ? `${owner}.${name}`
    : `${owner}.[${name}]`
}

function writeNot(value: Tree): string {
  if (value.kind === 'test' && value.name === 'defined') return write({ ...value, name: 'undefined' })
  return call('not', write(value))
}

function writeOperator(operator: string, left: Tree, right: Tree): string {
  if (operator === 'and' || operator === 'or' || operator === '~') {
    const name = operator === '~' ? 'concat' : operator
    return call(name, ...operands(operator, left), ...operands(operator, right))
  }
  if (operator === '+') {
    const text = [left, right].some((side) => side.kind === 'literal' && typeof side.value === 'string')
    return call(text ? 'concat' : 'add', write(left), write(right))
  }
  const name = OPERATORS[operator]
  if (name === undefined) throw new NoCounterpart()
  return call(name, write(left), write(right))
}

function operands(operator: string, tree: Tree): string[] {
  if (tree.kind !== 'operator' || tree.operator !== operator) return [write(tree)]
  return [...operands(operator, tree.left), ...operands(operator, tree.right)]
}

function writeTest({ name, of, args, negated }: Extract<Tree, { kind: 'test' }>): string {
  if (negated && name === 'defined') return call('undefined', write(of))
  if (negated) return call('not', writeTest({ kind: 'test', name, of, args, negated: false }))
  if (name === 'none') return call('eq', write(of), 'null')
  if (name === 'true' || name === 'false') return call('eq', write(of), name)
  const helper = TESTS[name]
  if (helper === undefined) throw new NoCounterpart()
  return call(helper, write(of), ...args.map(write))
}

function writeFilter({ name, of, args, named }: Call & { of: Tree }): string {
  const value = write(of)
  const [first, second] = args
  if (name === 'list' && args.length === 0) return value
  if (name === 'map' && named.attribute !== undefined) return call('pick', value, write(named.attribute))
  if ((name === 'selectattr' || name === 'rejectattr') && first !== undefined) {
    const helper = name === 'selectattr' ? 'where' : 'without'
    if (second === undefined) return call(helper, value, write(first))
    const test = second.kind === 'literal' ? String(second.value) : ''
    if (args.length === 3 && ['equalto', 'eq', '=='].includes(test))
      return call(helper, value, write(first), write(args[2]!))
    throw new NoCounterpart()
  }
  const otherwise = second ?? named.boolean
  if ((name === 'default' || name === 'd') && first !== undefined && otherwise !== undefined) {
    return call('or', call('default', value, write(first)), write(first))
  }
  if (name === 'sort' && named.attribute !== undefined) return call('sort', value, write(named.attribute))
  const helper = FILTERS[name] ?? (SAME.has(name) ? name : undefined)
  if (helper === undefined || Object.keys(named).length > 0) throw new NoCounterpart()
  return call(helper, value, ...args.map(write))
}

function writeCall({ name, of, args, named }: Call): string {
  if (Object.keys(named).length > 0) throw new NoCounterpart()
  if (of === undefined) {
    const [kind, key] = args
    if (name === 'range' && args.length > 0)
      return call('range', ...(args.length === 1 ? ['0'] : []), ...args.map(write))
    if (name === 'lookup' && kind?.kind === 'literal' && kind.value === 'env' && key)
      return call('env', write(key))
    throw new NoCounterpart()
  }
  const [first] = args
  if (name === 'get' && first !== undefined) {
    const found = call('lookup', write(of), write(first))
    return args[1] === undefined ? found : call('default', found, write(args[1]))
  }
  if (name === 'startswith' && first?.kind === 'literal') return call('match', write(of), write(first))
  const helper = METHODS[name]
  if (helper === undefined) throw new NoCounterpart()
  return call(helper, write(of), ...args.map(write))
}

function call(name: string, ...args: string[]): string {
  return `(${[name, ...args].join(' ')})`
}

function quoted(text: string): string {
  if (!text.includes('"')) return `"${text}"`
  if (text.includes("'")) throw new NoCounterpart()
  return `'${text}'`
}

function unwrapped(written: string): string {
  return written.startsWith('(') ? written.slice(1, -1) : written
}

/** The argument of a block. */
function argument(text: string): string {
  const found = fromJinja(text) ?? text
  return /\s/.test(found) ? `(${found})` : found
}
