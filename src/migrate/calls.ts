import type { Call, Expression } from '../jinja/ast.ts'
import { called, positional } from './filters.ts'
import { Left } from './left.ts'
import type { Writer } from './writer.ts'
import { call, plain, quoted, type Written } from './written.ts'

const LOOKUPS = ['lookup', 'query', 'q']

/** A call in Handlebars. */
export function calledWith(node: Call, writer: Writer): Written {
  const { of } = node
  if (of.kind === 'name') return functionCall(node, of.name, writer)
  if (of.kind === 'attribute') return writer.among(node, 'value', [methodCall(node, of.of, of.name, writer)])
  throw new Left('this call has no counterpart in Handlebars', node)
}

/** Whether the name of a function is that of lookups. */
export function isLookup(of: Expression): boolean {
  return of.kind === 'name' && LOOKUPS.includes(of.name)
}

function functionCall(node: Call, name: string, writer: Writer): Written {
  const [first] = node.args
  if (LOOKUPS.includes(name)) {
    if (first?.kind !== 'literal' || typeof first.value !== 'string')
      throw new Left('a lookup of Handlebars is named outright', node)
    return called(name === 'lookup' ? 'lookup' : 'query', undefined, node, writer)
  }
  if (name === 'range' && node.named.length === 0) {
    const bounds = node.args.length === 1 ? [plain('0')] : []
    return call('range', [...bounds, ...positional(node, writer)])
  }
  if (name === 'dict' && node.args.length === 0) return called('dict', undefined, node, writer)
  throw new Left(`${name}() has no counterpart in Handlebars`, node)
}

function methodCall(node: Call, of: Expression, name: string, writer: Writer): Written {
  const { args } = node
  if (node.named.length > 0 || node.rest !== undefined || node.restNamed !== undefined)
    throw new Left(`.${name}() with such arguments is left`, node)
  const on = () => writer.value(of)
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
      return call(name, [on(), ...args.map((arg) => writer.value(arg))])
    case 'join 1':
      return call('join', [writer.value(first!), on()])
    case 'get 1':
    case 'get 2':
      return entry(node, of, [first!, second], writer)
    case 'startswith 1':
    case 'endswith 1':
      return affixed(node, of, first!, writer)
    default:
      throw new Left(`.${name}() has no counterpart in Handlebars`, node)
  }
}

/** `.get(key)`, and with what else. */
function entry(
  node: Call,
  of: Expression,
  [key, fallback]: [Expression, Expression?],
  writer: Writer,
): Written {
  if (key.kind !== 'literal' || typeof key.value !== 'string')
    throw new Left('.get() with a name that is computed is left', node)
  writer.lazy(fallback)
  const other = fallback === undefined ? plain('null') : writer.value(fallback)
  return call('default', [writer.member(node, of, key.value), other])
}

/** `.startswith(text)` and `.endswith(text)`. */
function affixed(node: Call, of: Expression, affix: Expression, writer: Writer): Written {
  if (affix.kind !== 'literal' || typeof affix.value !== 'string' || !/^[\w /:@,;=#-]*$/.test(affix.value))
    throw new Left('such an argument is left', node)
  const isStart = (node.of as { name?: string }).name === 'startswith'
  const pattern = isStart ? affix.value : `${affix.value}\\Z`
  return call(isStart ? 'match' : 'search', [writer.value(of), quoted(pattern, '"', node)])
}
