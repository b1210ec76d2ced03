import type { BatchedProbe } from '../sdk/probe.ts'
import { TEXT_AT_MOST, textOf } from '../shell/content.ts'
import { Output } from '../shell/output.ts'
import type { ValueMap } from '../values/value.ts'
import { AT_ONCE, filesProbe, type Looking, lookingSettings } from './look.ts'
import { linkTarget } from './paths.ts'

export type FileType = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'char' | 'block'

/** What stat(1) prints of something in the file system of a host. */
export interface FileState {
  readonly type: FileType
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** User and group name; the id as text when it has none. */
  readonly owner: string
  readonly group: string
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970, with fraction. */
  readonly atime: number
  readonly mtime: number
  readonly ctime: number
  readonly links: number
  readonly inode: number
  /** Number of the device that it lies on. */
  readonly device: number
  /** Major and minor number of a device file. */
  readonly deviceType: readonly [number, number]
  /** 512-byte blocks taken, and the best size for reading. */
  readonly blocks: number
  readonly blockSize: number
  /** Another one for another file in its place, and for one that was changed since: what `STAMP_FORMAT` prints. */
  readonly stamp: string
  /** The text of a symbolic link. */
  readonly target?: string
  /** Where a symbolic link leads in the end, when asked to follow. */
  readonly real?: Real
  /** Hexadecimal digest of a regular file, when asked for. */
  readonly digest?: string
  /** The whole of a regular file, when asked for and not over 1 MiB. */
  readonly content?: Buffer
}

/** What a symbolic link leads to; "" and undefined if nothing is there. */
interface Real {
  readonly path: string
  readonly state: FileState | undefined
  /**
   * The link is root's or of the user who probes. For root, one of root's in a folder where another user may have put it
   * belongs to that user.
   */
  readonly isOurs: boolean
  /** It is ours, or leads to what belongs to the owner of the link. */
  readonly isTrusted: boolean
}

/** A batched probe of files; undefined where nothing is. */
export function files(paths: readonly string[], looking: Looking = {}): BatchedProbe<FileState | undefined> {
  return {
    kind: `files ${lookingSettings(looking)}`,
    items: paths,
    script: (items) => filesProbe(items, looking),
    read: (output, items) => readFiles(output, items.length, looking),
  }
}

/**
 * The files that `filesProbe` probed, in their order; undefined for one that is not there. `atOnce` is how many were
 * probed together.
 */
export function readFiles(
  output: Output,
  count: number,
  looking: Omit<Looking, 'content'> = {},
  atOnce = AT_ONCE,
): (FileState | undefined)[] {
  const all: (FileState | undefined)[] = []
  for (let left = count; left > 0; left -= atOnce) {
    all.push(...readTogether(output, Math.min(left, atOnce), looking))
  }
  return all
}

function readTogether(output: Output, count: number, looking: Looking): (FileState | undefined)[] {
  const marks = [...output.take(count).toString()]
  let files = marks.map((mark) => (mark === '0' ? undefined : readStat(output)))
  const folders = marks.filter((mark) => mark === '2').map(() => readStat(output))
  files = readLinks(output, files, folders, looking)
  const hasContent = output.take(1).toString() === '1'
  if (looking.digest) files = eachRegular(files, (file) => ({ ...file, digest: readDigest(output.line()) }))
  if (hasContent) {
    files = eachRegular(files, (file) =>
      file.size > TEXT_AT_MOST ? file : { ...file, content: output.take(file.size) },
    )
  }
  return files
}

function readStat(output: Output): FileState {
  const line = output.line()
  const [raw = '', uid, gid, size, links, inode, device, major = '', minor = '', blocks, blockSize] =
    line.split(' ')
  const bits = Number.parseInt(raw, 16)
  if (Number.isNaN(bits)) throw new Error(`stat on the host answered "${line}", which makes no sense`)
  const [accessed, modified, changed] = [output.line(), output.line(), output.line()]
  const [owner, group] = [output.line(), output.line()]
  return {
    type: typeOf(bits),
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: owner === 'UNKNOWN' ? uid! : owner,
    group: group === 'UNKNOWN' ? gid! : group,
    size: Number(size),
    atime: seconds(accessed),
    mtime: seconds(modified),
    ctime: seconds(changed),
    stamp: `${inode} ${device} ${size} ${modified} ${changed}`,
    links: Number(links),
    inode: Number(inode),
    device: Number(device),
    deviceType: [Number.parseInt(major, 16), Number.parseInt(minor, 16)],
    blocks: Number(blocks),
    blockSize: Number(blockSize),
  }
}

const TYPES: Readonly<Record<number, FileType>> = {
  1: 'fifo',
  2: 'char',
  4: 'directory',
  6: 'block',
  8: 'file',
  10: 'link',
  12: 'socket',
}

/** The type in the upper bits of st_mode (inode(7)). */
function typeOf(bits: number): FileType {
  return TYPES[bits >> 12] ?? 'file'
}

/** "2026-11-22 20:38:53.170671351 +0000" as seconds since 1970. */
function seconds(text: string): number {
  const [, date, time, fraction = '', zone] = /^(\S+) ([\d:]+)(\.\d+)? ?(\S*)$/.exec(text) ?? []
  return Date.parse(`${date}T${time}${zone || 'Z'}`) / 1000 + Number(`0${fraction}`)
}

