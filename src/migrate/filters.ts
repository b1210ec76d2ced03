import { filterNamed, testNamed } from '../filters/index.ts'
import type { Arguments, Expression, Filter, Test } from '../jinja/ast.ts'
import { filterHelpers } from '../template/helpers/filters.ts'
import { helpers } from '../template/helpers/index.ts'
import { Left } from './left.ts'
import { baseName } from './results.ts'
import type { Writer } from './writer.ts'
import { call, plain, type Written } from './written.ts'

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

/** A filter in Handlebars: a helper. */
export function filtered(node: Filter, writer: Writer): Written {
  const { name } = node
  const of = node.of!
  const base = baseName(name)
  if (base === 'default' || base === 'd') return defaulted(node, of, writer)
  if (filterNamed(name) === undefined)
    throw new Left(`there is no filter "${name}" here; a plugin in Python is not run`, node)
  const value = writer.items(of)
  const isBuiltin = name === base || name.startsWith('ansible.')
  const exact = called(isBuiltin ? `ansible.builtin.${base}` : name, value, node, writer)
  if (!isBuiltin) return exact
  if (isFilter(base)) return called(base, value, node, writer)
  const isShort = node.named.length === 0 && base !== 'list'
  return writer.among(node, 'value', [
    ...(base === 'list' && node.args.length === 0 ? [value] : []),
    ...(isShort ? [called(base, value, node, writer)] : []),
    exact,
  ])
}

function defaulted(node: Filter, of: Expression, writer: Writer): Written {
  const named = new Map(node.named.map((one) => [one.name, one.value]))
  if (node.rest !== undefined || node.restNamed !== undefined)
    throw new Left('default with such arguments is left', node)
  const other = node.args[0] ?? named.get('default_value')
  const strict = node.args[1] ?? named.get('boolean')
  writer.lazy(other)
  const fallback = other === undefined ? plain('""') : writer.value(other)
  const value = writer.value(of)
  if (strict === undefined || (strict.kind === 'literal' && strict.value === false))
    return writer.among(node, 'value', [call('default', [value, fallback])])
  if (strict.kind !== 'literal')
    throw new Left('default with a second argument that is computed is left', node)
  return writer.among(node, 'value', [
    call('or', [call('default', [value, plain('null')]), fallback]),
    call('ansible.builtin.default', [call('default', [value, plain('""')]), fallback, plain('true')]),
  ])
}

/** A test in Handlebars. */
export function tested(node: Test, writer: Writer): Written {
  const base = baseName(node.name)
  if (base === 'defined' || base === 'undefined') return defined(node, base === 'defined', writer)
  if (testNamed(node.name) === undefined)
    throw new Left(`there is no test "${node.name}" here; a plugin in Python is not run`, node)
  if (node.rest !== undefined || node.restNamed !== undefined)
    throw new Left('a test with such arguments is left', node)
  const value = writer.items(node.of)
  const args = node.args.map((arg) => writer.items(arg))
  const named = node.named.map((one) => ({ name: one.name, value: writer.value(one.value) }))
  const name = node.name.startsWith('ansible.builtin.') ? base : node.name
  const exact = call('test', [value, plain(`"${name}"`), ...args], named)
  const short = base === node.name && named.length === 0 ? TESTS[base] : undefined
  if (base === 'none') return writer.among(node, 'value', [call('eq', [value, plain('null')]), exact])
  if (short === undefined) return exact
  return writer.among(node, 'value', [call(short, [value, ...args]), exact])
}

/** `is defined`, or `is undefined`. */
export function defined({ of }: Test, wanted: boolean, writer: Writer): Written {
  return call(wanted ? 'defined' : 'undefined', [writer.value(of)])
}

/** The call of a helper with the arguments of a filter or function. */
export function called(
  name: string,
  value: Written | undefined,
  given: Arguments & Expression,
  writer: Writer,
): Written {
  const named = given.named.map((one) => ({ name: one.name, value: writer.value(one.value) }))
  return call(name, [...(value === undefined ? [] : [value]), ...positional(given, writer)], named)
}

/** The arguments without names. */
export function positional(given: Arguments & Expression, writer: Writer): Written[] {
  if (given.rest !== undefined || given.restNamed !== undefined)
    throw new Left('* and ** before arguments have no counterpart in Handlebars', given)
  return given.args.map((arg) => writer.items(arg))
}

const filterSet = new Set(filterHelpers)

/** Whether the helper of a name is the filter of that name. */
function isFilter(name: string): boolean {
  return filterSet.has(helpers.get(name)!)
}
