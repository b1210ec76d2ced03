import { readHeader } from '../jinja/header.ts'
import { defaultOptions } from '../jinja/options.ts'
import { SyntaxFault } from '../jinja/syntax-error.ts'
import { partsOf } from '../jinja/walk.ts'
import { compileHandlebars } from '../template/handlebars/compile.ts'
import { compileJinja } from '../template/jinja.ts'
import type { Source } from '../values/source.ts'
import { Left } from './left.ts'
import { difference, outcomeOf } from './same.ts'
import type { Shape } from './shape.ts'
import { rewriteTemplate } from './template.ts'
import type { Remark } from './yaml-file.ts'

/** Names by which a template asks for its own path, which changes with its name. */
const OF_ITSELF = ['template_path', 'template_fullpath']

/** A template file in Handlebars, or why it stays as it is. */
export function rewriteTemplateFile(
  source: Source,
  shapeOf: (name: string) => Shape,
): { readonly text: string } | { readonly left: Remark } {
  const { text } = source
  try {
    const { options, start } = readHeader(text, defaultOptions)
    if (options.variableStart !== '{{' || options.blockStart !== '{%' || options.newline !== '\n')
      throw new Left('signs of its own for statements or line ends have no counterpart', {
        start: 0,
        end: start,
      })
    if (text.includes('\r'))
      throw new Left('line ends of Windows are left', { start: text.indexOf('\r'), end: text.length })
    const { body, text: made } = rewriteTemplate(text, options, start, shapeOf)
    const own = [...partsOf(body)].find((part) => OF_ITSELF.includes((part as { name?: string }).name ?? ''))
    if (own !== undefined) throw new Left('it asks for its own path, which would change', own as never)
    const whole = { start, end: Math.max(start + 1, text.indexOf('\n', start)) }
    if (made === undefined)
      throw new Left('the white space or the braces around its tags cannot be kept in Handlebars', whole)
    const wrong = difference(
      body,
      shapeOf,
      outcomeOf(compileJinja(text, 'file')),
      outcomeOf(compileHandlebars(made, 'file')),
    )
    if (wrong !== undefined) throw new Left(wrong, whole)
    return { text: made }
  } catch (error) {
    if (!(error instanceof Left) && !(error instanceof SyntaxFault)) throw error
    const { message, start, end } = error
    return { left: { place: { source, start, end: Math.max(end, start + 1) }, reason: message } }
  }
}
