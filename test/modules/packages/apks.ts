import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A program that stands for apk, as far as it is asked; `folder` holds what it knows. A line of `available` is a
 * package with its version and what it needs; `update` takes it over, unless there is a file `gone`. With a file
 * `lock` its database is another's, with `broken` what it fetches is.
 */
export function apkProgram(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true })
  for (const name of ['available', 'fetched', 'installed', 'world']) writeFileSync(join(folder, name), '')
  writeFileSync(path, `#!/bin/sh\nd='${folder}'\n${PROGRAM}`, { mode: 0o755 })
}

const PROGRAM = `simulate= upgrade= verb= names=
while [ $# -gt 0 ]; do
  case $1 in
    --simulate) simulate=1 ;; --upgrade) upgrade=1 ;; --repository | --repositories-file) shift ;;
    -*) what=$1 ;;
    *) if [ "$verb" ]; then names="$names $1"; else verb=$1; fi ;;
  esac
  shift
done
bare() { for n in $names; do echo "\${n%%[@=<>~]*}"; done; }
set -- $(bare)
locked() { if [ -e "$d/lock" ] && [ -z "$simulate" ]; then echo 'ERROR: Unable to lock database: Resource temporarily unavailable' >&2; exit 99; fi; }
case $verb in
update)
  locked
  if [ -e "$d/gone" ]; then echo 'ERROR: https://mirror/main: temporary error (try again later)' >&2; exit 1; fi
  cp "$d/available" "$d/fetched"; echo "OK: $(wc -l <"$d/fetched") distinct packages available"; exit ;;
version)
  echo 'Installed:      Available:'
  awk -v n="$1" 'FNR == NR { if ($1 == n) v = $2; next } $1 == n { print n "-" $2 "   " ($2 == v ? "=" : "<") " " v " " }' "$d/fetched" "$d/installed"; exit ;;
info)
  case $what in
    --installed) grep -q "^$1 " "$d/installed" ;;
    --description) case $1 in .*) echo "$1: virtual meta package" ;; *) echo "$1-1 description:" ;; esac ;;
    --depends) echo "$1-1 depends on:"; sed -n "s/^$1 [^ ]* *//p" "$d/installed" | tr ' ' '\\n' ;;
  esac; exit ;;
esac
locked
cp "$d/world" "$d/world.new"
if [ $verb = del ]; then
  awk -v named=" $* " '{ n = $0; sub(/[@=<>~].*/, "", n) } !index(named, " " n " ")' "$d/world" >"$d/world.new"
fi
if [ $verb = add ]; then for n in $names; do grep -qxF -- "$n" "$d/world" || echo "$n" >>"$d/world.new"; done; fi
: >"$d/installed.new"
awk -v verb=$verb -v upgrade="$upgrade" -v named=" $* " -v out="$d/installed.new" '
function need(n,   i, some, count) {
  if (n in wanted) return
  if (!(n in newest) && !(n in has)) { missing = missing "\\n  " n " (no such package):\\n    required by: world[" n "]"; return }
  wanted[n] = 1; order[++total] = n
  count = split(n in newest ? needs[n] : had[n], some, " ")
  for (i = 1; i <= count; i++) need(some[i])
}
{ rest = $0; sub(/^[^ ]+ [^ ]+ ?/, "", rest) }
FILENAME ~ /fetched$/ { newest[$1] = $2; needs[$1] = rest; next }
FILENAME ~ /installed$/ { has[$1] = $2; had[$1] = rest; old[++olds] = $1; next }
{ sub(/[@=<>~].*/, ""); need($1) }
END {
  if (missing) { print "ERROR: unable to select packages:" missing; exit 1 }
  for (i = 1; i <= total; i++) {
    n = order[i]
    isnew = (verb == "upgrade" || (upgrade && index(named, " " n " "))) && (n in newest)
    v = !(n in has) || isnew ? newest[n] : has[n]
    print n " " v " " (n in newest ? needs[n] : had[n]) >out
    if (!(n in has)) does[++k] = "Installing " n " (" v ")"
    else if (has[n] != v) does[++k] = "Upgrading " n " (" has[n] " -> " v ")"
    else if (verb == "del" && index(named, " " n " ")) kept = kept "\\n  " n ": other"
  }
  for (i = 1; i <= olds; i++) if (!((n = old[i]) in wanted)) does[++k] = "Purging " n " (" has[n] ")"
  for (i = 1; i <= k; i++) print "(" i "/" k ") " does[i]
  if (kept) print "World updated, but the following packages are not removed due to:" kept
  print "OK: 1 MiB in " total " packages"
}' "$d/fetched" "$d/installed" "$d/world.new" || exit
if [ "$simulate" ]; then rm "$d/world.new" "$d/installed.new"; exit; fi
if [ -e "$d/broken" ]; then echo 'ERROR: a-1: BAD archive' >&2; exit 1; fi
mv "$d/world.new" "$d/world"; mv "$d/installed.new" "$d/installed"
`
