import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Bytes to be written on a host. They are read when they are sent, so a file may be larger than memory. */
export interface Content {
  /** Length in bytes. */
  readonly size: number
  /** Hexadecimal SHA-256. */
  readonly sha256: string
  /** Hexadecimal SHA-1, which is what Ansible calls the checksum of a file. */
  readonly sha1: string
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
const AT_A_TIME = 256 * 1024

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

const known = new Map<string, { stamp: string; content: Promise<Content> }>()

/**
 * The content of a local file, whose bytes are never held in memory together. A file that many hosts get is read
 * for its digests once, as long as it stays the same. Raises the file system's error when it cannot be read.
 */
export async function localContent(path: string): Promise<Content> {
  const { size, mtimeNs, ino } = await stat(path, { bigint: true })
  const stamp = `${size} ${mtimeNs} ${ino}`
  const before = known.get(path)
  if (before?.stamp === stamp) return before.content
  const content = digested(path, Number(size))
  known.set(path, { stamp, content })
  content.catch(() => known.delete(path))
  return content
}

async function digested(path: string, size: number): Promise<Content> {
  const sha256 = createHash('sha256')
  const sha1 = createHash('sha1')
  await pipeline(
    createReadStream(path, { highWaterMark: AT_A_TIME }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        sha256.update(chunk)
        sha1.update(chunk)
      }
    },
  )
  return {
    size,
    sha256: sha256.digest('hex'),
    sha1: sha1.digest('hex'),
    open: () => createReadStream(path, { highWaterMark: AT_A_TIME }),
    bytes: () => readFileSync(path),
    text: () => (size > TEXT_AT_MOST ? undefined : textOf(readFileSync(path))),
  }
}

/**
 * A file of the controller, or a folder with all that is below it; symbolic links are followed, and remembered.
 * Raises the file system's error when something in it cannot be read.
 */
export async function readLocalFile(absolutePath: string): Promise<LocalFile> {
  const itself = await lstat(absolutePath)
  const link = itself.isSymbolicLink() ? await readlink(absolutePath) : undefined
  const { mode, isFolder } = await kindOf(absolutePath)
  if (!isFolder) {
    return { path: absolutePath, mode, link, content: await localContent(absolutePath) }
  }
  const below: LocalEntry[] = []
  await collect(absolutePath, '', new Set([await realpath(absolutePath)]), below)
  return { path: absolutePath, mode, link, below }
}

async function kindOf(path: string): Promise<{ mode: number; isFolder: boolean }> {
  const found = await stat(path)
  if (!found.isDirectory() && !found.isFile()) throw new Error(`${path} is neither a file nor a folder`)
  return { mode: found.mode & 0o7777, isFolder: found.isDirectory() }
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
    const { mode, isFolder } = await kindOf(full)
    if (isFolder) {
      entries.push({ path, mode, link })
      await collect(top, path, new Set([...above, leadsTo]), entries)
    } else entries.push({ path, mode, link, content: await localContent(full) })
  }
}
