import { createHash } from 'node:crypto'
import { type BigIntStats, closeSync, fstatSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import {
  comeLater,
  laterFile,
  lstat,
  open,
  openSync,
  readdir,
  readFileSync,
  readlink,
  realpath,
  statSync,
} from '../values/controller-files.ts'
import type { LaterFile } from '../values/later-file.ts'
import { mapOfRun } from '../values/of-run.ts'
import { type Digests, digestsOfPieces } from './digests.ts'

/** Bytes to be written on a host. They are read when they are sent, so a file may be larger than memory. */
export interface Content {
  /** Length in bytes. */
  readonly size: number
  /** Hexadecimal SHA-256. */
  readonly sha256: string
  /** Hexadecimal SHA-1, which is what Ansible calls the checksum of a file. */
  readonly sha1: string
  /** The first bytes of a file of the controller's: enough to tell what is encrypted. */
  readonly beginning?: Buffer
  /** Waits for bytes that come from another machine when they are read; without it, whoever reads them waits. */
  come?(): Promise<void>
  /** A file that is not any more what its digests are of makes its stream, and `bytes`, fail with a sentence. */
  open(): Readable
  /** The whole at once. */
  bytes(): Buffer
  /** The whole as UTF-8, or undefined if it is not text or over 1 MiB: for diffs. */
  text(): string | undefined
}

/** A file, or a folder and what is below it, on the controller. */
export interface LocalFile {
  /** Absolute path; a folder given with a trailing slash keeps it. */
  readonly path: string
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  /** The file's content; undefined for a folder. */
  readonly content?: Content | undefined
  /** The text of a symbolic link; everything else here describes what it leads to. */
  readonly link?: string | undefined
  /** A folder's files and folders, paths relative to it, parents before children. */
  readonly below?: readonly LocalEntry[]
}

/** Something below a local folder; without content and link it is a folder. */
export interface LocalEntry {
  readonly path: string
  readonly mode: number
  readonly content?: Content | undefined
  /** The text of a symbolic link. One to a folder is followed: what is in there has entries of its own. */
  readonly link?: string | undefined
  /** A link that cannot be followed: it leads nowhere, or to a folder around it. */
  readonly dead?: boolean
}

/** Bytes of a file read at a time: in Node's own smaller pieces sending takes half as long again. */
export const AT_A_TIME = 256 * 1024
const BEGINNING = 64

/** Up to this many bytes are shown in diffs. */
export const TEXT_AT_MOST = 1024 * 1024

/** Bytes as text for a diff: undefined if they are not UTF-8, hold a NUL or are more than 1 MiB. */
export function textOf(bytes: Buffer): string | undefined {
  if (bytes.length > TEXT_AT_MOST || bytes.includes(0)) return undefined
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined
}

/** A text or bytes as content. */
export function contentOf(data: string | Buffer): Content {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  return {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sha1: createHash('sha1').update(bytes).digest('hex'),
    open: () => Readable.from([bytes], { objectMode: false }),
    bytes: () => bytes,
    text: () => textOf(bytes),
  }
}

const known = mapOfRun<string, { stamp: string; content: Promise<Content> }>()

/**
 * The content of a local file, of which no more than some KB are ever held in memory. A file that many hosts get is read
 * for its digests once, as long as it stays the same. Raises the file system's error when it cannot be read.
 */
async function localContent(path: string, found: BigIntStats): Promise<Content> {
  const stamp = stampOf(found)
  const before = known.get(path)
  if (before?.stamp === stamp) return before.content
  const later = laterFile(path)
  const content = later
    ? Promise.resolve(laterContent(path, later))
    : digested({ path, stamp }, Number(found.size))
  known.set(path, { stamp, content })
  content.catch(() => known.delete(path))
  return content
}

function stampOf({ size, mtimeNs, ino }: BigIntStats): string {
  return `${size} ${mtimeNs} ${ino}`
}

/** A file as it was found; without a stamp it is one that is kept by its digest, and stays the same. */
interface Found {
  readonly path: string
  readonly stamp?: string
}

/** A file that nobody has read here: what its digests say has it sent to no host that has it. */
function laterContent(path: string, { size, sha256, sha1, beginning }: LaterFile): Content {
  const begin = Buffer.from(beginning, 'base64')
  return { ...contentOfFile({ path }, size, { sha256, sha1 }, begin), come: () => comeLater(path) }
}

async function digested(file: Found, size: number): Promise<Content> {
  if (size <= AT_A_TIME) {
    const bytes = wholeOf(file)
    await breathe()
    const { sha256, sha1 } = contentOf(bytes)
    return contentOfFile(file, bytes.length, { sha256, sha1 }, bytes)
  }
  let beginning: Buffer | undefined
  const pieces = async function* () {
    for await (const piece of piecesOf(file)) {
      beginning ??= piece
      yield piece
    }
  }
  const digests = await digestsOfPieces(pieces(), size)
  return contentOfFile(file, size, digests, beginning!)
}

function contentOfFile(file: Found, size: number, digests: Digests, bytes: Buffer): Content {
  return {
    size,
    ...digests,
    beginning: Buffer.from(bytes.subarray(0, BEGINNING)),
    open: () => Readable.from(piecesOf(file), { objectMode: false }),
    bytes: () => wholeOf(file),
    text: () => (size > TEXT_AT_MOST ? undefined : textOf(wholeOf(file))),
  }
}

/** How long the process may be held by files that are read at once, in ms. */
const HOLD = 20
let since = 0

async function breathe(): Promise<void> {
  if (performance.now() - since < HOLD) return
  await setImmediate()
  since = performance.now()
}

/** A small file is read at once: one that is waited for takes ten times as long. */
function wholeOf({ path, stamp }: Found): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = readFileSync(file)
    if (stamp !== undefined && stampOf(fstatSync(file, { bigint: true })) !== stamp) throw changed(path)
    return bytes
  } finally {
    closeSync(file)
  }
}

