import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import type { Seal } from './key.ts'
import { places } from './places.ts'

/** Contents of more bytes than this travel by themselves, in pieces of so many bytes at most. */
const LARGE = 256 * 1024
const PIECE = 4 * 1024 * 1024
/** How long contents stay in Redis that no run asks for, in seconds. */
const STAYS = 7 * 86_400

/** A file, folder or link of the coordinator, by its absolute path there. */
export interface BundleEntry {
  readonly path: string
  /** Permission bits. */
  readonly mode: number
  /** When it was last changed, in seconds since 1970. */
  readonly mtime: number
  /** Of a link: what it leads to. */
  readonly target?: string
  /** Of a file: its bytes, and the name of its content if that travels by itself. */
  readonly size?: number
  readonly large?: string
}

/** All files of a run and its inventory: what they are called, and the contents of those that are not large, one behind the other. */
export interface Bundle {
  readonly name: string
  readonly plain: Buffer
  readonly large: readonly { readonly name: string; readonly path: string; readonly size: number }[]
}

/**
 * What is at these paths, and an inventory as a text, packed; the same files give the same name. What is not there, or cannot
 * be read, is left out.
 */
export function makeBundle(paths: Iterable<string>, inventory: string, seal: Seal): Bundle {
  const entries: BundleEntry[] = []
  const contents: Buffer[] = []
  const large: { name: string; path: string; size: number }[] = []
  for (const path of [...new Set(paths)].sort()) {
    const entry = entryAt(path, seal, contents)
    if (entry === undefined) continue
    entries.push(entry)
    if (entry.large !== undefined) large.push({ name: entry.large, path, size: entry.size! })
  }
  const plain = Buffer.concat([...sized(inventory), ...sized(JSON.stringify(entries)), ...contents])
  return { name: seal.name(plain), plain, large }
}

function entryAt(path: string, seal: Seal, contents: Buffer[]): BundleEntry | undefined {
  try {
    const found = lstatSync(path)
    const entry = { path, mode: found.mode & 0o777, mtime: Math.floor(found.mtimeMs / 1000) }
    if (found.isSymbolicLink()) return { ...entry, target: readlinkSync(path) }
    if (found.isDirectory()) return entry
    if (!found.isFile()) return undefined
    const content = readFileSync(path)
    if (content.length > LARGE) return { ...entry, size: content.length, large: seal.name(content) }
    contents.push(content)
    return { ...entry, size: content.length }
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
