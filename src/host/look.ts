import { TEXT_AT_MOST } from '../shell/content.ts'
import { quotePath, words } from '../shell/quote.ts'

/** What to probe besides what stat prints. */
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
 * Sh functions that probe files and print a mark for many at once: every printf may be a packet. They are to be
 * called one after the other with the same paths: look, links, regular. look FILE...: prints 1 or 0 for each (is
 * it there?), then stat's answer for each that is. A missing file below a folder that may not be searched is an
 * error: nobody knows whether it is there. 2 is for a link that is followed to a folder; the folders come last,
 * and cost no process of their own.
 */
export const LOOK = `look() {
  m= d=
  for p; do
    if leads "$p"; then m=\${m}2
    elif [ -e "$p" ] || [ -h "$p" ]; then m=\${m}1
    else m=\${m}0; missing "$p"; fi
  done
  printf %s "$m"
  case $m in
    *1*[02]* | *[02]*1* | *2*) some "$@" ;;
    *1*) stats "$@" ;;
  esac
}
missing() {
  # Most often others of its folder are missing too.
  [ -z "$d" ] || [ "$d" != "\${1%/*}" ] || return 0
  d=$1
  while :; do
    case $d in */*) d=\${d%/*} ;; *) d=. ;; esac
    [ -n "$d" ] || d=/
    [ -e "$d" ] && break
    case $d in . | /) break ;; esac
  done
  if [ -d "$d" ] && [ ! -x "$d" ]; then echo "cannot look into $d: Permission denied" >&2; exit 1; fi
  d=\${1%/*}
}
stats() { stat -c ${words(STAT_FORMAT)} -- "$@" || exit 1; }
# A list that grows is copied whole with each name: names are chosen by their numbers, and set once.
some() {
  l= n=0
  for p; do
    n=$((n + 1))
    if leads "$p" || [ -e "$p" ] || [ -h "$p" ]; then l="$l \\"\\\${$n}\\""; fi
  done
  n=0
  for p; do
    n=$((n + 1))
    if leads "$p"; then l="$l \\"\\\${$n}/.\\""; fi
  done
  eval "set -- $l"
  [ $# -eq 0 ] || stats "$@"
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
  places "$@"
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
places() {
  n=$#
  for p; do
    case $p in */*) set -- "$@" "\${p%/*}/." ;; *) set -- "$@" . ;; esac
  done
  shift $n
  stat -c '%u %f' -- "$@" || exit 1
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
  l= n=0
  for p; do
    n=$((n + 1))
    if [ -f "$p" ] && { [ "$follow" ] || [ ! -h "$p" ]; }; then l="$l \\"\\\${$n}\\""; fi
  done
  eval "set -- $l"
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

/** Sh that probes files; its output is read by `readFiles`. */
export function filesProbe(paths: readonly string[], looking: Looking = {}): string {
  const lines = [LOOK, lookingSettings(looking)]
  for (const some of chunks(paths)) {
    lines.push(`set -- ${some.map(quotePath).join(' ')}`, 'look "$@"; links "$@"; regular "$@"')
  }
  return lines.join('\n')
}

/** What the functions of `LOOK` are to probe. */
export function lookingSettings({ follow, digest = '', content }: Looking): string {
  return `follow=${follow ? 1 : ''} sum=${digest} content=${content ? 1 : ''}`
}

// As many as fit into one command line even with the longest names.
export const AT_ONCE = 100

/** As many at a time as are probed with one process. */
export function chunks<T>(items: readonly T[]): T[][] {
  const starts = Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, index) => index * AT_ONCE)
  return starts.map((start) => items.slice(start, start + AT_ONCE))
}
