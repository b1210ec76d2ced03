import { chmodMode } from '../../../host/attributes.ts'
import { FETCH } from '../../../host/http/fetch.ts'
import type { RequestArgs } from '../../../host/http/options.ts'
import { askScript, headersOf, openUrl } from '../../../host/http/request.ts'
import { chunks } from '../../../host/look.ts'
import { HOLD } from '../../../host/write.ts'
import type { Action } from '../../../sdk/module.ts'
import { KIND, LEADS_OUT, NO_UNZIP, tarFunctions, UNZIP } from '../../../shell/archive.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import { type Args, isUrl, type State, wordsOf } from './probe.ts'

/**
 * Unpacks in a folder of our own in dest, and then moves what differs to its place, each thing in one step. Prints the
 * kind of the archive, what was moved, and all names, each ended by NUL. `modes` are permissions of what is unpacked.
 */
export function unpackAction(args: Args, state: State, modes: ReadonlyMap<string, number>): Action {
  const { src, dest } = args
  const whole = [
    SAFE_PATH,
    `h=$PWD f=${quotePath(dest)}`,
    'case $f in /*) ;; *) f=$PWD/$f ;; esac',
    tarFunctions(wordsOf(args)),
    ...(isUrl(src)
      ? [
          askScript('ask', {
            args: requestArgs(args.validate_certs, src),
            method: 'GET',
            headers: headersOf(requestArgs(args.validate_certs, src)),
            follows: true,
          }),
          FETCH,
        ]
      : []),
    ...(typeof src === 'string' && !isUrl(src) ? [`enter_through ${quotePath(src)}`, HOLD] : []),
    'enter "$f/x"',
    'stage',
    archiveFrom(args),
    KIND,
    'mkdir ./x && exec 6>./moved || exit',
    extracting(args),
    LEADING_OUT,
    attributing(args, state, modes),
    'exec 7<./x || exit',
    `keeps=${args.keep_newer ? 1 : ''} device=$(stat -c %d .)`,
    MERGE,
    "( s= d= beside=; cd -P .. && merge '' ) || exit",
    `printf '%s\\0' "$k" "$(cat ./moved)" "$names"`,
  ].join('\n')
  return typeof src === 'string'
    ? { do: 'sh', script: whole, tells: true }
    : { do: 'send', script: whole, content: src.content }
}

/** Sh that says which file the archive is: `$a`. */
function archiveFrom({ src }: Args): string {
  if (isUrl(src)) {
    const failed = quote(`Failure downloading ${openUrl(requestArgs(true, src))}: `)
    return [
      'a=./archive',
      'fetch ./archive',
      '[ "$ended" = 0 ] && [ -s ./archive ] && x= || x=failed',
      `set -- "$(printf '%s\\n' "$log" | sed -n 's/\\r$//; s/^ *HTTP[^ ]* //p; /^curl: /p; /^wget: /p' | tail -n 1)"`,
      `case $x$1 in 2* | '') ;; *) fail ${failed}"$1" ;; esac`,
    ].join('\n')
  }
  // The open file again, from its beginning.
  if (typeof src === 'string') return 'a=/proc/self/fd/8'
  return [
    'a=./archive',
    'cat >./archive || exit',
    'exec </dev/null',
    `[ "$(($(wc -c <./archive)))" -eq ${src.content.size} ] || fail "not all of the archive came; nothing was unpacked"`,
  ].join('\n')
}

function requestArgs(validate_certs: boolean, url: string): RequestArgs {
  return {
    ...{ url, force: false, http_agent: 'ansible-httpget', use_proxy: true, force_basic_auth: false },
    ...{ use_gssapi: false, unredirected_headers: [], decompress: false, use_netrc: true, timeout: 10 },
    validate_certs,
  }
}

