import { quote, words } from '../../../shell/quote.ts'
import { placeOf, type XenImageArgs } from './options.ts'

/**
 * The script that makes an image; a password comes over its stdin. xen-create-image runs in namespaces of its own: what
 * it mounts is seen by nobody else, and when its first process ends, the kernel ends all the others and unmounts it all.
 * Exit status 0 says that the image is whole.
 */
export function buildScript(args: XenImageArgs): string {
  const place = placeOf(args)
  return [
    prologue(args),
    PREPARE,
    `[ -d ${quote(args.config)} ] || fail ${quote(`there is no folder ${args.config}; is Xen installed?`)}`,
    'command -v xen-create-image >/dev/null || fail "xen-create-image is missing; install xen-tools"',
    'if there && [ ! -e "$unfinished" ]; then echo "The image was made meanwhile."; exit 0; fi',
    'free',
    'mkdir -p "$(dirname "$unfinished")" && : >"$unfinished" || exit',
    'half=y',
    'clear_place',
    `cat >"$t/password"`,
    '[ ! -s "$t/password" ] || { printf "password = %s\\n" "$(cat "$t/password")" >"$t/conf"; set -- "--config=$t/conf"; }',
    ...(args.modules === 'none'
      ? ['mkdir -p "$t/modules/$(uname -r)"; set -- "$@" "--modules=$t/modules/$(uname -r)"']
      : []),
    WRITTEN,
    'old=$(stat -c %i "$log" 2>/dev/null); size=$(stat -c %s "$log" 2>/dev/null)',
    `setpriv --pdeathsig KILL unshare --mount --propagation slave --pid --fork --kill-child --mount-proc /bin/sh -c ${quote(inner(args))} sh "$@" </dev/null >"$t/said" 2>&1 &`,
    'builder=$!',
    PROGRESS,
    'wait $builder; builder=',
    'settle || fail "the image is still in use after its making" "$(losetup -j "$disk")"',
    verify(args),
    `[ -e ${quote(place.config)} ] || { chmod 644 "$t/$host.cfg" && cp "$t/$host.cfg" ${quote(`${place.config}.new`)} && mv ${quote(`${place.config}.new`)} ${quote(place.config)}; } || exit`,
    ...(args.password === undefined ? [] : [`sed -i 's/^\\(Root Password *: *\\).*/\\1(hidden)/' "$log"`]),
    'rm -f "$unfinished" || exit',
    'half=',
  ].join('\n')
}

/** The script that takes an image away, its configuration, and the links that start it at boot. */
export function removeScript(args: XenImageArgs, links: readonly string[]): string {
  return [
    prologue(args),
    PREPARE,
    'free',
    'remove_image || exit',
    `rm -f -- "$unfinished" ${words(placeOf(args).config, ...links)}`,
  ].join('\n')
}

function prologue(args: XenImageArgs): string {
  const { disk, swap, folder, group, unfinished } = placeOf(args)
  const name = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  const volumes = group === undefined ? '' : words(`${group}/${name(disk)}`, `${group}/${name(swap)}`)
  return [
    `host=${quote(args.hostname)} disk=${quote(disk)} swap=${quote(swap)} unfinished=${quote(unfinished)}`,
    'log=/var/log/xen-tools/$host.log',
    'fail() { printf "%s\\n" "$@" >&2; exit 1; }',
    ...(group === undefined
      ? [
          `folder=${quote(folder!)}`,
          'there() { [ -e "$disk" ]; }',
          'users() { losetup -j "$disk" 2>/dev/null; losetup -j "$swap" 2>/dev/null; }',
          'remove_image() { rm -rf --one-file-system -- "$folder"; }',
          // What is not of an image may be somebody's: it is not deleted by a build that fails.
          'clear_place() { rm -f -- "$disk" "$swap"; [ ! -d "$folder" ] || rmdir -- "$folder" 2>/dev/null || { half=; rm -f "$unfinished"; fail "$folder holds files that are of no image; remove them first"; }; }',
        ]
      : [
          'export LVM_SUPPRESS_FD_WARNINGS=1',
          `there() { lvs ${quote(`${group}/${name(disk)}`)} >/dev/null 2>&1; }`,
          `users() { for v in ${volumes}; do lvs --noheadings -o lv_path,lv_device_open "$v" 2>/dev/null | grep -w open; done; }`,
          `remove_image() { for v in ${volumes}; do ! lvs "$v" >/dev/null 2>&1 || lvremove -q -f "$v" >/dev/null || return; done; }`,
          'clear_place() { remove_image; }',
        ]),
  ].join('\n')
}

