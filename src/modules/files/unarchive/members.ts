import { type Listing, type ListingWords, ZIP_END } from '../../../shell/archive.ts'
import { globToRegExp } from '../../../values/glob.ts'

type MemberType = 'file' | 'directory' | 'link' | 'hard' | 'other'

/** Something that an archive holds. */
export interface Member {
  /** As the archive has it. */
  readonly name: string
  /** Below the folder in which it is unpacked; "" is that folder itself. */
  readonly path: string
  readonly type: MemberType
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  /** Of a tar alone. */
  readonly uid?: number
  readonly gid?: number
  readonly size: number
  /** Whole seconds since 1970. */
  readonly mtime: number
  /** The text of a link; the name of what a hard link is the same as. A zip does not say it in its list. */
  readonly target?: string
}

/** What a listing says. Raises an Error with a sentence when it makes no sense. */
export function readMembers({ kind, bytes }: Listing, wanted: ListingWords): Member[] {
  return kind === 'zip' ? chosen(readZip(bytes), wanted) : readTar(textOf(bytes))
}

/** Names are told and compared as texts. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString()
  if (Buffer.from(text).equals(bytes)) return text
  throw new Error('the archive holds a name that is not UTF-8')
}

const LINE =
  /^([-dlhbcps])([-rwxsStT]{9}) +([^\s/]+)\/(\S+) +(\d+|\d+, *\d+) +(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?)(?:\.\d+)? (.*)$/

const TYPES: Readonly<Record<string, MemberType>> = { '-': 'file', d: 'directory', l: 'link', h: 'hard' }

function readTar(text: string): Member[] {
  const lines = text.split('\n')
  lines.pop()
  const before = new Set<string>()
  return lines.flatMap((line) => {
    const [, letter, permissions, uid, gid, size, date, time, rest] = LINE.exec(line) ?? []
    const mtime = Date.parse(`${date}T${time}Z`) / 1000
    if (rest === undefined || Number.isNaN(mtime))
      throw new Error(`the archive holds a name, or something, that cannot be read: ${line}`)
    const type = TYPES[letter!] ?? 'other'
    const { name, target } = withTarget(type, rest, size === '0' ? before : undefined)
    // What is left of a name from which all was stripped.
    if (/^\/*$/.test(name)) return []
    before.add(name)
    return [
      {
        name,
        path: plainPath(name),
        // busybox has no letter of its own for hard links.
        type: type === 'file' && target !== undefined ? 'hard' : type,
        mode: bitsOf(permissions!),
        ...numbered('uid', uid!),
        ...numbered('gid', gid!),
        size: Number(size) || 0,
        mtime,
        ...(target !== undefined && { target }),
      },
    ]
  })
}

/** busybox tells names, of which only that of root means the same everywhere. */
function numbered(name: 'uid' | 'gid', text: string): { uid?: number; gid?: number } {
  if (text !== 'root' && !/^\d+$/.test(text)) return {}
  return { [name]: text === 'root' ? 0 : Number(text) }
}

/** `before` are the names of earlier members, if it may be a hard link of which busybox does not say that it is one. */
function withTarget(
  type: MemberType,
  rest: string,
  before: ReadonlySet<string> | undefined,
): { name: string; target?: string } {
  const mayBeHard = type === 'file' && before !== undefined && rest.includes(' -> ')
  if (type !== 'link' && type !== 'hard' && !mayBeHard) return { name: rest }
  const [name, target, ...more] = rest.split(type === 'hard' ? ' link to ' : ' -> ')
  if (target === undefined || more.length > 0 || (mayBeHard && !before.has(target)))
    throw new Error(
      `the archive holds a link that cannot be told from its name: ${rest}; nothing was unpacked`,
    )
  return { name: name!, target }
}

function plainPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  return (name.startsWith('/') ? '/' : '') + parts.join('/')
}

/** "rwxr-s--x" as bits. */
function bitsOf(text: string): number {
  let bits = 0
  for (const [index, letter] of [...text].entries()) {
    if (/[rwxst]/.test(letter)) bits |= 0o400 >> index
    if (/[sS]/.test(letter)) bits |= index === 2 ? 0o4000 : 0o2000
    if (/[tT]/.test(letter)) bits |= 0o1000
  }
  return bits
}

const END = 0x06054b50
const ENTRY = 0x02014b50

