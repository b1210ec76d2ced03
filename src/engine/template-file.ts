import { encoded } from '../python/codecs.ts'
import type { OptionTypes } from '../sdk/options.ts'
import { contentOf } from '../shell/content.ts'
import type { TemplateContext } from '../template/context.ts'
import { fileOptionsIn, isFileOption } from '../template/file-options.ts'
import { ProblemError } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import type { ValueMap } from '../values/value.ts'
import { readOften } from '../yaml/files.ts'

const ENCODING = 'output_encoding'

/** Whether an argument says how a template is written, or what becomes of it. */
export function saysHowRendered(name: string): boolean {
  return name === ENCODING || isFileOption(name)
}

/** The template at a path as it is rendered for a host; `named` are the arguments that say how. Raises ProblemError. */
export function renderedTemplate(
  path: string,
  place: SourceSpan,
  scope: TemplateContext,
  named: ValueMap,
): OptionTypes['template'] {
  const read = readOften(path)
  if (!('source' in read)) throw new ProblemError({ place, ...read })
  const { source, mode } = read
  try {
    const text = (source.hasMark ? '\ufeff' : '') + scope.renderFile(source, fileOptionsIn(named))
    const content = contentOf(encoded(text, String(named[ENCODING] ?? 'utf-8')))
    return { path, mode, content }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError({ message: (error as Error).message, place })
  }
}
