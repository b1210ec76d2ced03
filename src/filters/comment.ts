import { str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { didYouMean } from '../values/problem.ts'
import { filter, type Named } from './define.ts'
import { integer, text } from './given.ts'

interface Style {
  readonly beginning?: string
  readonly decoration: string
  readonly end?: string
}

const STYLES: Readonly<Record<string, Style>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
}

const DEFAULTS = {
  newline: '\n',
  beginning: '',
  end: '',
  prefix_count: 1 as unknown,
  postfix_count: 1 as unknown,
}

export const commentFilters = [
  filter(
    'comment',
    [{ style: 'plain' }, '**kw'],
    'A text as a comment: plain, erlang, c, cblock, xml, or made of prefix, decoration, postfix, beginning, end.',
    (value: unknown, style: unknown, named: Named) => {
      const known = STYLES[str(style)]
      if (known === undefined) {
        const hint =
          didYouMean(str(style), Object.keys(STYLES)) ?? `take one of ${Object.keys(STYLES).join(', ')}`
        throw new Error(`there is no style of comments "${str(style)}"; ${hint}`)
      }
      return commented(value, known, named)
    },
  ),
]

function commented(value: unknown, style: Style, named: Named): string {
  const margin = trimEnd(text('decoration' in named ? named.decoration : style.decoration))
  const given = { ...DEFAULTS, prefix: margin, postfix: margin, ...style, ...named }
  const newline = text(given.newline)
  const decoration = text(given.decoration)
  const { prefix_count: first, postfix_count: last } = given
  const prefix = given.prefix === newline ? newline : `${str(given.prefix)}${newline}`
  return [
    isTruthy(given.beginning) ? `${str(given.beginning)}${newline}` : '',
    isTruthy(given.prefix) ? prefix.repeat(Math.max(0, Number(first))) : '',
    // A line with nothing on it gets no blank behind its sign.
    `${decoration}${text(value).replaceAll(newline, () => `${newline}${decoration}`)}`.replaceAll(
      `${decoration}${newline}`,
      () => `${trimEnd(decoration)}${newline}`,
    ),
    `${newline}${str(given.postfix)}`.repeat(Math.max(0, Number(integer(last)))),
    isTruthy(given.end) ? `${newline}${str(given.end)}` : '',
  ].join('')
}

function trimEnd(value: string): string {
  return value.trimEnd()
}