// Where xen-create-image mounts an image: the folders that File::Temp makes.
const MOUNTED = `mounted() { sed -n 's,^[^ ]* \\(/tmp/[A-Za-z0-9_]\\{10\\}\\) .*,\\1,p' "$1"; }`

// One at a time for each image: a run whose connection was cut may still be at it.
const PREPARE = `[ "$(id -u)" = 0 ] || fail "images are made by root only; say become: true"
umask 022
t=$(mktemp -d /tmp/xen_image.XXXXXX) || exit
export t
builder= half=
settle() {
  n=0
  while [ -n "$(users)" ]; do
    n=$((n + 1)); [ $n -lt 100 ] || return 1
    sleep 0.1
  done
}
${MOUNTED}
free() { [ -z "$(users)" ] || fail "a disk of $host is in use:" "$(users)"; }
clean() {
  trap '' HUP INT TERM
  points=
  if [ -n "$builder" ]; then
    for p in $(cat /proc/$builder/task/$builder/children 2>/dev/null); do points="$points $(mounted /proc/$p/mounts)"; done
    kill -KILL $builder
    wait $builder 2>/dev/null
  fi
  if [ -n "$half" ] && settle; then
    remove_image && rm -f "$unfinished"
  fi
  [ -z "$points" ] || rmdir $points 2>/dev/null
  rm -rf --one-file-system "$t"
}
trap clean EXIT
trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
exec 9>"/run/lock/xen_image.$host" || exit
flock -n 9 || { echo "Waits for another run that is at the image of $host."; flock 9 || exit; }`

// What it prints comes when it ends; its log says more, and at once.
const PROGRESS = `{ tail -n 0 -F --pid=$$ "$log" 2>/dev/null | grep --line-buffered '^\\(Creating\\|Installation method\\|Running hook\\|Role:\\|I: \\)'; } </dev/null 9>&- &`

// A sparse file needs no space until it is written to: when there is none left, files in the image are lost, and nobody
// but who asks for it hears of that.
const WRITTEN = `cat >"$t/written" <<'END'
#!/bin/sh
sync -f "$1" && exit
echo "what was written to the image is not all on the disk: is there space left?"
exit 1
END
chmod 700 "$t/written"`

/** What runs in the namespaces: \`$@\` are arguments that only the host knows. */
function inner(args: XenImageArgs): string {
  const kept = [
    '/',
    '/usr',
    '/etc',
    '/var',
    '/tmp',
    ...[args.dir, args.install_source].filter((one) => one !== undefined),
  ]
  return [
    // Others may unmount an image at any time: a copy of that mount would keep its disk in use.
    `kept=$(stat -c %m -- ${words(...kept)} 2>/dev/null)`,
    'while read -r source point _; do',
    '  case $source in /dev/loop* | /dev/mapper/*-disk) ;; *) continue ;; esac',
    '  printf "%s\\n" "$kept" | grep -Fqx -- "$point" || umount "$point" 2>/dev/null',
    'done </proc/mounts',
    ...filters(args),
    `xen-create-image ${words(...argumentsOf(args))} "--output=$t" "--finalrole=$t/written" "$@"`,
    // It leaves the image mounted when it fails early, and what the hooks started may run on.
    'kill -KILL -1 2>/dev/null',
    MOUNTED,
    'for point in $(mounted /proc/mounts); do umount -R "$point"; rmdir "$point"; done',
  ].join('\n')
}

/** Lines of xen-tools' own configuration that win over the command line are hidden from it. */
function filters({ pygrub, ip, swap }: XenImageArgs): string[] {
  const keys = [
    'passwd',
    'boot',
    'config',
    ...(ip ? ['dhcp'] : []),
    ...(swap && swap !== 'none' ? ['noswap'] : []),
  ]
  if (pygrub === false) keys.push('pygrub')
  const hide = (file: string, command: string) =>
    `if [ -e /etc/xen-tools/${file} ]; then sed ${quote(command)} /etc/xen-tools/${file} >"$t/${file}" && mount --bind "$t/${file}" /etc/xen-tools/${file} || exit; fi`
  return [
    hide('xen-tools.conf', `/^[[:space:]]*\\(${keys.join('\\|')}\\)[[:space:]]*=/d`),
    ...(pygrub === false ? [hide('distributions.conf', 's/\\<pygrub\\>//g')] : []),
  ]
}

