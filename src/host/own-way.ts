/**
 * Sh for programs that go by names and not by where they are: `own_way` says whether nobody else can swap the folder
 * that we are in, or one on the way to it, and sets $at to its name. Only root is asked to care; groups of the system,
 * such as staff, are trusted like root. It needs SAFE_PATH.
 */
export const OWN_WAY = `own_way() {
  here
  [ "$(id -u)" = 0 ] || return 0
  (
    o=0
    while :; do
      x=$(stat -c '%u %g %A' .) || exit
      case $x in
        0\\ *\\ d????-??-?) ;;
        0\\ [0-9]\\ d???????-? | 0\\ [0-9][0-9]\\ d???????-?) ;;
        0\\ *\\ d????????[tT]) [ "$o" = 0 ] || exit ;;
        *) exit 1 ;;
      esac
      o=\${x%% *}
      here
      [ "$at" != / ] || exit 0
      cd -P .. || exit
    done
  )
}`
