import type { Expression } from '../jinja/ast.ts'
import { Float } from '../values/float.ts'
import { either, fieldOf, type Shape, shape, UNKNOWN, type ValueKind } from './shape.ts'

const RESULTS: Readonly<Record<string, ValueKind>> = {
  string: 'text',
  lower: 'text',
  upper: 'text',
  join: 'text',
  basename: 'text',
  dirname: 'text',
  replace: 'text',
  regex_replace: 'text',
  trim: 'text',
  to_json: 'text',
  length: 'number',
  count: 'number',
  bool: 'boolean',
}
const SAME = ['list', 'sort', 'unique', 'reverse', 'union']
const LISTS = [
  'map',
  'select',
  'selectattr',
  'reject',
  'rejectattr',
  'flatten',
  'split',
  'range',
  'dict2items',
  'groupby',
]

/** What is known of the values of an expression. */
export function shapeOfExpression(node: Expression, shapeOf: (name: string) => Shape): Shape {
  const of = (inner: Expression) => shapeOfExpression(inner, shapeOf)
  switch (node.kind) {
    case 'literal':
      return literal(node.value)
    case 'name':
      return shapeOf(node.name)
    case 'attribute':
      return fieldOf(of(node.of), node.name)
    case 'item':
      if (node.index.kind !== 'literal') return UNKNOWN
      return typeof node.index.value === 'string'
        ? fieldOf(of(node.of), node.index.value)
        : (of(node.of).items ?? UNKNOWN)
    case 'list':
    case 'tuple':
      return shape('list', { items: either(node.items.map(of)) })
    case 'compare':
    case 'test':
    case 'not':
      return shape('boolean')
    case 'concat':
      return shape('text')
    case 'choice':
      return node.no === undefined ? UNKNOWN : either([of(node.yes), of(node.no)])
    case 'filter':
      return filtered(node, of)
    default:
      return UNKNOWN
  }
}

function filtered(node: Expression & { kind: 'filter' }, of: (node: Expression) => Shape): Shape {
  const name = node.name.split('.').at(-1)!
  const kind = RESULTS[name]
  if (kind !== undefined) return shape(kind)
  if (node.of === undefined) return UNKNOWN
  if (name === 'default' || name === 'd') {
    const value = { ...of(node.of), mayBeMissing: false }
    return node.args[0] === undefined ? UNKNOWN : either([value, of(node.args[0])])
  }
  if (SAME.includes(name)) return of(node.of).kinds?.has('list') ? of(node.of) : shape('list')
  return LISTS.includes(name) ? shape('list') : UNKNOWN
}

function literal(value: unknown): Shape {
  if (typeof value === 'string') return shape('text', { seen: [value] })
  if (typeof value === 'number') return shape('number', { seen: [value] })
  if (typeof value === 'boolean') return shape('boolean')
  if (value instanceof Float) return shape('float')
  return value === null
    ? { ...UNKNOWN, mayBeMissing: false, mayBeNull: true, kinds: new Set(['null']) }
    : UNKNOWN
}
