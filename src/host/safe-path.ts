import { quote, quotePath } from '../shell/quote.ts'
import { SAFE_PATH } from '../shell/safe-path.ts'
import { type Attributes, chmodMode } from './attributes.ts'
import type { Existing, FileState } from './file-state.ts'
import { chunks } from './look.ts'
import { folderOf, nameOf } from './paths.ts'

/** A script that works in the folder of `path`, to which the link `via` leads; in `work`, `./$n` is what the path names. */
export function inFolderOf(path: string, work: string, via?: string): string {
  const enter = via === undefined ? `enter ${quotePath(path)}` : `enter_through ${quotePath(via)}`
  return `${SAFE_PATH}\n${enter}\n${work}`
}

/** A script that makes something: `make` is sh that makes `./$n`, and `set` its owner, group and permissions. */
export function madeAt(path: string, make: string, set: Attributes): string {
  const own = settingScript(set, '"./$n"')
  const all = own === '' ? make : `${make} && ${own}`
  return inFolderOf(path, `alone || stage\n${all} || fail "\${w%/}/$n was not made"\nput`)
}

/** A script that makes a hard link to what `source` is. */
export function hardLinkScript(source: string, path: string, file: FileState | undefined): string {
  const isIt = file === undefined ? '[ ! -h "./$n" ]' : `[ "$(stat -c %d:%i -- "./$n")" = ${idOf(file)} ]`
  return [
    SAFE_PATH,
    `h=$PWD\nenter ${quotePath(source)}`,
    // The folder of the source stays the same behind this, whatever becomes of its path.
    'exec 7<. || exit\nf=$n\ncd "$h" || exit',
    `enter ${quotePath(path)}\nstage`,
    `ln -- "/proc/self/fd/7/$f" "./$n" && ${isIt} || fail "somebody has swapped the file $f meanwhile; no link was made"`,
    'put',
  ].join('\n')
}

/** A script that removes what is at `path`. */
export function removeScript(path: string, type: FileState['type']): string {
  return type === 'directory'
    ? `${EMPTY}\n${inFolderOf(path, 'remove_folder')}`
    : inFolderOf(path, 'rm -f -- "./$n" || fail "$w/$n was not removed"')
}

// GNU's rm goes by handles of folders, which nobody can swap; others go by paths.
const EMPTY = `remove_folder() {
  case $(rm --version 2>/dev/null) in *'GNU coreutils'*) rm -rf -- "./$n" || fail "$w/$n was not removed whole"; return ;; esac
  [ -h "./$n" ] || [ ! -d "./$n" ] || (into "$n" && empty) && rmdir -- "./$n" || fail "$w/$n was not removed whole"
}
into() {
  here
  p=\${at%/}/$1
  cd -P -- "./$1" && here && [ "$at" = "$p" ] || fail "somebody has put a link in place of $p meanwhile; it is not followed"
}
empty() {
  for e in ./* ./.[!.]* ./..?*; do
    if [ -d "$e" ] && [ ! -h "$e" ]; then (into "\${e#./}" && empty) && rmdir -- "$e" || return
    else rm -f -- "$e" || return; fi
  done
}`

/** Attributes to be given to something that was probed. */
export interface Setting extends Existing {
  readonly set: Attributes
}

/** Scripts that give attributes: one for each folder and each kind of change. A link is changed itself. */
export function attributesScripts(settings: readonly Setting[]): string[] {
  return heldScripts(
    settings.map(({ set, ...target }) => ({
      ...target,
      work: (names: string) => settingScript(set, names, target.file),
    })),
  )
}

/** Something that was probed, and what is done with it. */
export interface Held extends Omit<Existing, 'file'> {
  readonly file: Pick<FileState, 'type' | 'device' | 'inode' | 'target'>
  /** What is there now was made by the actions before, and is another one than was probed. */
  readonly isFresh?: boolean
  /** It cannot be held by a second name: it is worked on only where nobody else can swap it. */
  readonly isFixed?: boolean
  /** Sh that works on `names`, which are quoted and begin with a dot; "" for nothing. */
  work(names: string): string
}

/**
 * Scripts that work on what was probed and on nothing that somebody puts in its place: one for each folder, and for the
 * other things of a folder with which the same is done. A link is held itself.
 */
