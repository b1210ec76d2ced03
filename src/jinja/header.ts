import { literalOf } from './literal.ts'
import { type Options, optionNames } from './options.ts'
import { SyntaxFault } from './syntax-error.ts'

const HEADER = '#jinja2:'

/**
 * The options that a template's first line sets (`#jinja2: lstrip_blocks: True, trim_blocks: False`), and where the
 * template begins behind it. Raises SyntaxFault.
 */
export function readHeader(text: string, options: Options): { options: Options; start: number } {
  if (!text.startsWith(HEADER)) return { options, start: 0 }
  const newline = text.indexOf('\n')
  const end = newline === -1 ? text.length : newline
  const changed: Record<string, unknown> = {}
  for (const pair of text.slice(HEADER.length, end).split(',')) {
    const [name, written] = pair.split(/:(.*)/s, 2).map((part) => part.trim())
    if (written === undefined) {
      throw new SyntaxFault(`"${name}" sets no option of Jinja`, 0, end, 'write #jinja2: trim_blocks: False')
    }
    const option = Object.hasOwn(optionNames, name!) ? optionNames[name!] : undefined
    // Jinja passes over options that it does not have.
    if (option !== undefined) changed[option] = optionValue(written, typeof options[option], end)
  }
  return { options: { ...options, ...changed }, start: Math.min(end + 1, text.length) }
}

function optionValue(written: string, wanted: string, end: number): unknown {
  const quoted = /^(['"])(.*)\1$/s.exec(written)
  const value = quoted === null ? literalOf(written) : quoted[2]!.replace(/\\n/g, '\n').replace(/\\r/g, '\r')
  if (typeof value === wanted && (wanted !== 'string' || quoted !== null)) return value
  const right = wanted === 'boolean' ? 'True or False' : 'a text in quotes'
  throw new SyntaxFault(`${written} is not ${right}`, 0, end)
}