/** The list at the end of a zip (APPNOTE.TXT of PKWARE, 4.3.12 and 4.3.16). */
function readZip(end: Buffer): Member[] {
  const at = lastOf(end, END)
  const isWhole = at !== -1 && at + 22 <= end.length
  const start = isWhole ? at - end.readUInt32LE(at + 12) : -1
  if (start < 0)
    throw new Error(`the zip is broken, or its list takes more than ${ZIP_END / 1024 / 1024} MiB`)
  const members: Member[] = []
  for (let next = start; next < at; ) {
    if (next + 46 > at || end.readUInt32LE(next) !== ENTRY) throw new Error('the list of the zip is broken')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      end.readUInt16LE(next + offset),
    )
    const extraAt = next + 46 + nameLength!
    members.push(readEntry(end.subarray(next, extraAt), end.subarray(extraAt, extraAt + extraLength!)))
    next = extraAt + extraLength! + commentLength!
  }
  return members
}

function lastOf(bytes: Buffer, magic: number): number {
  const mark = Buffer.alloc(4)
  mark.writeUInt32LE(magic)
  return bytes.lastIndexOf(mark)
}

function readEntry(entry: Buffer, extra: Buffer): Member {
  const name = textOf(entry.subarray(46))
  const isUnix = entry[5] === 3
  const raw = entry.readUInt32LE(38) >>> 16
  const isFolder = name.endsWith('/')
  const isLink = isUnix && (raw & 0o170000) === 0o120000
  return {
    name,
    path: plainPath(name),
    type: isFolder ? 'directory' : isLink ? 'link' : 'file',
    mode: isUnix && raw !== 0 ? raw & 0o777 : isFolder ? 0o755 : 0o644,
    size: entry.readUInt32LE(24),
    mtime: timeIn(extra) ?? dosTime(entry.readUInt16LE(14), entry.readUInt16LE(12)),
  }
}

/** The time of Unix in the fields behind an entry, if there is one. */
function timeIn(extra: Buffer): number | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const size = extra.readUInt16LE(at + 2)
    if (
      extra.readUInt16LE(at) === 0x5455 &&
      size >= 5 &&
      at + 9 <= extra.length &&
      (extra[at + 4]! & 1) === 1
    )
      return extra.readInt32LE(at + 5)
  }
  return undefined
}

/** The clock of DOS, which knows no zone: it is unpacked in UTC, too. */
function dosTime(date: number, time: number): number {
  const [year, month, day] = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31]
  return Date.UTC(year, month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2) / 1000
}

/** As unzip takes names and patterns. */
function chosen(members: readonly Member[], { include, exclude }: ListingWords): Member[] {
  const [wanted, unwanted] = [include.map(globToRegExp), exclude.map(globToRegExp)]
  const matches = (all: readonly RegExp[], { name }: Member) => all.some((one) => one.test(name))
  return members.filter(
    (member) => (wanted.length === 0 || matches(wanted, member)) && !matches(unwanted, member),
  )
}

/** Why an archive is not unpacked: what it holds would go elsewhere than into its folder. */
export function refusalOf(members: readonly Member[]): string | undefined {
  const links = new Set(members.filter(({ type }) => type === 'link').map(({ path }) => path))
  for (const { name, path, type, target } of members) {
    if (path.startsWith('/') || path.split('/').includes('..'))
      return `the archive holds ${name}, which leads out of the folder; nothing was unpacked`
    if (above(path).some((folder) => links.has(folder)))
      return `the archive holds ${name}, whose way leads through one of its links; nothing was unpacked`
    if (target === undefined) continue
    const end = type === 'hard' ? plainPath(target) : `${path.replace(/[^/]*$/, '')}${target}`
    if (target.startsWith('/') || leadsOut(end) || throughLink(end, links))
      return `the archive holds the link ${name} to ${target}, which leads out of the folder; nothing was unpacked`
  }
  return undefined
}

/** Whether `..` takes it above where it begins. */
function leadsOut(path: string): boolean {
  if (path.startsWith('/')) return true
  let depth = 0
  for (const part of path.split('/')) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}

/** Whether a `..` follows a link: then nobody can tell where it leads by the names alone. */
function throughLink(path: string, links: ReadonlySet<string>): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.some(
    (part, index) =>
      part === '..' && above(`${parts.slice(0, index).join('/')}/x`).some((one) => links.has(one)),
  )
}

/** The folders above a path, topmost first. */
export function above(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, index).join('/')).slice(1)
}
