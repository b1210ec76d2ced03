import { chmodMode } from './attributes.ts'
import type { Content } from './content.ts'
import { type FileState, filesProbe, readFiles } from './files.ts'
import type { Action, Outcome } from './module.ts'
import { Output } from './output.ts'
import { quote, quotePath } from './sh.ts'

export interface Writing extends Placement {
  readonly content: Content
}

export interface Copying extends Placement {
  /** The path of a file on the host. */
  readonly from: string
}

export interface Placement {
  /** On the host; `~` at its start is the host's. */
  readonly path: string
  /** Name or id; without them the file is its writer's. */
  readonly owner?: string | number | undefined
  readonly group?: string | number | undefined
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  /** Keep a copy of what is there as `PATH.PID.YYYY-MM-DD@HH:MM:SS~`. */
  readonly backup?: boolean | undefined
  /** A command line with `%s` for the new file's path; the file is put in place only if it succeeds. */
  readonly validate?: string | undefined
}

/**
 * Puts a file in place in one step: whoever looks sees the old one or the new one, with owner and permissions
 * already right. When anything fails, or the connection dies, the old one stays and nothing is left beside it.
 */
export function writeFile(writing: Writing): Action {
  const { content, validate } = writing
  const script = placeScript(writing, receiveScript(content, '$f is as it was'))
  // How long somebody's check of the file takes, nobody knows.
  return { do: 'send', script, content, brief: validate === undefined }
}

/** Sh that fills the temporary file `$t` from stdin, and makes sure that all has come; or says what follows. */
export function receiveScript({ size }: Content, otherwise: string): string {
  return `cat >"$t" || exit
n=$(($(wc -c <"$t")))
[ $n -eq ${size} ] || { echo "only $n of ${size} bytes came; ${otherwise}" >&2; exit 1; }
exec </dev/null`
}

/** Like `writeFile`, with the content of another file on the host. */
export function copyFile(copying: Copying): Action {
  const copy = `cat ${quotePath(copying.from)} >"$t" || exit`
  return { do: 'sh', script: placeScript(copying, copy) }
}

/** `fill` is sh that fills the temporary file `$t`. */
function placeScript({ path, owner, group, mode, backup, validate }: Placement, fill: string): string {
  const ownership = `${owner === undefined ? '' : quote(String(owner))}${group === undefined ? '' : `:${quote(String(group))}`}`
  return [
    TEMPORARY,
    `f=${quotePath(path)}; b=`,
    `case $f in */*) d=\${f%/*}/ ;; *) d=./ ;; esac`,
    't=$(mktemp "$d.playssh.XXXXXX") || { echo "cannot write in $d" >&2; exit 1; }',
    fill,
    ...(ownership === '' ? [] : [`chown ${ownership} "$t" || exit`]),
    `chmod ${chmodMode(mode)} "$t" || exit`,
    ...(validate === undefined ? [] : [validateScript(validate)]),
    ...(backup ? ['[ ! -e "$f" ] || { b=$f.$$.$(date +%Y-%m-%d@%H:%M:%S~); cp -p "$f" "$b" || exit; }'] : []),
    'if [ -d "$f" ]; then',
    // mv would move into a folder behind a link; the link itself is what is replaced.
    '  [ -h "$f" ] || { echo "$f is a folder" >&2; exit 1; }',
    '  rm -f "$f" || exit',
    'fi',
    'mv -f "$t" "$f" || exit',
    't=',
    `printf '%s\\0' "$b"`,
    filesProbe([path]),
  ].join('\n')
}

/** Removes the temporary file `$t`, if there is one, however the script ends. */
export const TEMPORARY = `umask 077
t=
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
trap '[ -z "$t" ] || rm -f "$t"' EXIT`

function validateScript(validate: string): string {
  const command = validate.replace(/'%s'|"%s"|%s/g, () => '"$t"')
  // Exported, for the %s may stand inside of quotes that another sh reads: sh -c 'visudo -cf %s'.
  return `out=$( ( export t; ${command}\n) 2>&1 ) || { echo "$f is as it was, for the new one is not valid: $out" >&2; exit 1; }`
}

/** What is wrong with a `validate` argument, if anything. */
export function validateFault(validate: string | undefined): string[] {
  if (validate === undefined || validate.includes('%s')) return []
  return ['validate must hold %s, where the path of the file to be checked goes, as in "visudo -cf %s"']
}

/** What `writeFile` did: the file as it is now, and the path of the backup if one was made. */
export function readWritten(outcome: Outcome): { file: FileState | undefined; backup: string | undefined } {
  const output = new Output(Buffer.from(outcome.stdout))
  const backup = output.field() || undefined
  return { file: readFiles(output, 1)[0], backup }
}
