import { isUtf8 } from 'node:buffer'
import type { Problem } from '../values/problem.ts'
import { Source } from '../values/source.ts'

const MARK = '\ufeff'

/** Bytes as a source called `path`, or what is wrong with the first of them that is not UTF-8. */
export function decoded(path: string, bytes: Buffer): Source | Problem {
  if (isUtf16(bytes)) return utf16(path, bytes)
  const text = bytes.toString()
  if (!isUtf8(bytes)) return badByte(path, bytes, text)
  return text.startsWith(MARK) ? new Source(path, text.slice(MARK.length), true) : new Source(path, text)
}

/** Whether bytes begin as a text in UTF-16 does. */
export function isUtf16(bytes: Buffer): boolean {
  return bytes.length > 1 && [0xfeff, 0xfffe].includes(bytes.readUInt16BE(0))
}

function utf16(path: string, bytes: Buffer): Problem {
  const text = new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes)
  const place = { source: new Source(path, text), start: 0, end: 1 }
  return { message: 'the file is UTF-16, and UTF-8 is expected', place, hint: iconv('UTF-16', path) }
}

function badByte(path: string, bytes: Buffer, text: string): Problem {
  const { at, index } = firstBad(bytes, text)
  const place = { source: new Source(path, text), start: index, end: index + 1 }
  const message = `the byte 0x${bytes[at]!.toString(16)} is not UTF-8; the file`
  if (bytes.includes(0)) return { message: `${message} is not text`, place }
  // What Latin-1 has there are control characters, which nobody writes.
  const isWindows = bytes.some((byte) => byte >= 0x80 && byte < 0xa0)
  const [name, known] = isWindows ? ['Windows-1252', 'CP1252'] : ['Latin-1', 'LATIN1']
  return { message: `${message} looks like ${name}`, place, hint: iconv(known!, path) }
}

/** The first byte that is not UTF-8, and where it stands in the text that was made of the bytes. */
function firstBad(bytes: Buffer, text: string): { at: number; index: number } {
  let at = 0
  let index = 0
  for (;;) {
    const next = text.indexOf('\ufffd', index)
    at += Buffer.byteLength(text.slice(index, next))
    if (bytes.readUIntBE(at, Math.min(3, bytes.length - at)) !== 0xefbfbd) return { at, index: next }
    at += 3
    index = next + 1
  }
}

function iconv(from: string, path: string): string {
  return `iconv -f ${from} -t UTF-8 ${path} makes it UTF-8`
}
