import type { Source, TemplateLanguage } from '../values/source.ts'
import { HANDLEBARS_FIRST } from './compile.ts'

/** The languages in which a text of this file may be written, that which is tried first in front. */
export function languagesOf(source: Source): readonly TemplateLanguage[] {
  return source.language === undefined ? HANDLEBARS_FIRST : PINNED[source.language]
}

/** The same for a file that is a template. */
export function languagesOfFile(source: Source): readonly TemplateLanguage[] {
  if (source.path.endsWith('.j2')) return PINNED.jinja
  return source.path.endsWith('.hbs') ? PINNED.handlebars : languagesOf(source)
}

const PINNED: Readonly<Record<TemplateLanguage, readonly TemplateLanguage[]>> = {
  handlebars: ['handlebars'],
  jinja: ['jinja'],
}
