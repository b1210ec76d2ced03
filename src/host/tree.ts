import type { Action } from '../sdk/module.ts'
import type { Content } from '../shell/content.ts'
import { CHANGED_MEANWHILE } from '../shell/outcome.ts'
import { quote, quotePath } from '../shell/quote.ts'
import { SAFE_PATH } from '../shell/safe-path.ts'
import { type Member, tarOf } from '../shell/tar.ts'
import { chmodMode } from './attributes.ts'
import type { FileState } from './file-state.ts'
import { STAMP_FORMAT } from './look.ts'
import { folderOf, nameOf } from './paths.ts'

interface Owned {
  readonly path: string
  /** Ids; without them it is its writer's. */
  readonly owner?: number | undefined
  readonly group?: number | undefined
  /** Permission bits. */
  readonly mode: number
}

/** A folder that is not there yet. */
export interface TreeFolder extends Owned {
  readonly type: 'directory'
}

/** A file as in `writeFile`. */
export interface TreeFile extends Owned {
  readonly type: 'file'
  readonly content: Content
  readonly replaces: FileState | null
}

/** Larger files are not worth it, and would need their space twice. */
export const IN_TREE_AT_MOST = 16 * 1024 * 1024
/** Of the files that go together, in bytes; nothing of them is put in place before all are there. */
const TOGETHER = 128 * 1024 * 1024
/** Of their names, which one program is told at a time. */
const NAMES_TOGETHER = 512 * 1024
const NAMES_AT_ONCE = 64 * 1024

/** Sh that prints 1 where `writeTree` has what it needs. */
export const TREE_PROBE = '! command -v tar >/dev/null || [ ! -d /proc/self/fd ] || printf 1'

/**
 * Puts many files and new folders in place, parents before children: what `writeFile` does, and as safely, with few
 * processes for all of them. They come as one tar and are unpacked where nobody else can enter, get what they are to
 * have there, and are moved to where they belong, each in one step; a new folder with all that is in it.
 */
export function writeTree(entries: readonly (TreeFolder | TreeFile)[]): Action[] {
  return batches(entries).map((batch) => {
    const isNew = new Set(batch.flatMap(({ type, path }) => (type === 'directory' ? [path] : [])))
    const parents = new Map<string, Part[]>()
    for (const entry of batch) {
      let top = entry.path
      while (isNew.has(folderOf(top))) top = folderOf(top)
      const parent = folderOf(top)
      const name = entry.path.slice(top.length - nameOf(top).length)
      const parts = parents.get(parent) ?? []
      parents.set(parent, parts)
      parts.push({ entry, name, isTop: entry.path === top })
    }
    return together([...parents])
  })
}

interface Part {
  readonly entry: TreeFolder | TreeFile
  /** Below its parent. */
  readonly name: string
  readonly isTop: boolean
}

/** Folders are in the first. */
function batches(entries: readonly (TreeFolder | TreeFile)[]): (TreeFolder | TreeFile)[][] {
  let batch: (TreeFolder | TreeFile)[] = entries.filter(({ type }) => type === 'directory')
  const all = [batch]
  let size = 0
  let names = batch.reduce((sum, { path }) => sum + path.length, 0)
  for (const entry of entries) {
    if (entry.type === 'directory') continue
    size += entry.content.size
    names += entry.path.length
    if (batch.length > 0 && (size > TOGETHER || names > NAMES_TOGETHER)) {
      batch = []
      all.push(batch)
      size = entry.content.size
      names = entry.path.length
    }
    batch.push(entry)
  }
  return all
}

type Parent = readonly [path: string, parts: readonly Part[]]

function together(parents: readonly Parent[]): Action {
  const [[first, own], ...others] = parents as readonly [Parent, ...Parent[]]
  // Beside what is the first folder's own, under a name that none of it has.
  let aside = '.playssh'
  while (own.some(({ name }) => name === aside)) aside += '_'
  const members = parents.flatMap(([, parts], index) =>
    parts.flatMap(({ entry, name }): Member[] =>
      entry.type === 'directory'
        ? []
        : [
            {
              name: index === 0 ? name : `${aside}/${index}/${name}`,
              mode: entry.mode & 0o777,
              content: entry.content,
            },
          ],
    ),
  )
  const content = tarOf(members)
  const script = [
    SAFE_PATH,
    `h=$PWD\nenter ${quotePath(`${first}/x`)}`,
    'stage',
    ...folders(own, ''),
    ...others.flatMap(([, parts], index) => [
      `mkdir -p ${quote(`./${aside}/${index + 1}`)} || exit`,
      ...folders(parts, `${aside}/${index + 1}/`),
    ]),
    ...(members.length === 0 ? ['cat >/dev/null'] : [UNPACK]),
    'exec </dev/null',
    FUNCTIONS,
    ...(others.length === 0 ? [] : ['exec 7<. || exit']),
    ...others.map(([parent, parts], index) =>
      [
        // What others have left in a folder of this name cannot come in: it is reached by its handle.
        '(\ns= d= beside=\ntrap unstage EXIT\ntrap "exit 129" HUP\ntrap "exit 130" INT\ntrap "exit 143" TERM',
        `cd "$h" && enter ${quotePath(`${parent}/x`)}\nstage`,
        `umask 0\ncp -R -- ${quote(`/proc/self/fd/7/${aside}/${index + 1}`)}/. . || fail "nothing was put in place in $w"\numask 077`,
        placing(parts),
        'leave\n) || exit',
      ].join('\n'),
    ),
    ...(others.length === 0 ? [] : [`rm -rf ${quote(`./${aside}`)}`]),
    placing(own),
    'leave',
  ].join('\n')
  return { do: 'send', script, content, brief: true }
}

