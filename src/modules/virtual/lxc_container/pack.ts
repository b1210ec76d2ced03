import type { Reached } from '../../../host/file-state.ts'
import { makeFile } from '../../../host/write.ts'
import type { Action } from '../../../sdk/module.ts'
import { contentOf } from '../../../shell/content.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import type { Args } from './options.ts'
import { freezing, lxc, unfreezing } from './scripts.ts'

/** The volume that a snapshot of a container's is for as long as it is packed, in the same group. */
export function snapshotOf(name: string): string {
  return `${name}_lxc_snapshot`
}

export function noRootfs(name: string, path: string): string {
  return `the root file system of ${name} is not there, or empty, or not mounted: ${path}`
}

/**
 * Sh that sets `$r` to where a container's root file system is, and `$k` to its kind: dir (btrfs and zfs are mounted there
 * always), block, image, layers or none.
 */
function findRootfs(args: Args): string {
  const known = `$(LC_ALL=C ${lxc('info', args)} -H -c lxc.rootfs.path)`
  return `r=${args.rootfs === undefined ? known : quote(args.rootfs)} k=none
case $r in [a-z]*:/*) r=\${r#*:} ;; esac
if [ -d "$r" ]; then [ -z "$(ls -A -- "$r")" ] || k=dir
elif [ -b "$r" ]; then k=block
elif [ -f "$r" ]; then k=image
else case $r in /*:/*) k=layers ;; esac; fi`
}

const VOLUME = `LC_ALL=C lvs --noheadings --nosuffix --units b --separator ';' -o vg_name,lv_name,lv_size,vg_free,pool_lv`

/** Sh that prints what is missing for packing, and of the container, if there is one, kind and place of its storage. */
export function rootfsLook(args: Args): string {
  return `l=; for p in tar unshare; do command -v "$p" >/dev/null || l=$p; done
k= r= v= x=0
if [ -n "$state" ]; then
${findRootfs(args)}
if [ "$k" = block ] && v=$(${VOLUME} "$r" 2>/dev/null); then
  v=$(printf %s "$v" | tr -d ' ')
  ! lvs "\${v%%;*}/${snapshotOf(args.name)}" >/dev/null 2>&1 || x=1
fi
fi
printf '%s\\0' "$l" "$k" "$r" "$v" "$x"`
}

/**
 * Packs a container: its folder, with the root file system as `rootfs`, wherever and in whatever that is kept. A running
 * one is frozen meanwhile; one on a volume of LVM only until that has a snapshot, which is packed. Whatever happens, it
 * runs again in the end.
 */
export function packing(
  args: Args,
  { path, via, file }: Reached,
  attributes: { mode: number; owner?: number; group?: number },
): Action {
  return makeFile({
    ...{ path, via, ...attributes, replaces: file ?? null },
    make: makeScript(args),
    input: contentOf(''),
  })
}

const CUT_OFF = `trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 141' PIPE; trap 'exit 143' TERM`

function makeScript(args: Args): string {
  const { name, archive_compression: how } = args
  const squeezed =
    how === 'none'
      ? 'pack'
      : `{ x=$({ { pack; echo $? >&5; } | ${how} -c >&6; } 5>&1) && [ "$x" = 0 ]; } 6>&1`
  return `${outside(args)}
${CUT_OFF}
frozen= snap= t=
thaw() {
  [ -n "$frozen" ] || return 0
  frozen=
  { ${unfreezing(args)}; } >&2 || { echo ${quote(`${name} is still frozen`)} >&2; return 1; }
}
drop() {
  [ -n "$snap" ] || return 0
  i=0
  until lvremove -f "$snap" >/dev/null 2>&1; do
    [ $((i += 1)) -lt 10 ] || { lvremove -f "$snap" >&2; return; }
    sleep 0.5
  done
}
restore() {
  x=0
  thaw || x=1
  drop || x=1
  [ -z "$t" ] || rmdir -- "$t"
  return $x
}
trap 'code=$?; trap "" HUP INT PIPE TERM; restore || code=1; exit $code' EXIT
t=$(mktemp -d "\${TMPDIR:-/tmp}/playssh.XXXXXX") || exit
pid=
case $(LC_ALL=C ${lxc('info', args)} -H -s) in *RUNNING) frozen=1; { ${freezing(args)}; } >&2 || exit ;; esac
case $(LC_ALL=C ${lxc('info', args)} -H -s) in *FROZEN) pid=$(LC_ALL=C ${lxc('info', args)} -H -p) || exit; pid=\${pid##*[!0-9]} ;; esac
if [ "$k" = block ] && v=$(${VOLUME} "$r" 2>/dev/null); then
  set -f; IFS=';'; set -- $(printf %s "$v" | tr -d ' '); unset IFS; set +f
  size="-l 100%ORIGIN"
  [ -z "\${5-}" ] || size=-kn
  # Cut off here, it would leave a snapshot that it knows nothing of.
  cut=; trap 'cut=1' HUP INT PIPE TERM
  lvcreate $size -s -n ${quote(snapshotOf(name))} "$1/$2" </dev/null >&2 || exit
  snap=$1/${quote(snapshotOf(name))}
  ${CUT_OFF}
  [ -z "$cut" ] || exit 143
  r=/dev/$snap
  thaw || exit
fi
pack() { unshare -m sh -c ${quote(INSIDE)} sh "$t" "$c" "$k" "$r" "$pid" </dev/null; }
${squeezed}`
}

