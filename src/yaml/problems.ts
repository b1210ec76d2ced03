import { type Document, isScalar, visit, type YAMLError } from 'yaml'
import type { Problem } from '../values/problem.ts'
import type { Source } from '../values/source.ts'

/** A syntax error of the YAML parser in plain words, where the user will look for it. */
export function syntaxProblem(error: YAMLError, document: Document.Parsed, source: Source): Problem {
  const [start, end] = error.pos
  const place = { source, start, end: Math.max(end, start + 1) }
  const braces = unquotedTemplate(source, start)
  if (braces !== undefined) return quoteTemplate(source, braces)
  const tab = indentingTab(source, start)
  if (tab !== undefined) {
    const message = 'a tab indents this line'
    return { message, place: { source, start: tab, end: tab + 1 }, hint: 'YAML is indented with spaces only' }
  }
  switch (error.code) {
    case 'BAD_INDENT':
      return error.message.startsWith('Flow')
        ? unclosed(error.message, document, source, start)
        : {
            message: 'the indentation of this line fits no line above it',
            place,
            hint: 'entries of one map or list start in the same column',
          }
    case 'MISSING_CHAR':
      if (error.message.startsWith('Implicit')) {
        return { message: 'a colon is missing behind this key', place, hint: 'write "key: value"' }
      }
      return unclosed(error.message, document, source, start)
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: 'a colon followed by a space stands inside an unquoted value',
        place,
        hint: 'put quotes around the value',
      }
    case 'BAD_SCALAR_START':
      return {
        message: `an unquoted value cannot start with ${source.text[start]}`,
        place,
        hint: 'put quotes around the value',
      }
    case 'BAD_DQ_ESCAPE': {
      const written = source.text.slice(start, start + 2)
      return {
        message: `${written} means nothing inside double quotes`,
        place,
        hint: `write \\${written}, or use single quotes`,
      }
    }
    case 'UNEXPECTED_TOKEN':
      return {
        message: `unexpected ${JSON.stringify(firstWord(source.text.slice(start)))}`,
        place,
        hint: 'quote the whole value, or check the indentation and the brackets above',
      }
    default:
      return { message: `no valid YAML: ${error.message}`, place }
  }
}

/** The offset of a tab in the indentation of an error's line: whatever the parser stumbled over, that is why. */
function indentingTab(source: Source, offset: number): number | undefined {
  const { line, column } = source.position(offset)
  const tab = /^ *\t/.exec(source.line(line))?.[0].length
  return tab === undefined ? undefined : offset - (column - 1) + tab - 1
}

/** The problem of a value such as `x: {{ y }}`, which YAML reads as a map in a map. */
export function quoteTemplate(source: Source, start: number): Problem {
  const text = source.text.slice(start).match(/^[^\n]*?(?=\s+#|\s*$|\s*\n)/)?.[0] ?? ''
  const quoted = text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`
  return {
    message: 'a value that starts with {{ must be quoted',
    place: { source, start, end: start + text.length },
    hint: `write ${quoted}`,
  }
}

/** The offset of braces that start an unquoted value on the line of an error. */
function unquotedTemplate(source: Source, offset: number): number | undefined {
  const { line, column } = source.position(offset)
  const before = /^\s*(?:- +)*(?:[^\s'"#{][^'"#{]*?: +)?(?=\{\{)/.exec(source.line(line))?.[0]
  return before === undefined ? undefined : offset - (column - 1) + before.length
}

const CLOSING: Record<string, string> = { ']': '[', '}': '{' }

/** A quote or bracket that is never closed: shown where it was opened. */
function unclosed(message: string, document: Document.Parsed, source: Source, offset: number): Problem {
  const closing = /with an? ([\]}])/.exec(message)?.[1]
  const opening = closing === undefined ? undefined : CLOSING[closing]
  let opened: number | undefined
  visit(document, (_key, node) => {
    const [start, end] = (node as { range?: number[] } | null)?.range ?? []
    if (start === undefined || end === undefined || start >= offset) return
    const first = source.text[start]!
    const isOpen = end === start + 1 || source.text[end - 1] !== (closing ?? first)
    const fits = opening === undefined ? isScalar(node) && `"'`.includes(first) : first === opening
    if (isOpen && fits) opened = start
  })
  const start = opened ?? offset
  const what = opening === undefined ? 'quote' : opening === '[' ? 'bracket [' : 'brace {'
  return { message: `this ${what} is never closed`, place: { source, start, end: start + 1 } }
}

function firstWord(text: string): string {
  return /^\s*(?:\w+|\S)/.exec(text)?.[0].trim() ?? ''
}