function folders(parts: readonly Part[], below: string): string[] {
  const made = parts.filter(({ entry }) => entry.type === 'directory')
  return chunks(made).map((some) => `mkdir -- ${names(some, `./${below}`)} || exit`)
}

// Options of the user's environment are not for this one.
const UNPACK = `unset TAR_OPTIONS
x=$(tar -x -o -p -m -f - 2>&1) || {
  x=$(printf '%s\\n' "$x" | head -n 1)
  case $x in *'Wrote only'*) x="$x (is the disk full?)" ;; esac
  fail "cannot write in $w; none of the files was put in place: $x"
}`

// settled OWNER GROUP MODE BITS SIZES FILE...: sees that files are whole, and gives them what they are to have. Lines of
// SIZES are written in $a, which stands for the rest.
const FUNCTIONS = `nl='
'
whole() {
  x=$(stat -c '%s %f %u %g' -- . "$@" 2>/dev/null)
  g=\${x%%"$nl"*}
  g=\${g#* * }
  u=\${g% *}
  g=\${g#* }
  a="$bits \${owner:-$u} \${group:-$g}"
  eval "a=\\"$sizes\\""
  [ "\${x#*"$nl"}" = "$a" ]
}
settled() {
  owner=$1 group=$2 mode=$3 bits=$4 sizes=$5
  shift 5
  whole "$@" && return
  owned "$owner" "$group" "$mode" "$@"
  whole "$@" || fail "not all of the files came whole; those in $w are as they were"
}
owned() {
  x=$1\${2:+:$2} y=$3
  shift 3
  [ -z "$x" ] || chown "$x" -- "$@" || fail "nothing was put in place in $w"
  chmod "$y" -- "$@" || fail "nothing was put in place in $w"
}
changed() { echo "what is in $w was changed by somebody else meanwhile; it was left as it is" >&2; exit ${CHANGED_MEANWHILE}; }
same() {
  y=$1
  shift
  [ "$(stat -c ${quote(STAMP_FORMAT)} -- "$@" 2>/dev/null)" = "$y" ] || changed
}
free() { for p; do [ ! -e "$p" ] && [ ! -h "$p" ] || changed; done; }
moved() { mv -f -- "$@" .. || fail "not all of the files were put in place in $w"; }`

/** Sh that gives what is in a stage what it is to have, and moves it to where it belongs. */
function placing(parts: readonly Part[]): string {
  const own = groups(parts, ({ entry: { type, owner, group, mode } }) => [type, owner, group, mode].join(' '))
  const replacing = parts.filter(({ entry }) => entry.type === 'file' && entry.replaces !== null)
  const fresh = parts.filter(
    ({ entry, isTop }) => isTop && !(entry.type === 'file' && entry.replaces !== null),
  )
  return [
    ...own.flatMap((group) => chunks(group).map(settling)),
    ...chunks(replacing).map((some) => `same ${quote(some.map(stampOf).join('\n'))} ${names(some, '../')}`),
    ...chunks(fresh).map((some) => `free ${names(some, '../')}`),
    ...chunks(parts.filter(({ isTop }) => isTop)).map((some) => `moved ${names(some, './')}`),
  ].join('\n')
}

function settling(some: readonly Part[]): string {
  const { type, owner = '', group = '', mode } = some[0]!.entry
  if (type === 'directory') return `owned '${owner}' '${group}' ${chmodMode(mode)} ${names(some, './')}`
  const sizes = some.map(({ entry }) => `${(entry as TreeFile).content.size} $a`).join('\n')
  const bits = (0o100000 | mode).toString(16)
  return `settled '${owner}' '${group}' ${chmodMode(mode)} ${bits} ${quote(sizes)} ${names(some, './')}`
}

function stampOf({ entry }: Part): string {
  return (entry as TreeFile).replaces!.stamp
}

function names(parts: readonly Part[], before: string): string {
  return parts.map(({ name }) => quote(before + name)).join(' ')
}

function groups(parts: readonly Part[], keyOf: (part: Part) => string): Part[][] {
  const found = new Map<string, Part[]>()
  for (const part of parts) {
    const group = found.get(keyOf(part)) ?? []
    found.set(keyOf(part), group)
    group.push(part)
  }
  return [...found.values()]
}

/** As many as one program is told. */
function chunks(parts: readonly Part[]): Part[][] {
  const all: Part[][] = []
  let length = NAMES_AT_ONCE
  for (const part of parts) {
    length += Buffer.byteLength(part.name) + 12
    if (length > NAMES_AT_ONCE) {
      all.push([])
      length = Buffer.byteLength(part.name) + 12
    }
    all.at(-1)!.push(part)
  }
  return all
}