export function heldScripts(all: readonly Held[]): string[] {
  const groups = new Map<string, { script: string; files: Held[] }>()
  const scripts: string[] = []
  for (const held of all) {
    const script = held.work('"$@"')
    if (script === '') continue
    if (held.file.type === 'directory') scripts.push(inHeldFolder(held))
    else if (held.via !== undefined) scripts.push(onNames(script, [held]))
    else {
      const { path, file, isFresh, isFixed } = held
      const key = [folderOf(path), file.type === 'link', isFresh, isFixed, script].join('\0')
      const group = groups.get(key) ?? { script, files: [] }
      groups.set(key, group)
      group.files.push(held)
    }
  }
  const others = [...groups.values()].flatMap(({ script, files }) =>
    chunks(files).map((some) => onNames(script, some)),
  )
  return [...scripts, ...others]
}

// What the actions before have made is no link, whatever its number.
const SAME_NAME = `here; [ "$at" = "\${w%/}/$n" ]`

/** A folder is entered: what happens to its name does not matter then. */
function inHeldFolder({ path, file, work, via, isFresh }: Held): string {
  const isIt = isFresh ? SAME_NAME : `[ "$(stat -c %d:%i .)" = ${idOf(file)} ]`
  const all = `cd -P -- "./$n" || exit\n${isIt} || fail "$w/$n is another folder meanwhile; nothing was changed"\n${work('.')} || fail "in $w/$n"`
  return inFolderOf(path === '/' ? '/.' : path, all, via)
}

/** For files of one folder. */
function onNames(script: string, files: readonly Held[]): string {
  const { isFresh, isFixed, file: first } = files[0]!
  const names = files.map(({ path }) => nameOf(path))
  const pins = files.map(
    ({ file }, index) => `n=${quote(names[index]!)}; pin${isFresh ? '' : ` ${idOf(file)}`}`,
  )
  const hold = isFixed ? SWAPPABLE : `{ stage; ${pins.join('; ')}; }`
  // Others may have made the folder a trap before it was taken from them.
  const isLink = first.type === 'link'
  return inFolderOf(
    files[0]!.path,
    [
      `alone || ${hold}`,
      `set -- ${names.map((name) => quote(`./${name}`)).join(' ')}`,
      ...(isLink && !isFresh
        ? files.map(({ path, file }) => sameLink(nameOf(path), file.target ?? ''))
        : isLink
          ? []
          : ['for n; do [ ! -h "$n" ] || fail "somebody has put a link in place of $w/$n"; done']),
      `${script} || fail "in $w"`,
      '[ -z "$s" ] || { rm -f -- "$@" && leave; }',
    ].join('\n'),
    files[0]!.via,
  )
}

// A file with these attributes gets no second name, and with them its second name does not go.
const SWAPPABLE =
  'fail "the attributes i and a are set and cleared only where nobody else can swap the file, and in $w others can"'

/** Whether it is that link is known by what it says: another one in its place may have its number. */
function sameLink(name: string, target: string): string {
  return `[ "$(readlink -- ${quote(`./${name}`)} && echo .)" = ${quote(`${target}\n.`)} ] || fail "somebody has swapped the link $w/"${quote(name)}" meanwhile; nothing was changed"`
}

function idOf({ device, inode }: Pick<FileState, 'device' | 'inode'>): string {
  return `${device}:${inode}`
}

/** The commands that set attributes of `names`, which are quoted; "" when there is nothing to set. */
function settingScript(set: Attributes, names: string, file?: FileState): string {
  const lines: string[] = []
  const isOwned = set.uid !== undefined || set.gid !== undefined
  if (isOwned) lines.push(`chown -h ${set.uid ?? ''}${set.gid === undefined ? '' : `:${set.gid}`} ${names}`)
  // A change of owner takes setuid and setgid away, which nobody asked for.
  const lost = isOwned && file !== undefined && (file.mode & 0o6000) !== 0 && file.type !== 'link'
  const mode = set.mode ?? (lost ? file.mode : undefined)
  if (mode !== undefined) lines.push(`chmod ${chmodMode(mode)} ${names}`)
  return lines.join(' && ')
}
