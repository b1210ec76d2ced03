import { dirname, join } from 'node:path'
import { freeNamesIn } from '../jinja/free-names.ts'
import { defaultOptions, type Options, optionNames } from '../jinja/options.ts'
import type { Located, Surroundings } from '../jinja/run.ts'
import { SyntaxFault } from '../jinja/syntax-error.ts'
import { Template } from '../jinja/template.ts'
import { mapOfRun } from '../values/of-run.ts'
import { readOutside } from '../values/outside.ts'
import { ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import type { Value, ValueMap } from '../values/value.ts'
import { firstFile, readSource } from '../yaml/files.ts'
import { brokenTemplate, type Compiled, type Kind } from './compiled.ts'
import type { FileOptions } from './file-options.ts'
import type { VariableScope } from './scope.ts'

/** In the values of a playbook backslashes are plain characters. */
export const valueOptions: Options = { ...defaultOptions, literalBackslashes: true }

const OPTIONS: Readonly<Record<'value' | 'file', Options>> = {
  value: valueOptions,
  file: defaultOptions,
}
/** What of a template is wanted. */
const WAYS = { value: 'value', file: 'text', expression: 'expression' } as const

/** A text as a template of Jinja. */
export function compileJinja(text: string, kind: Kind): Compiled {
  if (kind === 'expression' && /\{[{%]/.test(text)) return compiledBy(() => twiceEvaluated(text))
  return compiledBy(() =>
    evaluatedBy(
      kind === 'expression' ? Template.ofExpression(text) : Template.of(text, OPTIONS[kind]),
      WAYS[kind],
    ),
  )
}

/** A file that is a template of Jinja with options of its own. */
export function compileJinjaFile(text: string, named: FileOptions): Compiled {
  const own = Object.entries(named).map(([name, value]) => [optionNames[name], value])
  const options = { ...OPTIONS.file, ...Object.fromEntries(own) }
  return compiledBy(() => evaluatedBy(Template.of(text, options), 'text', options))
}

/** `options` are those of the files that it includes. */
function evaluatedBy(
  template: Template,
  way: (typeof WAYS)[Kind],
  options: Options = OPTIONS.file,
): Compiled {
  return {
    language: 'jinja',
    ...freeNamesIn(template.body),
    problems: [],
    evaluate: (scope, locate) => template[way](surroundings(scope, options), locate) as Value,
  }
}

function compiledBy(make: () => Compiled): Compiled {
  try {
    return make()
  } catch (error) {
    return brokenTemplate('jinja', [problemOf(error)])
  }
}

/** An expression with braces in it is made first, and evaluated when it has become a text. */
function twiceEvaluated(text: string): Compiled {
  const template = Template.of(text, OPTIONS.value)
  return {
    language: 'jinja',
    ...freeNamesIn(template.body),
    problems: [],
    evaluate(scope, locate) {
      const made = template.value(surroundings(scope), locate) as Value
      if (typeof made !== 'string' || made === '') return made
      return evaluated(made, scope, locate(0, text.length))
    },
  }
}

/** The value of an expression that a template has made. */
function evaluated(made: string, scope: VariableScope, place: SourceSpan): Value {
  try {
    return Template.ofExpression(made).expression(surroundings(scope), () => place) as Value
  } catch (error) {
    const { message, hint } = problemOf(error)
    throw new ProblemError({
      message: `it becomes ${JSON.stringify(made)}, and there ${message}`,
      place,
      hint,
    })
  }
}

function problemOf(error: unknown) {
  if (!(error instanceof SyntaxFault)) throw error
  const { message, start, end, hint } = error
  return { message, start, end, hint }
}

function surroundings(scope: VariableScope, options: Options = OPTIONS.file): Surroundings {
  return {
    get: (name) => scope.get(name),
    names: () => scope.names(),
    ...(scope.lookup && {
      lookup: (name, terms, named) => scope.lookup!(name, terms as Value[], named as ValueMap),
    }),
    template: (name, from) => templateNamed(name, from, scope, options),
  }
}

const templates = new WeakMap<Options, WeakMap<Source, Template>>()
const sources = mapOfRun<string, Source>()

/** A template file that another one names. Raises ProblemError for one that cannot be read or parsed. */
function templateNamed(
  name: string,
  from: Source,
  scope: VariableScope,
  options: Options,
): Located | undefined {
  readOutside()
  const folders = [scope.get('role_path'), scope.get('playbook_dir'), dirname(from.path)]
  const places = folders.filter((folder) => typeof folder === 'string')
  const path = firstFile(places.flatMap((folder) => [join(folder, 'templates', name), join(folder, name)]))
  if (path === undefined) return undefined
  const source = sourceAt(path)
  return { template: templateOf(source, options), locate: (start, end) => ({ source, start, end }) }
}

function templateOf(source: Source, options: Options): Template {
  const known = templates.get(options) ?? new WeakMap<Source, Template>()
  templates.set(options, known)
  const template = known.get(source) ?? parsed(source, options)
  known.set(source, template)
  return template
}

function sourceAt(path: string): Source {
  const known = sources.get(path)
  if (known !== undefined) return known
  const source = readSource(path)
  if (!(source instanceof Source)) throw new ProblemError(source)
  sources.set(path, source)
  return source
}

function parsed(source: Source, options: Options): Template {
  try {
    return Template.of(source.text, options)
  } catch (error) {
    const { message, start, end, hint } = problemOf(error)
    throw new ProblemError({ message, place: { source, start, end }, hint })
  }
}
