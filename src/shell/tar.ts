import { Readable } from 'node:stream'
import { AT_A_TIME, type Content, contentOf } from './content.ts'

/** A file in an archive. */
export interface Member {
  /** Relative, of at most 4096 bytes. */
  readonly name: string
  /** Permission bits. */
  readonly mode: number
  readonly content: Content
}

const BLOCK = 512
/** What a header has room for; a longer name goes before it. */
const NAME_AT_MOST = 100

/** Files as one archive in the format of tar(5), which is put together while it is read. */
export function tarOf(members: readonly Member[]): Content {
  const bytes = () => Buffer.concat([...members.flatMap((one) => [headOf(one), padded(wholeOf(one))]), END])
  const size = members.reduce((sum, one) => sum + sizeOf(one), END.length)
  return {
    size,
    get sha256() {
      return contentOf(bytes()).sha256
    },
    get sha1() {
      return contentOf(bytes()).sha1
    },
    come: async () => {
      for (const { content } of members) await content.come?.()
    },
    open: () => Readable.from(pieces(members), { objectMode: false }),
    bytes,
    text: () => undefined,
  }
}

const END = Buffer.alloc(2 * BLOCK)

async function* pieces(members: readonly Member[]): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let length = 0
  for (const member of members) {
    held.push(headOf(member), padded(wholeOf(member)))
    length += sizeOf(member)
    if (length < AT_A_TIME) continue
    yield Buffer.concat(held)
    held = []
    length = 0
  }
  yield Buffer.concat([...held, END])
}

function wholeOf({ name, content }: Member): Buffer {
  const bytes = content.bytes()
  if (bytes.length !== content.size) throw new Error(`${name} was changed while it was read`)
  return bytes
}

function sizeOf({ name, content }: Member): number {
  const length = Buffer.byteLength(name)
  return BLOCK + blocks(content.size) + (length > NAME_AT_MOST ? BLOCK + blocks(length + 1) : 0)
}

function blocks(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

function padded(bytes: Buffer): Buffer {
  const rest = blocks(bytes.length) - bytes.length
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(rest)])
}

function headOf({ name, mode, content }: Member): Buffer {
  const bytes = Buffer.from(name)
  const own = header(bytes.subarray(0, NAME_AT_MOST), mode, content.size, '0')
  if (bytes.length <= NAME_AT_MOST) return own
  const long = header(Buffer.from('././@LongLink'), 0, bytes.length + 1, 'L')
  return Buffer.concat([long, padded(Buffer.concat([bytes, Buffer.alloc(1)])), own])
}

function header(name: Buffer, mode: number, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1')
  name.copy(block)
  octal(mode, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(0, 136, 11)
  block.fill(' ', 148, 156)
  block.write(type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  block[154] = 0
  return block
}
