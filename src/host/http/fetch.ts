import { IS_ASKED, tellProgress } from '../../shell/progress.ts'

/**
 * Sh: fetch FILE, in a stage, asks by the function `ask` of `askScript`. The body becomes FILE; `$ended` is its exit
 * status, `$log` what the question has on stderr, `$t` how many seconds it took. Once a second it tells how many bytes
 * have come, if that is asked for.
 */
export const FETCH = `fetched() {
  of= zip=
  while IFS=': ' read -r name value; do
    case $name in
      HTTP/*) of= zip= ;;
      [Cc]ontent-[Ll]ength) of=\${value%"$cr"} ;;
      [Cc]ontent-[Ee]ncoding) zip=1 ;;
    esac
  done <./head
  [ -z "$zip" ] || of=
  ${tellProgress('"$(stat -c %s -- "$1")"', '"$of"')}
}
fetch() {
  telling= t=$(date +%s) cr=$(printf '\\r')
  if ${IS_ASKED}; then
    while sleep 1 </dev/null >/dev/null 2>&1; do fetched "$1" || exit; done &
    telling=$!
  fi
  log=$({ ask 2>&1 >"$1"; printf ' %s' $?; } | tee ./head)
  ended=\${log##* } log=\${log% *} t=$(($(date +%s) - t))
  if [ "$telling" ]; then
    { kill "$telling"; wait "$telling"; } 2>/dev/null
    [ "$t" = 0 ] || (fetched "$1")
  fi
  rm -f ./head
}`