function extracting(args: Args): string {
  const { src, dest, include, exclude, extra_opts } = args
  const from =
    typeof src === 'string' ? (isUrl(src) ? openUrl(requestArgs(args.validate_certs, src)) : src) : src.path
  const failed = quote(`failed to unpack ${from} to ${dest}`)
  const less = exclude.length === 0 ? '' : ` -x ${words(...exclude)}`
  return [
    'if [ "$k" = zip ]; then',
    UNZIP,
    `  [ "$unzip" ] || fail ${quote(NO_UNZIP)}`,
    '  names=$("$unzip" -Z1 "$a") || exit',
    'else names=$(unpacked "$k" <"$a" | names_of_tar) || fail "Unable to list files in the archive"; fi',
    `printf '%s\\n' "$names" | grep -Eq '^/+[^/]|(^|/)\\.\\.(/|$)' && fail ${quote(LEADS_OUT)}`,
    `[ "$k" = zip ] || ! unpacked "$k" <"$a" | leads_out || fail ${quote(LEADS_OUT)}`,
    'umask 022',
    'if [ "$k" = zip ]; then',
    `  TZ=UTC0 "$unzip" -o -q ${words(...extra_opts)} "$a" ${words(...include)}${less} -d ./x || fail ${failed}`,
    'else',
    '  p=; [ "$(id -u)" != 0 ] || p=-p',
    `  unpacked "$k" <"$a" | (cd ./x && extract_tar $p) || fail ${failed}`,
    'fi',
    'umask 077',
    'chmod u+rwx ./x || exit',
  ].join('\n')
}

// Where links really lead is asked too: by the way of other links it may be elsewhere than it seems.
const LEADING_OUT = `bad=$(cd ./x && find . -type l -exec sh -c ${quote(`set -f
IFS=/
w=$(pwd -P)
for p; do
  l=$(readlink "$p"; echo .) n=0
  l=\${l%??}
  case $l in /*) echo "$p"; continue ;; esac
  for c in \${p%/*}; do case $c in '' | .) ;; *) n=$((n + 1)) ;; esac; done
  for c in $l; do
    case $c in
      '' | .) ;;
      ..) n=$((n - 1)); [ $n -ge 0 ] || { echo "$p"; break; } ;;
      *) n=$((n + 1)) ;;
    esac
  done
  [ ! -e "$p" ] || case $(readlink -f "$p") in "$w" | "$w"/*) ;; *) echo "$p" ;; esac
done`)} sh {} +) || exit
[ -z "$bad" ] || fail "the archive holds links that lead out of the folder ($bad); nothing was unpacked"`

function attributing(args: Args, { ids }: State, modes: ReadonlyMap<string, number>): string {
  const { owner, group, mode, src } = args
  const lines: string[] = []
  if (owner !== undefined || group !== undefined)
    lines.push(`chown -hR ${ids.uid ?? ''}${ids.gid === undefined ? '' : `:${ids.gid}`} ./x || exit`)
  if (mode !== undefined && isUrl(src))
    lines.push(`(umask 022; find ./x ! -path ./x ! -type l -exec chmod ${quote(mode)} {} +) || exit`)
  const byMode = new Map<number, string[]>()
  for (const [path, bits] of modes) byMode.set(bits, [...(byMode.get(bits) ?? []), `./x/${path}`])
  for (const [bits, paths] of byMode)
    for (const some of chunks(paths)) lines.push(`chmod ${chmodMode(bits)} ${words(...some)} || exit`)
  return lines.join('\n') || ':'
}

/**
 * Sh: merge FOLDER/ moves what is in that folder of the unpacked ones into the working folder, but what is the same there
 * and, with `$keeps`, newer. Folders that are there stay the ones that they are.
 */
const MERGE = `merge() {
  [ "$(stat -c %d .)" = "$device" ] || alone || fail "what is in $f/$1 would be copied to another file system, in a folder where others may write; nothing was put there"
  for e in "/proc/self/fd/7/$1"* "/proc/self/fd/7/$1".[!.]* "/proc/self/fd/7/$1"..?*; do
    [ -e "$e" ] || [ -h "$e" ] || continue
    o=\${e##*/}
    into "$1" || same "$e" "./$o" || put_in "$1" ||
      # Another run has put a folder there meanwhile.
      into "$1" || { printf '%s\\n' "$m" >&2; fail "$f/$1$o was not put in place"; }
  done
}
into() {
  [ -d "$e" ] && [ ! -h "$e" ] && [ -d "./$o" ] || return
  (walk "$o" && merge "$1$o/") || exit
}
put_in() { m=$(mv -f -- "$e" . 2>&1) && printf '%s\\n' "$1$o" >&6; }
same() {
  if [ -h "$1" ]; then [ -h "$2" ] && [ "$(readlink -- "$1"; echo .)" = "$(readlink -- "$2"; echo .)" ]; return; fi
  [ -f "$1" ] && [ -f "$2" ] && [ ! -h "$2" ] || return
  [ -z "$keeps" ] || [ ! "$2" -nt "$1" ] || return 0
  [ ! "$1" -nt "$2" ] && [ ! "$1" -ot "$2" ] && [ "$(stat -c %s -- "$1")" = "$(stat -c %s -- "$2")" ]
}`
