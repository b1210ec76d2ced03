import type { Expression, Statement } from '../jinja/ast.ts'
import { repr } from '../python/text.ts'
import type { Compiled } from '../template/compiled.ts'
import { evaluate } from '../template/condition.ts'
import type { VariableScope } from '../template/scope.ts'
import { lazyMap } from '../template/variables.ts'
import { MissingError } from '../values/missing.ts'
import { ProblemError } from '../values/problem.ts'
import { Source, type TemplateLanguage } from '../values/source.ts'
import type { Value, ValueMap } from '../values/value.ts'
import { needsOf } from './needs.ts'
import { Samples } from './samples.ts'
import type { Shape } from './shape.ts'

type Outcome = { readonly is: string } | { readonly fails: 'missing' | 'otherwise' }

/** What a template gives with some variables. */
export type Tried = (scope: VariableScope) => Outcome

/** How often two templates are tried with variables of any kind, and with such as they seem to want. */
const TRIES = [
  { careless: 0.4, times: 120 },
  { careless: 0.05, times: 60 },
]

/**
 * How a text differs in the two languages, with variables for which it does; undefined when no difference is found. What
 * Jinja finds undefined must be an error in Handlebars; where it fails for another reason (a text where a list is
 * needed), anything may come.
 */
export function difference(
  root: readonly (Expression | Statement)[],
  shapeOf: (name: string) => Shape,
  before: Tried,
  after: Tried,
): string | undefined {
  const needs = needsOf(root)
  let given = 0
  for (const { careless, times } of TRIES) {
    const samples = new Samples(root, needs, shapeOf, careless)
    for (let tries = 0; tries < (needs.size === 0 ? 1 : times); tries += 1) {
      const variables = samples.next()
      const scope = scopeOf(variables)
      const [one, other] = [before(scope), after(scope)]
      if (!isSame(one, other)) return told(variables, one, other)
      if ('is' in one) given += 1
    }
  }
  return given === 0 ? 'nothing shows that it means the same in Handlebars' : undefined
}

/** What a template gives; `as` says what of its value matters. */
export function outcomeOf(template: Compiled, as?: (value: Value) => boolean): Tried {
  return (scope) =>
    caught(() => {
      const value = template.evaluate(scope, locate)
      return repr(as === undefined ? value : as(value))
    })
}

/** Whether a condition holds. */
export function decisionOf(text: string, language: TemplateLanguage): Tried {
  const source = new Source('', text)
  source.language = language
  const node = { kind: 'scalar', value: text, place: { source, start: 0, end: text.length } } as const
  return (scope) => caught(() => String(evaluate(node, scope)))
}

function isSame(before: Outcome, after: Outcome): boolean {
  if ('is' in before) return 'is' in after && before.is === after.is
  return before.fails === 'otherwise' || 'fails' in after
}

function caught(make: () => string): Outcome {
  try {
    return { is: make() }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const isMissing = error instanceof MissingError && !METHOD.test(error.message)
    return { fails: isMissing ? 'missing' : 'otherwise' }
  }
}

/** A number has no split(): that is not about a variable that is not there. */
const METHOD =
  /has no (?:attribute )?['"](?:split|lower|upper|capitalize|title|strip|splitlines|replace|startswith|endswith|keys|values|items|get)['"]/

const nowhere = new Source('', '')
const locate = (start: number, end: number) => ({ source: nowhere, start, end })

function scopeOf(values: ValueMap): VariableScope {
  const all: ValueMap = { ...values, ...('hostvars' in values && { hostvars: HOSTVARS }) }
  return {
    get: (name) => (Object.hasOwn(all, name) ? all[name] : undefined),
    has: (name) => Object.hasOwn(all, name),
    names: () => Object.keys(values),
    lookup: (name, terms) => `${name} of ${terms.map(String).join()}`,
  }
}

/** The variables of all hosts, of which every one has every variable. */
const HOSTVARS = lazyMap(
  () => [],
  () =>
    lazyMap(
      () => [],
      (name) => `its ${name}`,
    ),
)

function told(variables: ValueMap, before: Outcome, after: Outcome): string {
  const given = Object.entries(variables).map(([name, value]) => `${name} = ${cut(JSON.stringify(value))}`)
  const under = given.length === 0 ? '' : `with ${given.slice(0, 3).join(', ')} `
  if ('is' in before && 'is' in after) {
    const [one, other] = fromDifference(before.is, after.is)
    return `${under}Jinja gives ${cut(one)} and Handlebars ${cut(other)}`
  }
  return `${under}Jinja ${shown(before)} and Handlebars ${shown(after)}`
}

/** Of two long texts what stands around their first difference. */
function fromDifference(one: string, other: string): [string, string] {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  const from = at < 40 ? 0 : at - 20
  const mark = from === 0 ? '' : '...'
  return [mark + one.slice(from), mark + other.slice(from)]
}

function shown(outcome: Outcome): string {
  if ('is' in outcome) return `gives ${cut(outcome.is)}`
  return outcome.fails === 'missing' ? 'finds something undefined' : 'fails'
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