/** Sh that sets `$c` to the container's folder, and fails where the archive would be packed itself. */
function outside(args: Args): string {
  const { name, lxc_path } = args
  return `c=$(cd -P -- ${quotePath(lxc_path)}/${quote(name)} && pwd -P && echo .) || exit
c=\${c%??}
${findRootfs(args)}
[ "$k" != none ] || fail ${quote(noRootfs(name, ''))}"$r"
inside() { case \${w%/}/ in "\${1%/}"/*) fail "$w lies in $1, which is packed: take another archive_path" ;; esac; }
inside "$c"
[ "$k" != dir ] || inside "$(readlink -f -- "$r")"`
}

// Mounts of its own, which end with it: nothing of them is seen elsewhere, or left behind.
const INSIDE = `t=$1 c=$2 k=$3 r=$4 pid=$5
mount -t tmpfs -o "mode=$(stat -c %a -- "$c")" tmpfs "$t" && mkdir -- "$t/rootfs" || exit
# A journal that is to be played, a copy of a file system that is mounted, and one that is mounted itself take each another way.
device() {
  mount -o "ro$2" "$1" "$t/rootfs" 2>/dev/null || mount -o "ro,nouuid$2" "$1" "$t/rootfs" 2>/dev/null || mount -o "rw$2" "$1" "$t/rootfs"
}
image() {
  for b in /sys/block/loop*; do
    [ -n "$pid" ] && [ "$(cat "$b/loop/backing_file" 2>/dev/null)" = "$r" ] || continue
    if grep -q "^[^ ]* [^ ]* $(cat "$b/dev") " "/proc/$pid/mountinfo"; then device "/dev/\${b##*/}" ''; return; fi
  done
  device "$r" ,loop
}
upper=$(readlink -f -- "\${r##*:}")
case $k in
  dir) mount -o bind "$r" "$t/rootfs" ;;
  layers) mount -t overlay -o "ro,index=off,lowerdir=\${r##*:}:\${r%:*}" overlay "$t/rootfs" ;;
  block) device "$r" '' ;;
  image) r=$upper; image ;;
esac || exit
cd -P -- "$c" || exit
for e in ./* ./.[!.]* ./..?*; do
  [ "$e" != ./rootfs ] || continue
  case $upper/ in "$c/\${e#./}"/*) continue ;; esac
  if [ -h "$e" ]; then cp -P -- "$e" "$t/$e"
  elif [ -d "$e" ]; then mkdir -- "$t/$e" && mount -o bind "$e" "$t/$e"
  elif [ -f "$e" ]; then : >"$t/$e" && mount -o bind "$e" "$t/$e"
  fi || exit
done
cd -- "$t" || exit
tar=$(command -v gtar || command -v tar) || exit
case $("$tar" --version 2>&1) in
  *'GNU tar'*) "$tar" --numeric-owner --xattrs --acls -cf - . ;;
  *) "$tar" -cf - . ;;
esac
code=$?
cd / && umount "$t/rootfs"
exit $code`
