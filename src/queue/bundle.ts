import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { readLocalFile } from '../shell/content.ts'
import type { RunFile } from '../split/files.ts'
import type { LaterFile } from '../values/later-file.ts'
import type { Seal } from './key.ts'
import { contentName } from './pieces.ts'
import { places } from './places.ts'
import type { Supplied } from './supply.ts'

/** How long contents stay in Redis that no run asks for, in seconds. */
const STAYS = 7 * 86_400

/** A file, folder or link of the coordinator; with `later` it is a file whose content comes when it is read. */
export type BundleEntry = Omit<RunFile, 'mayWait'> & { readonly later?: Omit<LaterFile, 'size'> }

/** All files of a run and its inventory: what they are called, and the contents of those that do not come later. */
export interface Bundle {
  readonly name: string
  readonly plain: Buffer
  /** By the names of their contents. */
  readonly later: ReadonlyMap<string, Supplied>
}

/**
 * Files and an inventory as a text, packed; the same give the same name. What cannot be read, or has changed since it was
 * looked at, is left out.
 */
export async function makeBundle(files: readonly RunFile[], inventory: string, seal: Seal): Promise<Bundle> {
  const entries: BundleEntry[] = []
  const contents: Buffer[] = []
  for (const { mayWait, ...file } of files) {
    if (file.kind !== 'file') entries.push(file)
    else if (mayWait) {
      const later = await digestsOf(file)
      if (later !== undefined) entries.push({ ...file, later })
    } else {
      const content = contentOf(file)
      if (content === undefined) continue
      entries.push(file)
      contents.push(content)
    }
  }
  const plain = Buffer.concat([...sized(inventory), ...sized(JSON.stringify(entries)), ...contents])
  return { name: seal.name(plain), plain, later: suppliedBy(laterOf(entries), seal) }
}

/** The files of a bundle whose contents come when they are read, by their paths. */
export function laterOf(entries: readonly BundleEntry[]): Map<string, LaterFile> {
  return new Map(
    entries.flatMap(({ path, size, later }) => (later === undefined ? [] : [[path, { size, ...later }]])),
  )
}

/** The files that workers may ask for, by the names of their contents. */
export function suppliedBy(later: ReadonlyMap<string, LaterFile>, seal: Seal): Map<string, Supplied> {
  return new Map([...later].map(([path, { sha256 }]) => [contentName(seal, sha256), { path, sha256 }]))
}

async function digestsOf({ path, size }: BundleEntry): Promise<BundleEntry['later']> {
  try {
    const { content } = await readLocalFile(path)
    if (content?.size !== size) return undefined
    const { sha256, sha1, beginning } = content
    return { sha256, sha1, beginning: beginning!.toString('base64') }
  } catch {
    return undefined
  }
}

function contentOf({ path, size }: BundleEntry): Buffer | undefined {
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

/** Puts a bundle into Redis, unless it is there. */
export async function upload(redis: Redis, seal: Seal, { name, plain }: Bundle): Promise<void> {
  const key = places.content(name)
  if ((await redis.expire(key, STAYS)) === 1) return
  await redis.set(key, await seal.seal(contentPlace(name), plain), 'EX', STAYS)
}

export function contentPlace(name: string): string {
  return `content ${name}`
}