/** The texts of all links; then, if they are followed, which lead somewhere, where to, and what is there. */
function readLinks(
  output: Output,
  files: readonly (FileState | undefined)[],
  folders: readonly FileState[],
  { follow }: Looking,
): (FileState | undefined)[] {
  const links = files.filter((file) => file?.type === 'link')
  const targets = links.map(() => output.field())
  const ourselves = follow && links.length > 0 ? Number(output.field()) : undefined
  const places = (ourselves === undefined ? [] : links).map(() => readPlace(output.line()))
  const known = folders.values()
  const ends = (follow ? links : []).map(() => {
    const mark = output.take(1).toString()
    return mark === '2' ? { mark, path: output.field(), state: known.next().value } : { mark, path: '' }
  })
  const paths = ends.map(({ mark, path }) => (mark === '1' ? output.field() : path))
  const real = ends.map((end, index): Real => {
    const state = end.mark === '1' ? readStat(output) : end.state
    const owner = ownerOf(links[index]!, places[index]!, ourselves!)
    const isOurs = owner === 0 || owner === ourselves
    return { path: paths[index]!, state, isOurs, isTrusted: isOurs || owner === state?.uid }
  })
  return files.map((file) => {
    const index = links.indexOf(file)
    if (file === undefined || index === -1) return file
    return { ...file, target: targets[index]!, ...(follow && { real: real[index]! }) }
  })
}

/** The folder that a link lies in. */
interface Place {
  readonly uid: number
  readonly mode: number
}

function readPlace(line: string): Place {
  const [uid = '', mode = ''] = line.split(' ')
  return { uid: Number(uid), mode: Number.parseInt(mode, 16) }
}

/** Whose a link counts as, as in SAFE_PATH; NaN if nobody knows who has put it there. */
function ownerOf({ uid }: FileState, place: Place, ourselves: number): number {
  if (uid !== 0 || ourselves !== 0) return uid
  if (place.uid !== 0) return place.uid
  const isSticky = (place.mode & 0o1000) !== 0
  return isSticky || (place.mode & 0o002) === 0 ? uid : Number.NaN
}

/** Replaces the state of every regular file, behind its link if one was followed. */
export function eachRegular(
  files: readonly (FileState | undefined)[],
  change: (file: FileState, index: number) => FileState,
): (FileState | undefined)[] {
  return files.map((file, index) => {
    if (file?.type === 'file') return change(file, index)
    if (file?.real?.state?.type !== 'file') return file
    return { ...file, real: { ...file.real, state: change(file.real.state, index) } }
  })
}

/** The digest in a line that a program such as `sha256sum` printed. Raises an Error for any other. */
export function readDigest(line: string): string {
  // GNU marks a line with a backslash when it had to write the name in another way.
  const digest = /^\\?([0-9a-f]{32,128}) /.exec(line)?.[1]
  if (digest === undefined) throw new Error(`the host answered "${line}" where a checksum was expected`)
  return digest
}

/** One file at `path`. */
export function readFile(bytes: Buffer, looking: Looking = {}): FileState | undefined {
  return readFiles(new Output(bytes), 1, looking)[0]
}

/** Something that is reached by a path, perhaps through links. */
export interface Reached {
  readonly path: string
  readonly file: FileState | undefined
  /** The link at which the way to `path` begins, if there is one. */
  readonly via?: string
}

export interface Existing extends Reached {
  readonly file: FileState
}

/** What a task that follows links means: what is behind the link, or what is at the path itself. */
export function behindLinks(path: string, file: FileState | undefined): Reached {
  const real = file?.real
  if (real === undefined) return { path, file }
  const leadsTo = real.path === '' ? linkTarget(path, file?.target ?? '') : real.path
  return { path: leadsTo, file: real.state, via: path }
}

/**
 * Where a task that follows links works. Raises an Error with a sentence for a link of another user to what is not
 * theirs: they would have root change, or give them, whatever they like.
 */
export function followed(path: string, file: FileState | undefined): Reached {
  const reached = behindLinks(path, file)
  if (file?.real === undefined || file.real.isTrusted) return reached
  throw new Error(
    `${path} is a link of ${file.owner}'s to ${reached.path}, which is not theirs; it is not followed`,
  )
}

/** The regular file at a path, links followed as far as they may be. */
export function regularAt(path: string, itself: FileState | undefined): Existing | undefined {
  if (itself?.real !== undefined && !itself.real.isTrusted) return undefined
  const { file, ...where } = behindLinks(path, itself)
  return file?.type === 'file' ? { ...where, file } : undefined
}

/** A folder, or a link to one. */
export function isFolder(file: FileState | undefined): boolean {
  return file?.type === 'directory' || file?.real?.state?.type === 'directory'
}

/** A file's content as text for a diff; "" when there is no file, undefined when it is no text. */
export function textOfFile(file: FileState | undefined): string | undefined {
  if (file === undefined) return ''
  return file.content === undefined ? undefined : textOf(file.content)
}

/** What Ansible's file modules return of a file. */
export function describe(file: FileState): ValueMap {
  const { uid, gid, owner, group, mode, size } = file
  const state = file.type === 'file' && file.links > 1 ? 'hard' : file.type
  return { uid, gid, owner, group, mode: octalAsAnsible(mode), size, state }
}

/** Permission bits as Ansible's modules return them: all digits behind a 0, such as "0644" and "02755". */
export function octalAsAnsible(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`
}

/** Permission bits as four octal digits. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
