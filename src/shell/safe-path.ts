/**
 * Sh for work in folders where somebody else may swap what is there at any moment. A folder is entered, and from then
 * on held by the shell's working folder, whatever becomes of its name; what is in it is named without a path. What
 * must not be swapped meanwhile is made, or held by a second name, in a folder of our own (mode 0700) within it.
 *
 * enter PATH: enters the folder that PATH lies in; its absolute path is then $w, and PATH's last part $n.
 * enter_made PATH: the same, and makes the folders that are missing.
 * enter_through PATH: the same for what PATH leads to, if that is a link. A link of another user, here or on the way, is
 * followed only to what is theirs.
 * alone: nobody else can swap what is in the working folder.
 * stage: goes into a new folder of our own in the working folder; `leave` goes back and removes it.
 * fresh UMASK [staged]: makes the empty file $new, which is to replace $old, in the folder $up: beside it where we are
 * alone and nothing else is said, otherwise in a stage.
 * make_folder MODE: makes the folder ./$n; in a folder where nobody else can swap it, another run may have made it meanwhile.
 * put: the fresh file, or what was made as ./$n in a stage, is moved to where it belongs, in one step, and the stage is
 * left; what was made as ./$n without a stage is there already.
 * loosen FOLDER: takes the attributes $loose from ./$n there, which would keep another one from its place.
 * pin [DEVICE:INODE]: in a stage, gives ../$n a second name here; fails if it is not (or no longer) that file.
 * Every function ends the script with a sentence when it cannot be done.
 */
