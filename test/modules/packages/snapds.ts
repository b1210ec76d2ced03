import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A program that stands for snap, as far as it is asked; `folder` holds what it knows: `snaps` with lines of name,
 * version, channel and notes, `aliases` as they are listed, and a file NAME.json for a configuration. With a file `down`
 * nobody answers it, with `busy` another change is under way.
 */
export function snapProgram(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of ['snaps', 'aliases']) writeFileSync(join(folder, name), '')
  writeFileSync(path, `#!/bin/sh\nd='${folder}'\n${PROGRAM}`, { mode: 0o755 })
}

const PROGRAM = `fail() { echo "error: $*" >&2; exit 1; }
[ ! -e "$d/down" ] || fail 'cannot communicate with server: connection refused'
verb=$1; shift
channel=latest/stable classic= dangerous=
while :; do
  case $1 in
    --channel=*) channel=\${1#*=} ;; --classic) classic=1 ;; --dangerous) dangerous=1 ;; *) break ;;
  esac
  shift
done
there() { grep -q "^$1 " "$d/snaps"; }
without() { grep -v "$1" "$d/$2" >"$d/new"; mv "$d/new" "$d/$2"; }
notes() { sed "s|^\\($1 [^ ]* [^ ]*\\) .*|\\1 $2|" "$d/snaps" >"$d/new"; mv "$d/new" "$d/snaps"; }
case $verb in
list | aliases | get | info) ;;
*) [ ! -e "$d/busy" ] || fail "snap \\"$1\\" has \\"install-snap\\" change in progress" ;;
esac
case $verb in
list)
  [ -s "$d/snaps" ] || { echo 'No snaps are installed yet.' >&2; exit; }
  echo 'Name  Version  Rev  Tracking  Publisher  Notes'
  while read -r name version tracking notes; do echo "$name  $version  7  $tracking  canonical**  $notes"; done <"$d/snaps" ;;
aliases) [ ! -s "$d/aliases" ] || { echo 'Command  Alias  Notes'; cat "$d/aliases"; } ;;
info) [ -e "$1" ] || fail "no snap found for \\"$1\\""; echo "path: \\"$1\\""; echo 'name:      filed' ;;
get) there "$2" || fail "snap \\"$2\\" is not installed"
  [ -e "$d/$2.json" ] || fail "snap \\"$2\\" has no configuration"; cat "$d/$2.json" ;;
install)
  for n; do
    case $n in
    none) fail "snap \\"$n\\" not found" ;;
    wide) [ "$classic" ] || fail 'This revision of snap "wide" was published using classic confinement' ;;
    *.snap) [ "$dangerous" ] || fail 'cannot find signatures with metadata for snap' ;;
    esac
  done
  for n; do case $n in *.snap) echo "filed x1 - -" ;; *) echo "$n 1.0 $channel -" ;; esac >>"$d/snaps"; done ;;
refresh) sed "s|^\\($1 [^ ]*\\) [^ ]*|\\1 $channel|" "$d/snaps" >"$d/new"; mv "$d/new" "$d/snaps" ;;
remove) for n; do without "^$n " snaps; rm -f "$d/$n.json"; done ;;
enable) there "$1" || fail "snap \\"$1\\" is not installed"; notes "$1" - ;;
disable) notes "$1" disabled ;;
set) [ "$1" != bare ] || fail 'cannot perform: snap "bare" has no "configure" hook'
  n=$1; shift; echo "$*" >>"$d/said"; printf '{"port": 80, "name": "%s"}' "\${2#name=}" >"$d/$n.json" ;;
alias) printf '%s  %s  manual\\n' "$1" "$2" >>"$d/aliases" ;;
unalias) if there "$1"; then without "^$1[. ]" aliases; else without "  $1  " aliases; fi ;;
*) fail "unknown command $verb" ;;
esac
exit 0
`
