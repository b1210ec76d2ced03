import type { TemplateLanguage } from '../values/source.ts'
import type { Compiled, Kind } from './compiled.ts'
import { compileHandlebars } from './handlebars/compile.ts'
import { compileJinja } from './jinja.ts'

/** The order in which the languages are tried where nothing says more. */
export const HANDLEBARS_FIRST: readonly TemplateLanguage[] = ['handlebars', 'jinja']

const compilers = { handlebars: compileHandlebars, jinja: compileJinja }

const compiled = new Map<string, Compiled>()

/**
 * Compiles a text once, however often it is asked for: in the first of the languages in which it means something. One
 * that means nothing in any of them has the faults of the one that it resembles.
 */
export function compile(
  text: string,
  kind: Kind,
  languages: readonly TemplateLanguage[] = HANDLEBARS_FIRST,
): Compiled {
  const key = `${languages} ${kind} ${text}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  const made = compileNew(text, kind, languages)
  compiled.set(key, made)
  return made
}

function compileNew(text: string, kind: Kind, languages: readonly TemplateLanguage[]): Compiled {
  const tried: Compiled[] = []
  for (const language of languages) {
    const template = compilers[language](text, kind)
    if (template.faults.length === 0) return template
    tried.push(template)
  }
  return tried.find(({ language }) => language === resembled(text)) ?? tried[0]!
}

/** The tags of blocks, and comments. */
const LIKE_HANDLEBARS = /\{\{[{~]*[#/^!]/

/** What only Jinja has: statements, comments, filters, operators, calls and words between values. */
const LIKE_JINJA = /\{%|(?<!\{)\{#|[|~<>=[\]]|\s[-+*/%]\s|\w\(|\b[\w.]+\s+(?:is|in|and|or|if|not)\s/

function resembled(text: string): TemplateLanguage {
  return !LIKE_HANDLEBARS.test(text) && LIKE_JINJA.test(text) ? 'jinja' : 'handlebars'
}
