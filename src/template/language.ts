import type { Source, TemplateLanguage } from '../values/source.ts'
import { HANDLEBARS_FIRST } from './compile.ts'

const PINNED: Readonly<Record<TemplateLanguage, readonly TemplateLanguage[]>> = {
  handlebars: ['handlebars'],
  jinja: ['jinja'],
}
const JINJA_FIRST: readonly TemplateLanguage[] = ['jinja', 'handlebars']

/** By file: what a text of it is that would mean something in both languages. */
const orders = new WeakMap<Source, readonly TemplateLanguage[]>()

/** The languages in which a text of this file may be written, that which is tried first in front. */
export function languagesOf(source: Source): readonly TemplateLanguage[] {
  if (source.language !== undefined) return PINNED[source.language]
  let order = orders.get(source)
  if (order === undefined) {
    order = isWrittenInJinja(source.text) ? JINJA_FIRST : HANDLEBARS_FIRST
    orders.set(source, order)
  }
  return order
}

/** The same for a file that is a template. */
export function languagesOfFile(source: Source): readonly TemplateLanguage[] {
  if (source.path.endsWith('.j2')) return PINNED.jinja
  return source.path.endsWith('.hbs') ? PINNED.handlebars : languagesOf(source)
}

/** Whether what a file holds is Handlebars for certain: that is said, or written as no Jinja is. */
export function isWrittenInHandlebars({ language, text }: Source): boolean {
  if (language !== undefined) return language === 'handlebars'
  return (ONLY_HANDLEBARS.test(text) || HANDLEBARS_CONDITION.test(text)) && !isWrittenInJinja(text)
}

/** What no text in Handlebars may have; `raw` may keep other templates in it, which look like Handlebars. */
const STATEMENT = /\{%[-+]?\s*\w/
/** Comments, lists, and expressions with filters, operators or calls. */
const ONLY_JINJA =
  /(?<!\{)\{#|\{\{\s*\[|\{\{(?![#/^!&>{])[^{}]*?(?:[|~=]|\w\(|\s[-+*/%<>]\s|\s(?:is|in|and|or|if|not)\s)/
/** Blocks, comments, and helpers with arguments. */
const ONLY_HANDLEBARS =
  /\{\{[{~]*\s*(?:[#/^!]|else\b|(?!not\b)[\w.]+\s+(?!(?:is|in|and|or|if|not)\b)[\w"'(@])/
/** Conditions with operators or tests. */
const JINJA_CONDITION =
  /(?:^|[\s{,-])(?:when|changed_when|failed_when|until|that):[^\n]*(?:[=!<>]=|\sis\s|\snot\s+in\s|\w\s(?:and|or|in)\s|\w\s*\|)/m
const CONDITION = /(?:^|[\s{,-])(?:when|changed_when|failed_when|until|that):/m
/** Conditions that call a helper. */
const HANDLEBARS_CONDITION =
  /(?:^|[\s{,-])(?:when|changed_when|failed_when|until|that): *(?!not\b)[\w.]+ +(?!(?:is|in|and|or|if|not)\b)(?:[\w"'(]|-\d)/m

/**
 * Whether what both languages have (`{{ a.b }}`, `when: a`) is Jinja in a file: when only Jinja is written beside it, or
 * nothing that decides: conditions and no braces, or blanks within some of them, as Ansible's users write them.
 */
function isWrittenInJinja(text: string): boolean {
  if (STATEMENT.test(text)) return true
  const handlebars = ONLY_HANDLEBARS.test(text)
  if (ONLY_JINJA.test(text) || JINJA_CONDITION.test(text)) return !handlebars
  if (handlebars || HANDLEBARS_CONDITION.test(text)) return false
  return (!text.includes('{{') && CONDITION.test(text)) || /\{\{-?\s/.test(text)
}