/** The arguments of xen-create-image, but for those that only the host knows. */
export function argumentsOf(args: XenImageArgs): string[] {
  const given: string[] = ['--keep', '--extension=.cfg']
  const option = (name: string, value: string | number | undefined) => {
    if (value !== undefined) given.push(`--${name}=${value}`)
  }
  const named = [
    'hostname',
    'dir',
    'lvm',
    'size',
    'fs',
    'memory',
    'maxmem',
    'vcpus',
    'dist',
    'arch',
    'mirror',
  ] as const
  for (const name of named) option(name, args[name])
  for (const name of ['apt_proxy', 'kernel', 'initrd', 'netmask', 'gateway', 'broadcast', 'mac'] as const)
    option(name, args[name])
  for (const name of ['bridge', 'vifname'] as const) option(name, args[name])
  option('install-method', args.install_method)
  option('install-source', args.install_source)
  if (args.swap === 'none') given.push('--noswap')
  else option('swap', args.swap)
  if (args.modules !== 'none') option('modules', args.modules)
  for (const address of args.ip ?? []) option('ip', address)
  if (args.role?.length) option('role', args.role.join(','))
  option('role-args', args.role_args)
  if (args.password !== undefined || args.genpass) option('hash_method', 'sha512')
  if (args.genpass !== undefined) option('genpass', args.genpass ? 1 : 0)
  if (args.cache !== undefined) option('cache', args.cache ? 'yes' : 'no')
  // Its hooks take these for set when they are 0: they are given or left away.
  const flags = {
    pygrub: args.pygrub,
    dhcp: args.dhcp,
    accounts: args.accounts,
    copyhosts: args.copyhosts,
    nohosts: args.nohosts,
  }
  for (const [name, value] of Object.entries(flags)) if (value) given.push(`--${name}`)
  return [...given, ...(args.options ?? [])]
}

/** Checks what it should have left behind: its exit status says nothing. */
function verify({ swap }: XenImageArgs): string {
  return `wrong=
if ! grep -q '^All done' "$t/said"; then wrong="xen-create-image did not come to its end"
elif grep -q '^Role script not executable' "$t/said"; then wrong=$(grep '^Role script not executable' "$t/said")
elif ! type=$(blkid -p -o value -s TYPE "$disk"); then wrong="$disk holds no file system"
elif case $type in ext*) ! e2fsck -fn "$disk" >/dev/null 2>&1 ;; *) false ;; esac; then wrong="the file system of $disk has errors"
elif ! grep -q "^name *= *'$host'" "$t/$host.cfg" 2>/dev/null; then wrong="xen-create-image wrote no configuration"
elif grep -qx '0' "$t/$host.cfg"; then wrong="xen-create-image wrote a configuration that xl refuses: a line is 0"
${swap === undefined || swap === 'none' ? '' : 'elif [ ! -e "$swap" ]; then wrong="xen-create-image made no $swap"\n'}fi
if [ -n "$wrong" ]; then
  if [ "$(stat -c %i "$log" 2>/dev/null)" = "$old" ]; then tail -c "+$((\${size:-0} + 1))" "$log" 2>/dev/null; else cat "$log"; fi >"$t/log"
  [ -s "$t/log" ] || cp "$t/said" "$t/log"
  fail "the image was not made: $wrong" "$(${USEFUL} "$t/log" | tail -n 12)"
fi`
}

const USEFUL = `grep -v -E ${[
  ...[
    '^[[:space:]]*$',
    '^[[:space:]0-9,]*$',
    '^(Aborting|Done|Superblock backups|Filesystem UUID|See /var/log)',
  ],
  ...[
    '^(Allocating|Writing|Creating) [a-z ]*(tables|information|\\([0-9]+ blocks\\)):',
    '^Creating filesystem with',
    '^Discarding',
    '^\\./',
    '^[0-9+]+ (bytes|records)',
  ],
  ...[
    '^Running hook',
    ': done\\.$',
    '^No role scripts',
    "^Couldn't find a useful entry",
    '^  /etc/apt/sources.list',
  ],
]
  .map((pattern) => `-e ${quote(pattern)}`)
  .join(' ')}`
