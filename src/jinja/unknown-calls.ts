import { filterNamed, filters, testNamed, tests } from '../filters/index.ts'
import { didYouMean, ProblemError } from '../values/problem.ts'
import type { Expression, Filter, Test } from './ast.ts'
import type { Evaluate } from './code.ts'

/** A filter or a test that is not there; offsets into the template's text. */
export interface UnknownCall {
  readonly message: string
  readonly hint: string
  readonly start: number
  readonly end: number
}

/** Filters that call the filter or the test that one of their arguments names, and which argument that is. */
const CALLERS: Readonly<Record<string, readonly [what: 'filter' | 'test', argument: number]>> = {
  map: ['filter', 0],
  select: ['test', 0],
  reject: ['test', 0],
  selectattr: ['test', 1],
  rejectattr: ['test', 1],
}

/** The filter itself if it is not there. */
export function unknownFilter({ name, nameEnd }: Filter): UnknownCall | undefined {
  return filterNamed(name) ? undefined : unknown('filter', name, nameEnd - name.length)
}

/** The test itself if it is not there. */
export function unknownTest({ name, nameStart }: Test): UnknownCall | undefined {
  return testNamed(name) ? undefined : unknown('test', name, nameStart)
}

/** What a filter is told to call, if that is not there: `map('nothing')`. */
export function unknownArgument({ name, args }: Filter): UnknownCall | undefined {
  const [what, index] = CALLERS[name] ?? []
  const named = index === undefined ? undefined : textOf(args[index])
  if (what === undefined || named === undefined) return undefined
  const isThere = what === 'filter' ? filterNamed(named.text) : testNamed(named.text)
  return isThere ? undefined : unknown(what, named.text, named.start)
}

/** A filter or a test that is not there is an error when it is reached. */
export function failing({ message, hint, start, end }: UnknownCall): Evaluate {
  return ({ instance }) => {
    throw new ProblemError({ message, place: instance.locate(start, end), hint })
  }
}

function unknown(what: 'filter' | 'test', name: string, start: number): UnknownCall {
  const known = what === 'filter' ? filters.keys() : tests.keys()
  const hint =
    didYouMean(name, known) ??
    `a ${what} of a plugin in Python is not run; docs/plugins.md says how to write one in TypeScript`
  return { message: `unknown ${what} "${name}"`, hint, start, end: start + name.length }
}

function textOf(node: Expression | undefined): { text: string; start: number } | undefined {
  if (node?.kind !== 'literal' || typeof node.value !== 'string') return undefined
  return { text: node.value, start: node.start + 1 }
}
