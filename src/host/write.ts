import type { Action, Outcome } from '../sdk/module.ts'
import type { Content } from '../shell/content.ts'
import { CHANGED_MEANWHILE } from '../shell/outcome.ts'
import { Output } from '../shell/output.ts'
import { quote, quotePath, words } from '../shell/quote.ts'
import { SAFE_PATH } from '../shell/safe-path.ts'
import { chmodMode } from './attributes.ts'
import { type FileState, readFiles } from './file-state.ts'
import { keptId, YET_TO_BE_WRITTEN } from './left-file.ts'
import { STAMP_FORMAT, STAT_FORMAT } from './look.ts'

export interface Writing extends Placement {
  readonly content: Content
}

export interface Copying extends Placement {
  /** The path of a file on the host. */
  readonly from: string
}

export interface Making extends Placement {
  /** Sh that prints what the file is to hold; its working folder is that of the session, and descriptor 8 is `from`. */
  readonly make: string
  /** What `make` reads from its stdin, and nobody else sees. */
  readonly input: Content
  /** The path of a file on the host that it is made of. */
  readonly from?: string | undefined
}

interface Placement {
  /** On the host; `~` at its start is the host's. */
  readonly path: string
  /** The link through which `path` was reached, if there is one. */
  readonly via?: string | undefined
  /** Name or id; without them the file is its writer's. */
  readonly owner?: string | number | undefined
  readonly group?: string | number | undefined
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  /**
   * What was probed there, null for nothing: if it is something else meanwhile, nothing is written and the action
   * ends with `CHANGED_MEANWHILE`. Not compared if it is left out.
   */
  readonly replaces?: FileState | null | undefined
  /** Folders on the way that are missing are made. */
  readonly makesFolders?: boolean
  /**
   * The old content, when the new one is made of it: from comparing to writing, no other run may write. Who could have
   * had us read something else in its place does not get that into a file of theirs.
   */
  readonly madeOf?: Content
  /** Keep a copy of what is there as `PATH.PID.YYYY-MM-DD@HH:MM:SS~`. */
  readonly backup?: boolean | undefined
  /** A command line with `%s` for the new file's path; the file is put in place only if it succeeds. */
  readonly validate?: string | undefined
}

/**
 * Puts a file in place in one step: whoever reads sees the old one or the new one, with owner and permissions
 * already right. When anything fails, or the connection dies, the old one stays and nothing is left beside it. Who else
 * can write in the folder cannot lead the new file, or its attributes, elsewhere.
 */
export function writeFile(writing: Writing): Action {
  const { content, validate } = writing
  const script = placeScript(writing, 'cat >"$new" || exit\nexec </dev/null', content.size)
  // How long somebody's check of the file takes, nobody knows.
  return { do: 'send', script, content, brief: validate === undefined }
}

/** Like `writeFile`, with the content of another file on the host. */
export function copyFile(copying: Copying): Action {
  return { do: 'sh', script: placeScript(copying, 'cat <&8 >"$new" || exit', undefined, copying.from) }
}

/** Like `writeFile`, with what is made on the host. */
export function makeFile(making: Making): Action {
  const fill = `( cd "$h" || exit\n${making.make}\n) >"$new" || exit\nexec </dev/null`
  return { do: 'send', script: placeScript(making, fill, undefined, making.from), content: making.input }
}

/** `fill` is sh that fills the file `$new`, with the file on the host called `from` as descriptor 8. */
function placeScript(placement: Placement, fill: string, size: number | undefined, from?: string): string {
  const { path, via, mode, replaces, makesFolders, madeOf, backup, validate } = placement
  const lock = madeOf === undefined ? [] : [LOCK]
  return [
    SAFE_PATH,
    `f=${quotePath(via ?? path)} h=$PWD b=`,
    ...(from === undefined
      ? []
      : ['case $f in /*) ;; *) f=$PWD/$f ;; esac', `enter_through ${quotePath(from)}`, HOLD]),
    `${via !== undefined ? 'enter_through' : makesFolders ? 'enter_made' : 'enter'} "$f"`,
    '[ -h "./$n" ] || [ ! -d "./$n" ] || fail "$f is a folder"',
    `fresh ${umaskFor(mode)}${backup ? ' staged' : ''}`,
    fill,
    BOTH,
    ...(validate === undefined ? lock : []),
    attributesOf(placement, size),
    ...(validate === undefined ? [] : [validateScript(validate), ...lock, 'both']),
    ...(replaces === undefined ? [] : [unchanged(replaces, madeOf)]),
    ...(backup ? [BACKUP] : []),
    'put',
    `printf '%s\\0001%s\\n0' "$b" "$now"`,
  ].join('\n')
}

/**
 * So that permissions need not be changed afterwards, most often; but a group has none that others have not, until it is
 * the group that is meant.
 */
function umaskFor(mode: number): string {
  const others = mode & 0o007
  const atFirst = (mode & 0o700) | (mode & (others << 3)) | others
  return (0o777 & ~atFirst).toString(8).padStart(4, '0')
}

/** Sh that opens `$n` in the working folder as descriptor 8, if it is a file, whatever others put in its place. */
export const HOLD = `if alone || [ ! -w . ]; then
  [ -f "./$n" ] || fail "there is no file $w/$n"
  exec 8<"./$n"
else
  stage
  pin
  [ -f "./$n" ] && [ ! -h "./$n" ] || fail "somebody has swapped the file $w/$n meanwhile"
  exec 8<"./$n"
  rm -f -- "./$n" && leave || exit
fi`

