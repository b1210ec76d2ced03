import { Left } from './left.ts'

/** An expression of Handlebars; `isCall`: it needs parentheses where it is an argument. */
export interface Written {
  readonly text: string
  readonly isCall: boolean
}

export function plain(text: string): Written {
  return { text, isCall: false }
}

/** The call of a helper; `named` are its `name=value` arguments. */
export function call(
  name: string,
  args: readonly Written[],
  named: readonly { readonly name: string; readonly value: Written }[] = [],
): Written {
  const words = [...args.map(argument), ...named.map((one) => `${one.name}=${argument(one.value)}`)]
  return { text: [name, ...words].join(' '), isCall: true }
}

/** An expression as an argument of another. */
export function argument({ text, isCall }: Written): string {
  return isCall ? `(${text})` : text
}

type Place = { readonly start: number; readonly end: number }

/** A text between quotes, which has no escapes but that of the double quote. Raises Left for one that cannot be written. */
export function quoted(text: string, liked: string, place: Place): Written {
  if (/[\r\n]/.test(text)) throw new Left('a line end cannot be written in a text of Handlebars', place)
  if (/\{[{%#]/.test(text)) throw new Left('braces cannot be written in a text of Handlebars', place)
  if (text.endsWith('\\')) throw new Left('a text of Handlebars cannot end in a backslash', place)
  const quotes = liked === "'" ? ["'", '"'] : ['"', "'"]
  const free = quotes.find((quote) => !text.includes(quote))
  if (free !== undefined) return plain(`${free}${text}${free}`)
  throw new Left('a text with both kinds of quotes cannot be written in Handlebars', place)
}

/** A name behind a dot of a path, or undefined when it cannot be written there. */
export function segment(name: string): string | undefined {
  if (/^[A-Za-z_]\w*$/.test(name) && name !== 'this') return name
  return name === '' || /[\]\r\n{}]/.test(name) ? undefined : `[${name}]`
}
