import { mapOfRun } from '../values/of-run.ts'
import type { TemplateLanguage } from '../values/source.ts'
import type { Compiled, Kind } from './compiled.ts'
import { compileHandlebars } from './handlebars/compile.ts'
import { compileJinja } from './jinja.ts'

/** The order in which the languages are tried where nothing says more. */
export const HANDLEBARS_FIRST: readonly TemplateLanguage[] = ['handlebars', 'jinja']

const compilers = { handlebars: compileHandlebars, jinja: compileJinja }

type ByText = Map<string, Compiled>
const compiled = mapOfRun<readonly TemplateLanguage[], Record<Kind, ByText>>()

/**
 * Compiles a text once, however often it is asked for: in the first of the languages in which it means something. One
 * that means nothing in any of them has the problems of the one that it resembles.
 */
export function compile(
  text: string,
  kind: Kind,
  languages: readonly TemplateLanguage[] = HANDLEBARS_FIRST,
): Compiled {
  let known = compiled.get(languages)
  if (known === undefined) {
    known = { value: new Map(), file: new Map(), expression: new Map() }
    compiled.set(languages, known)
  }
  let made = known[kind].get(text)
  if (made === undefined) {
    made = compileNew(text, kind, languages)
    known[kind].set(text, made)
  }
  return made
}

function compileNew(text: string, kind: Kind, languages: readonly TemplateLanguage[]): Compiled {
  const tried: Compiled[] = []
  for (const language of languages) {
    const template = compilers[language](text, kind)
    if (template.problems.length === 0) return template
    tried.push(template)
  }
  const certain = tried.find(({ problems }) => problems.some(({ isCertain }) => isCertain))
  return certain ?? tried.find(({ language }) => language === resembled(text)) ?? tried[0]!
}

/** The tags of blocks, and comments. */
const LIKE_HANDLEBARS = /\{\{[{~]*[#/^!]/

/** What only Jinja has: statements, comments, filters, operators, calls and words between values. */
const LIKE_JINJA = /\{%|(?<!\{)\{#|[|~<>=[\]]|\s[-+*/%]\s|\w\(|\b[\w.]+\s+(?:is|in|and|or|if|not)\s/

function resembled(text: string): TemplateLanguage {
  return !LIKE_HANDLEBARS.test(text) && LIKE_JINJA.test(text) ? 'jinja' : 'handlebars'
}