// What stat says of both files, in one process: of the new one $now, and of the old one the stamp $was, or nothing.
export const BOTH = `nl='
'
both() {
  x=$(stat -c ${words(`=${STAMP_FORMAT}\n${STAT_FORMAT}`)} -- "$new" "$old" 2>/dev/null)
  now=\${x#*"$nl"} was=
  case $x in *"$nl="*) was=\${x##*"$nl="}; was=\${was%%"$nl"*} ;; esac
  now=\${now%%"$nl="*}
  [ -n "$now" ] || fail "$w/$n was not written"
}`

/** Sh that sees that the new file is whole and what it is to be. */
function attributesOf({ owner, group, mode }: Placement, size: number | undefined): string {
  const ownership = `${owner === undefined ? '' : quote(String(owner))}${group === undefined ? '' : `:${quote(String(group))}`}`
  const wanted = `${(0o100000 | mode).toString(16)} ${owner ?? '$2'} ${group ?? '$3'}`
  return [
    'both',
    'set -f',
    'set -- $now',
    'set +f',
    ...(size === undefined
      ? []
      : [`[ "$4" -eq ${size} ] || fail "only $4 of ${size} bytes came; $f is as it was"`]),
    `if [ "$1 $2 $3" != "${wanted}" ]; then`,
    ...(ownership === '' ? [] : [`  chown ${ownership} "$new" || exit`]),
    `  chmod ${chmodMode(mode)} "$new" || exit`,
    '  both',
    'fi',
  ].join('\n')
}

// Who writes at the same time is waited for; one who holds the lock for long is no writer.
const LOCK = `if command -v flock >/dev/null; then
  exec 9<"$up"
  i=0
  until flock -n 9 || [ $((i += 1)) -gt 50 ]; do sleep 0.1; done
fi`

/** Sh that sees, behind `both`, that what was probed at `$f` is there still; otherwise it is probed again. */
export function unchanged(replaces: FileState | null, madeOf: Content | undefined): string {
  return [
    `changed() { echo "$f was changed by somebody else meanwhile; it was left as it is" >&2; exit ${CHANGED_MEANWHILE}; }`,
    isStill(replaces),
    ...(madeOf === undefined || replaces === null ? [] : [madeOfIt(madeOf)]),
  ].join('\n')
}

/** Of a file that an action before was yet to write it is known what it is to be, and by `madeOf` what it holds. */
function isStill(replaces: FileState | null): string {
  if (replaces?.stamp !== YET_TO_BE_WRITTEN) return `[ "$was" = ${quote(replaces?.stamp ?? '')} ] || changed`
  const ids = [replaces.uid, replaces.gid].map((id) => keptId(id) ?? '*')
  const wanted = `${(0o100000 | replaces.mode).toString(16)}\\ ${ids.join('\\ ')}\\ 1`
  return `case $(stat -c '%f %u %g %h' -- "$old" 2>/dev/null) in ${wanted}) ;; *) changed ;; esac`
}

// Who can swap a folder on the way, though nothing in the last one, may have had us read something else.
function madeOfIt({ sha256 }: Content): string {
  return `held() {
  s= d= beside=
  cd "$h" && enter_through "$f" || exit
${HOLD}
  sha256sum <&8
}
if [ $up = . ] || alone ..; then x=$(sha256sum <"$old"); else x=$(held); fi
case $x in ${sha256}*) ;; *) changed ;; esac`
}

// The old file is held by a second name before it is read; where there are no second names, only if nobody can swap it.
export const BACKUP = `if [ -e "../$n" ] || [ -h "../$n" ]; then
  b=$n.$$.$(date +%Y-%m-%d@%H:%M:%S~)
  if ln -- "../$n" "./$b.old" 2>/dev/null; then
    if [ -h "./$b.old" ]; then mv -- "./$b.old" "./$b"
    elif [ -f "./$b.old" ]; then cp -p -- "./$b.old" "./$b"
    else fail "$f is not a file any more; nothing was written"; fi || exit
  else
    alone .. || fail "$f could be swapped by others while it is kept; nothing was written"
    cp -p -- "../$n" "./$b" || exit
  fi
  rm -f -- "./$b.old"
  mv -f -- "./$b" .. || exit
  b=\${w%/}/$b
fi`

function validateScript(validate: string): string {
  const command = validate.replace(/'%s'|"%s"|%s/g, () => '"$t"')
  // Exported, for the %s may stand inside of quotes that another sh reads: sh -c 'visudo -cf %s'. By its usual path it is
  // the new file only where nobody can swap that.
  return `if [ $up = . ] || alone ..; then t=\${w%/}/\${s:+\${s#./}/}\${new#./}
else read -r t x </proc/self/stat; t=/proc/$t/cwd/$n; fi
out=$( ( export t; cd "$h"; ${command}\n) 2>&1 ) || { echo "$f is as it was, for the new one is not valid: $out" >&2; exit 1; }`
}

/** What is wrong with a `validate` argument, if anything. */
export function validateProblems(validate: string | undefined): string[] {
  if (validate === undefined || validate.includes('%s')) return []
  return [
    `validate must contain %s: ${validate}; it stands for the path of the file to be checked, as in "visudo -cf %s"`,
  ]
}

/** What `writeFile` did: the file as it is now, and the path of the backup if one was made. */
export function readWritten(outcome: Outcome): { file: FileState | undefined; backup: string | undefined } {
  const output = new Output(Buffer.from(outcome.stdout))
  const backup = output.field() || undefined
  return { file: readFiles(output, 1)[0], backup }
}
