/** What XML may be written in: characters that none of its texts may hold are told apart from it. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** Two characters that no XML holds: a reference to an entity of a document's own stands between them. */
const [OPEN, CLOSE] = ['\ufffe', '\uffff']

const PREDEFINED = ['lt', 'gt', 'amp', 'quot', 'apos']

export interface Source {
  /** Declaration, comments and document type: all before the first element, as it is written. */
  readonly prolog: string
  /** The element and what follows it, ready to be parsed. */
  readonly body: string
}

/** Bytes as text, by what they and the declaration say of their encoding. Raises for bytes that it does not have. */
export function decoded(bytes: Buffer): string {
  const label = encodingOf(bytes)
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    throw new Error(`it is not written in ${label}`)
  }
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return DECLARED.exec(bytes.toString('latin1', 0, 200))?.[2] ?? 'utf-8'
}

const DECLARED = /^(?:\xef\xbb\xbf)?(<\?xml\s[^>]*?encoding\s*=\s*["'])([\w.-]+)/

/** A prolog as it is true of a text that is written in UTF-8. */
export function inUtf8(prolog: string): string {
  return prolog.replace(DECLARED, (all, before, label) => (/^utf-?8$/i.test(label) ? all : `${before}UTF-8`))
}

/** Raises for what no parser of XML takes, with a sentence. */
export function sourceOf(text: string): Source {
  const odd = FORBIDDEN.exec(text)
  if (odd !== null) throw new Error(`it holds the character ${hex(odd[0].codePointAt(0)!)}`)
  const end = endOfProlog(text)
  const prolog = text.slice(0, end)
  if (/^\s+<\?xml\s/.test(prolog)) throw new Error('there is something before its declaration')
  return { prolog, body: withReferences(text.slice(end), prolog.includes('<!DOCTYPE')) }
}

function hex(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

function endOfProlog(text: string): number {
  let at = 0
  for (;;) {
    if (text.startsWith('<!DOCTYPE', at)) at = endOfDoctype(text, at)
    const part = /\s+|<\?.*?\?>|<!--.*?-->/sy
    part.lastIndex = at
    const found = part.exec(text)
    if (found === null && !text.startsWith('<!DOCTYPE', at)) return at
    at += found?.[0].length ?? 0
  }
}

function endOfDoctype(text: string, start: number): number {
  const part = /"[^"]*"|'[^']*'|<!--.*?-->|<\?.*?\?>|<(?!!--|\?)|[[\]>]|[^"'<>[\]]+/sy
  part.lastIndex = start
  for (let inside = false; ; ) {
    const [found] = part.exec(text) ?? []
    if (found === undefined) throw new Error('its document type has no end')
    if (found === '[') inside = true
    if (found === ']') inside = false
    if (found === '>' && !inside) return part.lastIndex
  }
}

/**
 * References to entities of the document's own stand for themselves: nothing is expanded or fetched, and what is written
 * has them again. An unfinished part takes all that is left, so that every character is looked at once.
 */
function withReferences(body: string, hasType: boolean): string {
  const part =
    /<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|<\?(?:.*?\?>|.*)|&(?:(#\d+|#x[0-9a-fA-F]+|[\p{L}_:][\p{L}\p{N}_:.-]*);)?/gsu
  return body.replace(part, (all, name?: string) => {
    if (!all.startsWith('&')) return all
    if (name === undefined) throw new Error('"&" stands there by itself; "&amp;" is how it is written')
    if (name.startsWith('#')) return withKnown(all, name.slice(1))
    if (PREDEFINED.includes(name)) return all
    if (!hasType) throw new Error(`Entity '${name}' not defined`)
    return `${OPEN}${name}${CLOSE}`
  })
}

function withKnown(reference: string, number: string): string {
  const code = Number(number.replace(/^x/, '0x'))
  const isChar = code <= 0x10ffff && !FORBIDDEN.test(String.fromCodePoint(code))
  if (!isChar) throw new Error(`${reference} is no character of XML`)
  return reference
}

/** What was parsed, written again: with the references that stood there. */
export function withEntities(written: string): string {
  return written.replaceAll(OPEN, '&').replaceAll(CLOSE, ';')
}