export const SAFE_PATH = `umask 077
fail() { printf '%s\\n' "$1" >&2; exit 1; }
s= d= beside= made= hops=0
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
trap 'unstage' EXIT
# Where the kernel says that we are: dash and busybox have it in PWD behind cd -P, others what they made of the name.
if [ "\${BASH_VERSION-}\${KSH_VERSION-}\${ZSH_VERSION-}\${YASH_VERSION-}" ]; then
  here() { at=$(env pwd -P && echo .) || fail "the folder is gone"; at=\${at%??}; }
else
  here() { at=$PWD; }
fi
enter() {
  n=\${1##*/} w=$1
  case $1 in
    */*) w=\${1%/*} ;;
    *) w=. ;;
  esac
  case $w in
    '') w=/ ;;
    /*) ;;
    *) w=$PWD/$w ;;
  esac
  if CDPATH= cd -P -- "$w" 2>/dev/null; then
    here
    [ "$at" != "$w" ] || return 0
  elif [ -z "$made" ]; then
    [ -d "$w" ] || fail "cannot write in $w: there is no such folder"
    fail "the folder $w cannot be entered"
  fi
  walk "$w"
  here
  w=$at
}
enter_made() { made=1; enter "$1"; made=; }
# One step at a time, and none through a link that the kernel follows.
walk() {
  case $1 in /*) cd -P / || exit ;; esac
  set -f
  IFS=/
  set -- $1
  unset IFS
  set +f
  for c; do
    case $c in
      '' | .) continue ;;
      ..) cd -P .. || exit; continue ;;
    esac
    if [ -h "./$c" ]; then follow "$c"; continue; fi
    here
    p=\${at%/}/$c
    # Another run may make it meanwhile.
    [ -z "$made" ] || [ -e "./$c" ] || (umask 022; mkdir -- "./$c" 2>/dev/null || [ -e "./$c" ] || mkdir -- "./$c") || exit
    cd -P -- "./$c" 2>/dev/null || fail "the folder $p cannot be entered"
    here
    [ "$at" = "$p" ] || fail "somebody has put a link in place of $p meanwhile; it is not followed"
  done
}
# What a link says, and whose it is: $l and $u. One of root's may have been moved by whoever owns the folder.
read_link() {
  hops=$((hops + 1))
  [ $hops -le 40 ] || fail "too many links on the way to $w"
  here
  x=$(stat -c '%u %d %i %z' -- "./$1") || exit
  l=$(readlink -- "./$1" && echo .) || exit
  [ "$x" = "$(stat -c '%u %d %i %z' -- "./$1")" ] || fail "somebody has swapped the link \${at%/}/$1 meanwhile"
  l=\${l%??} u=\${x%% *}
  [ "$u" = 0 ] && [ "$(id -u)" = 0 ] || return 0
  x=$(stat -c '%u %A' .) || exit
  case $x in
    '0 d'???????-? | '0 d'????????[tT]) ;;
    '0 '*) strange "\${at%/}/$1" ;;
    *) u=\${x%% *} ;;
  esac
}
strange() { fail "the link $1 is another user's, or where one may have put it, and leads to what is not theirs; it is not followed"; }
# A link of root's or our own, or one to a folder that is its owner's.
follow() {
  read_link "$1"
  set -- "\${at%/}/$1" "$u" "$made"
  case $u in 0 | "$(id -u)") walk "$l"; return ;; esac
  made=
  walk "$l"
  made=$3
  [ "$(stat -c %u .)" = "$2" ] || strange "$1"
}
enter_through() {
  enter "$1"
  o=
  while [ -h "./$n" ]; do
    read_link "$n"
    case $u in
      0 | "$(id -u)") ;;
      *) [ "\${o:-$u}" = "$u" ] || strange "$1"; o=$u ;;
    esac
    case $l in /*) enter "$l" ;; *) enter "\${at%/}/$l" ;; esac
  done
  [ -z "$o" ] || [ "$(stat -c %u -- "./$n" 2>/dev/null)" = "$o" ] || strange "$1"
}
alone() {
  case $(stat -c '%u %A' -- "\${1:-.}") in
    0\\ d????-??-?) ;;
    *\\ d????-??-?) [ -O "\${1:-.}" ] ;;
    *) return 1 ;;
  esac
}
stage() {
  d=$(mktemp -d ./.playssh.XXXXXX 2>&1) || { p=$d d=; fail "cannot write in $w: \${p##*: }"; }
  cd -P -- "$d" 2>/dev/null && here && [ "\${at##*/}" = "\${d#./}" ] && [ -O . ] ||
    fail "somebody swaps what is made in $w; nothing was changed"
  s=$d
}
fresh() {
  new=./.playssh.$$ old=./$n up=.
  if [ -z "\${2-}" ] && [ ! -h "./$n" ] && alone; then
    umask "$1"
    set -C
    true 2>/dev/null >"$new" && beside=$new
    set +C
    umask 077
    [ -z "$beside" ] || return 0
  fi
  stage
  new=./$n old=../$n up=..
  umask "$1"
  true >"$new" || exit
  umask 077
}
# Who has renamed it keeps an empty folder.
leave() { s=; cd -P .. && { rmdir -- "$d" 2>/dev/null || :; } && d=; }
loosen() {
  [ -n "\${loose-}" ] && [ -f "$1/$n" ] && [ ! -h "$1/$n" ] || return 0
  alone "$1" || fail "others can swap $w/$n, whose attributes keep it from being changed"
  chattr "-$loose" -- "$1/$n"
}
make_folder() {
  mkdir -m "$1" -- "./$n" 2>/dev/null || { [ -z "$s" ] && [ -d "./$n" ] && [ ! -h "./$n" ]; } || mkdir -m "$1" -- "./$n"
}
# Another run has put the same folder there meanwhile: it stays, for that one may be in it.
is_there() {
  [ -d "./$n" ] && [ ! -h "./$n" ] && [ -d "../$n" ] && [ ! -h "../$n" ] || return
  [ "$(stat -c '%u %a' -- "./$n")" = "$(stat -c '%u %a' -- "../$n")" ] && rmdir -- "./$n" 2>/dev/null
}
put() {
  if [ -n "$s" ]; then
    loosen .. && { is_there || mv -f -- "./$n" .. 2>/dev/null || is_there || mv -f -- "./$n" ..; } && leave
  elif [ -n "$beside" ]; then loosen . && mv -f -- "$beside" "./$n" && beside=
  fi || fail "$w/$n was not put in place"
}
unstage() {
  if [ -n "$s" ]; then rm -rf ./* ./.[!.]* ./..?*; leave
  elif [ -n "$beside" ]; then rm -f -- "$beside"
  elif [ -n "$d" ]; then rmdir -- "$d" 2>/dev/null || :; fi
}
pin() {
  p=$(ln -- "../$n" "./$n" 2>&1) || fail "$w/$n could be swapped by others while it is changed, and cannot be held: $p"
  x=$(stat -c '%d:%i %h' -- "./$n") || exit
  [ "\${x% *}" = "\${1:-\${x% *}}" ] || fail "somebody has swapped $w/$n meanwhile; nothing was changed"
  # Where anybody may link to any file, a second name may have been given to somebody else's.
  [ \${x#* } -le 2 ] || [ ! -f "./$n" ] || [ -h "./$n" ] || { read -r x </proc/sys/fs/protected_hardlinks && [ "$x" = 1 ]; } 2>/dev/null ||
    fail "$w/$n is a hard link in a folder of others, and may be the name of somebody else's file; nothing was changed"
}`
