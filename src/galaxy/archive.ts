import { mkdir, open } from 'node:fs/promises'
import { posix } from 'node:path'
import { extract, list, type ReadEntry } from 'tar'
import { type ArchiveKind, kindOf } from '../shell/archive.ts'
import { printed } from './program.ts'

/** A file, folder or link in an archive. */
export interface ArchiveMember {
  /** Without "./" before it and "/" behind it. */
  readonly name: string
  readonly type: 'file' | 'folder' | 'link' | 'hardlink'
  readonly target: string
}

const MEMBERS_AT_MOST = 100_000
const BYTES_AT_MOST = 4 * 1024 * 1024 * 1024
/** Seconds. */
const UNPACKING_AT_MOST = 600

const TYPES: Readonly<Record<string, ArchiveMember['type']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  SymbolicLink: 'link',
  Link: 'hardlink',
}

/** An archive whose members have been looked at, as tar: none of them leads out. */
export interface Archive {
  readonly path: string
  readonly members: readonly ArchiveMember[]
}

/**
 * Looks at an archive (tar; gzip, bzip2, xz and zstd around it); `scratch` is a path for it without the last three. Raises an Error with a sentence for one that is none, is
 * too large, or has a member that would lead out of the folder that it is unpacked into.
 */
export async function openArchive(path: string, scratch: string): Promise<Archive> {
  const tar = await unpacked(path, scratch)
  const members: ArchiveMember[] = []
  const wrong: string[] = []
  let bytes = 0
  await list({
    file: tar,
    strict: true,
    onReadEntry: (entry) => {
      bytes += entry.size
      const type = TYPES[entry.type]
      if (type === undefined) wrong.push(`"${entry.path}" is no file, folder or link (${entry.type})`)
      else if (members.length < MEMBERS_AT_MOST)
        members.push({ name: cleaned(entry.path), type, target: entry.linkpath ?? '' })
      else wrong.push(`it holds more than ${MEMBERS_AT_MOST} files`)
      if (bytes > BYTES_AT_MOST) wrong.push(`it holds more than ${BYTES_AT_MOST} bytes`)
    },
  }).catch((error: Error) => {
    throw new Error(`it is no tar archive: ${error.message}`)
  })
  if (members.length === 0 && wrong.length === 0) throw new Error('it is no tar archive, or an empty one')
  const [first] = [...wrong, ...leadingOut(members)]
  if (first !== undefined) throw new Error(`${first}; nothing of it is unpacked`)
  return { path: tar, members }
}

function cleaned(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '') || '.'
}

/** What is wrong with members that would be written, or would point, outside of the folder. */
function leadingOut(members: readonly ArchiveMember[]): string[] {
  const links = new Set(members.filter(({ type }) => type === 'link').map(({ name }) => name))
  return members.flatMap(({ name, type, target }) => {
    const parts = name.split('/')
    if (name.startsWith('/') || parts.includes('..') || name.includes('\0'))
      return `"${name}" leads out of the archive`
    if (parts.some((_, index) => index > 0 && links.has(parts.slice(0, index).join('/'))))
      return `"${name}" lies behind a link`
    if (type === 'hardlink' && isOutside(cleaned(target)))
      return `"${name}" is a link to ${target}, outside of the archive`
    if (
      type === 'link' &&
      (isOutside(posix.join(posix.dirname(name), target)) || turnsBack(target) || target.startsWith('/'))
    )
      return `"${name}" is a link to ${target}, outside of the archive`
    return []
  })
}

function isOutside(path: string): boolean {
  return path.startsWith('/') || path.split('/')[0] === '..'
}

/** Whether ".." stands behind a name, which may itself be a link. */
function turnsBack(target: string): boolean {
  const parts = target.split('/').filter((part) => part !== '.' && part !== '')
  const down = parts.findIndex((part) => part !== '..')
  return down !== -1 && parts.slice(down).includes('..')
}

/**
 * Unpacks what lies below a folder of the archive ("" for all) into a new folder. Files are writable by their owner alone,
 * and can be run if their owner could run them.
 */
export async function unpack({ path }: Archive, below: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true, mode: 0o755 })
  const strip = below === '' ? 0 : below.split('/').length
  const seen = new Set<string>()
  await extract({
    file: path,
    cwd: into,
    strip,
    strict: true,
    preserveOwner: false,
    filter: (name, entry) => {
      const clean = cleaned(name)
      const isWanted = below === '' ? clean !== '.' : clean.startsWith(`${below}/`)
      if (isWanted) {
        setMode(entry as ReadEntry)
        seen.add(clean)
      }
      return isWanted
    },
  })
}

function setMode(entry: ReadEntry): void {
  // A "./" before the name would be taken for a folder to strip.
  entry.path = entry.path.replace(/^(\.\/)+/, '')
  if (entry.type === 'Link' && entry.linkpath !== undefined) entry.linkpath = cleaned(entry.linkpath)
  entry.mode = entry.type === 'Directory' || ((entry.mode ?? 0) & 0o100) !== 0 ? 0o755 : 0o644
}

const PROGRAMS: Partial<Record<ArchiveKind, string>> = { bzip2: 'bzip2', xz: 'xz', zstd: 'zstd' }

/** The path of the archive as a program can read it who knows gzip alone. */
async function unpacked(path: string, scratch: string): Promise<string> {
  const file = await open(path)
  const beginning = Buffer.alloc(6)
  try {
    await file.read(beginning, 0, 6, 0)
  } finally {
    await file.close()
  }
  const kind = kindOf(beginning)
  if (kind === 'zip') throw new Error('it is a zip, and no tar archive')
  const program = PROGRAMS[kind]
  if (program === undefined) return path
  await printed(program, { words: ['-dc'], from: path, into: scratch, timeout: UNPACKING_AT_MOST })
  return scratch
}
