import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import type { RunFile } from '../split/files.ts'
import type { Seal } from './key.ts'
import { places } from './places.ts'

/** Contents of more bytes than this travel by themselves, in pieces of so many bytes at most. */
const LARGE = 256 * 1024
const PIECE = 4 * 1024 * 1024
/** How long contents stay in Redis that no run asks for, in seconds. */
const STAYS = 7 * 86_400

/** A file, folder or link of the coordinator; `large` is the name of a content that travels by itself. */
export type BundleEntry = RunFile & { readonly large?: string }

/** All files of a run and its inventory: what they are called, and the contents of those that are not large, one behind the other. */
export interface Bundle {
  readonly name: string
  readonly plain: Buffer
  readonly large: readonly { readonly name: string; readonly path: string; readonly size: number }[]
}

/**
 * Files and an inventory as a text, packed; the same give the same name. What cannot be read, or has changed since it was
 * looked at, is left out.
 */
export function makeBundle(files: readonly RunFile[], inventory: string, seal: Seal): Bundle {
  const entries: BundleEntry[] = []
  const contents: Buffer[] = []
  const large: { name: string; path: string; size: number }[] = []
  for (const file of files) {
    const { path, size, kind } = file
    const content = kind === 'file' ? contentOf(file) : undefined
    if (kind === 'file' && content === undefined) continue
    if (content === undefined || size <= LARGE) {
      entries.push(file)
      if (content !== undefined) contents.push(content)
    } else {
      const name = seal.name(content)
      entries.push({ ...file, large: name })
      large.push({ name, path, size })
    }
  }
  const plain = Buffer.concat([...sized(inventory), ...sized(JSON.stringify(entries)), ...contents])
  return { name: seal.name(plain), plain, large }
}

function contentOf({ path, size }: RunFile): Buffer | undefined {
  try {
    const content = readFileSync(path)
    return content.length === size ? content : undefined
  } catch {
    return undefined
  }
}

function sized(text: string): [Buffer, Buffer] {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return [length, bytes]
}

/** What a bundle holds. */
export function readBundle(plain: Buffer): {
  inventory: Buffer
  entries: readonly BundleEntry[]
  contents: Buffer
} {
  const first = 4 + plain.readUInt32LE(0)
  const second = first + 4 + plain.readUInt32LE(first)
  return {
    inventory: plain.subarray(4, first),
    entries: JSON.parse(plain.subarray(first + 4, second).toString()),
    contents: plain.subarray(second),
  }
}

/** Puts into Redis what is not there yet. */
export async function upload(redis: Redis, seal: Seal, { name, plain, large }: Bundle): Promise<void> {
  const pieces = large.flatMap(({ name, path, size }) =>
    pieceNames(name, size).map((piece, number) => ({ piece, path, number })),
  )
  const renewal = redis.pipeline().expire(places.content(name), STAYS)
  for (const { piece } of pieces) renewal.expire(places.content(piece), STAYS)
  const [isThere, ...areThere] = (await renewal.exec())!.map(([, answer]) => answer === 1)
  for (const [at, { piece, path, number }] of pieces.entries())
    if (!areThere[at]) await put(redis, seal, piece, await pieceOf(path, number))
  if (!isThere) await put(redis, seal, name, plain)
}

/** Names of the pieces of a large content. */
export function pieceNames(name: string, size: number): string[] {
  return Array.from({ length: Math.ceil(size / PIECE) }, (_, at) => `${name}.${at}`)
}

async function put(redis: Redis, seal: Seal, name: string, plain: Buffer): Promise<void> {
  await redis.set(places.content(name), await seal.seal(contentPlace(name), plain), 'EX', STAYS)
}

export function contentPlace(name: string): string {
  return `content ${name}`
}

async function pieceOf(path: string, number: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE), 0, PIECE, number * PIECE)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
