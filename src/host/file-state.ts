import type { Look } from '../sdk/probe.ts'
import { TEXT_AT_MOST, textOf } from '../shell/content.ts'
import { Output } from '../shell/output.ts'
import { quotePath, words } from '../shell/quote.ts'
import type { ValueMap } from '../values/value.ts'
import { linkTarget } from './paths.ts'

export type FileType = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'char' | 'block'

/** What stat(1) tells of something in the file system of a host. */
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
  /** The link is root's or of the user who looks, or leads to what belongs to the owner of the link. */
  readonly isTrusted: boolean
}

/** What to look at besides what stat tells. */
export interface Looking {
  /** Also where symbolic links lead; digest and content are then those of what is there. */
  readonly follow?: boolean
  /** Name of a program such as `sha256sum` that prints digests. */
  readonly digest?: string
  /** Bring the content of regular files up to 1 MiB. */
  readonly content?: boolean
}

// Understood by GNU and busybox stat alike; names come last, for they may hold spaces.
export const STAT_FORMAT = '%f %u %g %s %h %i %d %t %T %b %o\n%x\n%y\n%z\n%U\n%G'

export const STAMP_FORMAT = '%i %d %s %y %z'

/**
 * Sh functions that look at files and print a mark for many at once: every printf may be a packet. They are to be
 * called one after the other with the same paths: look, links, regular. look FILE...: prints 1 or 0 for each (is
 * it there?), then stat's answer for each that is. A missing file below a folder that may not be searched is an
 * error: nobody knows whether it is there. 2 is for a link that is followed to a folder; the folders come last,
 * and cost no process of their own.
 */
export const LOOK = `look() {
  n=$# m=
  for p; do
    if leads "$p"; then m=\${m}2; set -- "$@" "$p"; continue; fi
    if [ -e "$p" ] || [ -h "$p" ]; then m=\${m}1; set -- "$@" "$p"; continue; fi
    m=\${m}0
    d=$p
    while :; do
      case $d in */*) d=\${d%/*} ;; *) d=. ;; esac
      [ -n "$d" ] || d=/
      [ -e "$d" ] && break
      case $d in . | /) break ;; esac
    done
    if [ -d "$d" ] && [ ! -x "$d" ]; then echo "cannot look into $d: Permission denied" >&2; exit 1; fi
  done
  shift $n
  printf %s "$m"
  for p; do if leads "$p"; then set -- "$@" "$p/."; fi; done
  [ $# -eq 0 ] || stat -c ${words(STAT_FORMAT)} -- "$@" || exit 1
}
leads() { [ "$follow" ] && [ -h "$1" ] && [ -d "$1" ] && [ -x "$1" ]; }
links() {
  n=$#
  for p; do [ ! -h "$p" ] || set -- "$@" "$p"; done
  shift $n
  [ $# -gt 0 ] || return 0
  texts -n "$@"
  [ "$follow" ] || return 0
  whoami
  n=$# m=
  w=$PWD
  for p; do
    if leads "$p"; then CDPATH= cd -P -- "$p" && printf '%s2%s\\0' "$m" "$PWD"; m=; cd "$w" || exit
    elif [ -e "$p" ]; then m=\${m}1; set -- "$@" "$p"
    else m=\${m}0; fi
  done
  shift $n
  printf %s "$m"
  [ $# -gt 0 ] || return 0
  texts -f "$@"
  stat -L -c ${words(STAT_FORMAT)} -- "$@" || exit 1
}
whoami() {
  { while read -r k u x && [ "$k" != Uid: ]; do :; done; } 2>/dev/null </proc/self/status
  [ "$k" = Uid: ] || u=$(id -u)
  printf '%s\\0' "$u"
}
texts() {
  o=$1
  shift
  # One process for all where readlink takes several.
  [ $# -gt 1 ] && readlink -z $o -- "$@" 2>/dev/null && return
  for p; do readlink -n $o "$p"; printf '\\0'; done
}
regular() {
  n=$#
  for p; do
    if [ -f "$p" ]; then if [ "$follow" ] || [ ! -h "$p" ]; then set -- "$@" "$p"; fi; fi
  done
  shift $n
  printf "\${content:-0}"
  [ $# -gt 0 ] || return 0
  if [ "$sum" ]; then
    case $* in
      *'
'*) for p; do "$sum" <"$p" || exit 1; done ;;
      *) "$sum" -- "$@" || exit 1 ;;
    esac
  fi
  [ "$content" ] || return 0
  for p; do [ "$(wc -c <"$p")" -gt ${TEXT_AT_MOST} ] || cat -- "$p" || exit 1; done
}`

/** A look at files; undefined where nothing is. */
export function files(paths: readonly string[], looking: Looking = {}): Look<FileState | undefined> {
  return {
    kind: `files ${lookingSettings(looking)}`,
    items: paths,
    script: (items) => filesProbe(items, looking),
    read: (output, items) => readFiles(output, items.length, looking),
  }
}

/** Sh that looks at files; its output is read by `readFiles`. */
export function filesProbe(paths: readonly string[], looking: Looking = {}): string {
  const lines = [LOOK, lookingSettings(looking)]
  for (const some of chunks(paths)) {
    lines.push(`set -- ${some.map(quotePath).join(' ')}`, 'look "$@"; links "$@"; regular "$@"')
  }
  return lines.join('\n')
}

/** What the functions of `LOOK` are to look at. */
export function lookingSettings({ follow, digest = '', content }: Looking): string {
  return `follow=${follow ? 1 : ''} sum=${digest} content=${content ? 1 : ''}`
}

/**
 * The files that `filesProbe` looked at, in their order; undefined for one that is not there. `atOnce` is how many
 * were looked at together.
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

// As many as fit into one command line even with the longest names.
const AT_ONCE = 100

/** As many at a time as are looked at with one process. */
export function chunks<T>(items: readonly T[]): T[][] {
  const starts = Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, index) => index * AT_ONCE)
  return starts.map((start) => items.slice(start, start + AT_ONCE))
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
  const known = folders.values()
  const ends = (follow ? links : []).map(() => {
    const mark = output.take(1).toString()
    return mark === '2' ? { mark, path: output.field(), state: known.next().value } : { mark, path: '' }
  })
  const paths = ends.map(({ mark, path }) => (mark === '1' ? output.field() : path))
  const real = ends.map((end, index): Real => {
    const state = end.mark === '1' ? readStat(output) : end.state
    const owner = links[index]!.uid
    return {
      path: paths[index]!,
      state,
      isTrusted: owner === 0 || owner === ourselves || owner === state?.uid,
    }
  })
  return files.map((file) => {
    const index = links.indexOf(file)
    if (file === undefined || index === -1) return file
    return { ...file, target: targets[index]!, ...(follow && { real: real[index]! }) }
  })
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

/** Where a task that follows links looks: behind the link, or at the path itself. */
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

/** A file's content as text for a diff; "" when there is no file, undefined when it is no text. */
export function textOfFile(file: FileState | undefined): string | undefined {
  if (file === undefined) return ''
  return file.content === undefined ? undefined : textOf(file.content)
}

/** What Ansible's file modules return of a file. */
export function describe(file: FileState): ValueMap {
  const { uid, gid, owner, group, mode, size } = file
  const state = file.type === 'file' && file.links > 1 ? 'hard' : file.type
  return { uid, gid, owner, group, mode: octal(mode), size, state }
}

/** Permission bits as four octal digits. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