async function* piecesOf({ path, stamp }: Found): AsyncGenerator<Buffer> {
  const file = await open(path, 'r')
  try {
    await mustBe(file, path, stamp)
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(AT_A_TIME), 0, AT_A_TIME)
      if (bytesRead === 0) break
      yield buffer.subarray(0, bytesRead)
    }
    await mustBe(file, path, stamp)
  } finally {
    await file.close()
  }
}

async function mustBe(file: FileHandle, path: string, stamp: string | undefined): Promise<void> {
  if (stamp === undefined) return
  if (stampOf(await file.stat({ bigint: true })) !== stamp) throw changed(path)
}

function changed(path: string): Error {
  return new Error(`${path} was changed while it was read; run the task again when nobody writes to it`)
}

/**
 * A file of the controller, or a folder with all that is below it; symbolic links are followed, and remembered.
 * Raises the file system's error when something in it cannot be read.
 */
export async function readLocalFile(absolutePath: string): Promise<LocalFile> {
  const itself = await lstat(absolutePath)
  const link = itself.isSymbolicLink() ? await readlink(absolutePath) : undefined
  const { mode, file } = await kindOf(absolutePath)
  if (file !== undefined) {
    return { path: absolutePath, mode, link, content: await localContent(absolutePath, file) }
  }
  const below: LocalEntry[] = []
  await collect(absolutePath, '', new Set([await realpath(absolutePath)]), below)
  return { path: absolutePath, mode, link, below }
}

/** What a path leads to: `file` unless it is a folder. */
async function kindOf(path: string): Promise<{ mode: number; file: BigIntStats | undefined }> {
  await breathe()
  const found = statSync(path, { bigint: true })
  if (!found.isDirectory() && !found.isFile()) throw new Error(`${path} is neither a file nor a folder`)
  return { mode: Number(found.mode) & 0o7777, file: found.isFile() ? found : undefined }
}

async function collect(
  top: string,
  folder: string,
  above: ReadonlySet<string>,
  entries: LocalEntry[],
): Promise<void> {
  const found = await readdir(join(top, folder), { withFileTypes: true })
  found.sort((one, other) => (one.name < other.name ? -1 : 1))
  for (const entry of found) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    const full = join(top, path)
    const link = entry.isSymbolicLink() ? await readlink(full) : undefined
    const leadsTo = link === undefined ? full : await realpath(full).catch(() => undefined)
    if (leadsTo === undefined || above.has(leadsTo)) {
      entries.push({ path, mode: 0o777, link, dead: true })
      continue
    }
    const { mode, file } = await kindOf(full)
    if (file === undefined) {
      entries.push({ path, mode, link })
      await collect(top, path, new Set([...above, leadsTo]), entries)
    } else entries.push({ path, mode, link, content: await localContent(full, file) })
  }
}
