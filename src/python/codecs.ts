// Texts as bytes and back, in encodings by the names that Python knows them by.

/** The bytes of a text. Throws an Error with a sentence for characters that the encoding has not. */
export function encoded(text: string, name: string): Buffer {
  const encoding = encodingOf(name)
  if (encoding === undefined) return Buffer.from(bytesIn(text, name), 'latin1')
  const most = encoding === 'ascii' ? 0x7f : encoding === 'latin1' ? 0xff : 0x10ffff
  for (const char of text) if (char.codePointAt(0)! > most) throw lacking(char, name)
  return Buffer.from(text, encoding)
}

/** The text of some bytes; those that mean nothing become surrogates, as Python's surrogateescape has it. */
export function decoded(bytes: Buffer, name: string): string {
  const encoding = encodingOf(name)
  if (encoding === undefined) return [...bytes].map((byte) => tableOf(name)[byte]).join('')
  if (encoding === 'latin1' || encoding === 'utf16le') return bytes.toString(encoding)
  const pieces = bytes.toString('latin1').match(encoding === 'ascii' ? /[\s\S]/g : SEQUENCE) ?? []
  return pieces
    .map((piece) => {
      const code = piece.charCodeAt(0)
      if (code < 0x80) return piece
      return piece.length === 1 ? escaped(code) : Buffer.from(piece, 'latin1').toString()
    })
    .join('')
}

const ENCODINGS: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'utf-16-le': 'utf16le',
  'utf-16le': 'utf16le',
  'latin-1': 'latin1',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  'iso8859-1': 'latin1',
  ascii: 'ascii',
  'us-ascii': 'ascii',
}

const lowered = (name: string) => name.toLowerCase().replaceAll('_', '-')

function encodingOf(name: string): BufferEncoding | undefined {
  return ENCODINGS[lowered(name)]
}

// What is well-formed UTF-8 (Unicode, table 3-7), and any other byte.
const SEQUENCE =
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|[\s\S]/g

function escaped(byte: number): string {
  return String.fromCharCode(0xdc00 + byte)
}

const tables = new Map<string, readonly string[]>()

/** The characters of an encoding that has a byte for each: windows-1252, iso-8859-15, koi8-r. */
function tableOf(name: string): readonly string[] {
  let table = tables.get(name)
  if (table === undefined) {
    const decoder = decoderOf(name)
    table = Array.from({ length: 256 }, (_, byte) => {
      const char = decoder.decode(Uint8Array.of(byte))
      return char.length === 1 && char !== '\ufffd' ? char : escaped(byte)
    })
    tables.set(name, table)
  }
  return table
}

const BYTE_PER_CHARACTER = /^(?:windows-\d+|iso-8859-\d+|koi8-[ru]|macintosh|ibm866)$/

function decoderOf(name: string) {
  const common = lowered(name)
    .replace(/^cp(?=125\d$)/, 'windows-')
    .replace(/^cp(?=866$)/, 'ibm')
    .replace(/^(?:iso8859-|latin-?9$)/, (found) => (found.startsWith('iso') ? 'iso-8859-' : 'iso-8859-15'))
  if (!BYTE_PER_CHARACTER.test(common)) throw unknown(name)
  try {
    return new TextDecoder(common)
  } catch {
    throw unknown(name)
  }
}

function bytesIn(text: string, name: string): string {
  const table = tableOf(name)
  const bytes = new Map(table.map((char, byte) => [char, String.fromCharCode(byte)]))
  return Array.from(text, (char) => {
    const byte = bytes.get(char)
    if (byte === undefined) throw lacking(char, name)
    return byte
  }).join('')
}

function unknown(name: string): Error {
  return new Error(
    `the encoding "${name}" is not known here; take utf-8, utf-16-le, latin-1, ascii, iso-8859-15 or cp1252`,
  )
}

function lacking(char: string, name: string): Error {
  return new Error(`the encoding ${name} has no ${JSON.stringify(char)}`)
}
