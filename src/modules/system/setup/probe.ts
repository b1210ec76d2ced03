import { quotePath } from '../../../shell/quote.ts'

export type Subset = 'min' | 'hardware' | 'network' | 'virtual'

/** What the host says of itself: what was read, by file name or, for what is no file, by ":name". */
export type Sections = ReadonlyMap<string, string>

/** Files or folders whose mere existence is a fact. */
const SIGNS = [
  ...[
    '/usr/bin/apt-get',
    '/usr/bin/dnf5',
    '/usr/bin/dnf',
    '/usr/bin/yum',
    '/usr/bin/zypper',
    '/sbin/apk',
    '/usr/bin/apk',
  ],
  ...[
    '/usr/bin/pacman',
    '/bin/opkg',
    '/usr/bin/emerge',
    '/run/systemd/system',
    '/sbin/openrc',
    '/etc/init.d',
  ],
  ...[
    '/.dockerenv',
    '/run/.containerenv',
    '/proc/xen',
    '/proc/vz',
    '/proc/bc',
    '/dev/kvm',
    '/sys/module/kvm',
  ],
  ...['/sys/kernel/security/apparmor', '/sys/fs/selinux/enforce'],
]

const FILES: Record<Subset, readonly string[]> = {
  min: [
    ...['ostype', 'osrelease', 'version', 'hostname'].map((name) => `/proc/sys/kernel/${name}`),
    ...['/etc/os-release', '/etc/debian_version', '/etc/alpine-release', '/etc/machine-id', '/etc/hosts'],
    ...['/etc/resolv.conf', '/etc/passwd', '/proc/cmdline', '/proc/1/comm', '/proc/loadavg'],
    ...['/proc/sys/crypto/fips_enabled', '/etc/ssh/ssh_host_*_key.pub'],
  ],
  hardware: ['/proc/meminfo', '/proc/cpuinfo', '/proc/uptime', '/proc/mounts', '/sys/class/dmi/id/[bcps]*'],
  network: ['/proc/net/route', '/proc/net/ipv6_route'],
  virtual: [
    ...[
      '/proc/1/environ',
      '/proc/1/cgroup',
      '/proc/cpuinfo',
      '/sys/hypervisor/type',
      '/proc/xen/capabilities',
      '/run/systemd/container',
    ],
    ...['product_name', 'sys_vendor', 'bios_vendor'].map((name) => `/sys/class/dmi/id/${name}`),
  ],
}

/** The script that prints the sections; builtins and one reader of files before programs. */
export function factsProbe(subsets: ReadonlySet<Subset>, factPath: string): string {
  const has = (subset: Subset) => subsets.has(subset)
  const files = new Set([...subsets].flatMap((subset) => FILES[subset]))
  // Files that are no files, or cannot be read, must not make the reader complain.
  const reading = [
    section('signs'),
    `for f in ${SIGNS.join(' ')}; do [ ! -e $f ] || echo $f; done`,
    `set --\nfor f in ${[...files].join(' ')}; do [ ! -f "$f" ] || [ ! -r "$f" ] || set -- "$@" "$f"; done`,
    ...(has('min') ? ['set -- "$@" /proc/self/environ'] : []),
    // One file alone would have no heading.
    'tail -n +1 "$@" /dev/null 2>/dev/null',
  ]
  return [
    ...(has('min') ? MIN : []),
    ...(has('network') ? NETWORK : []),
    ...(has('hardware') ? MOUNTS : []),
    ...(has('min') ? [localFacts(factPath)] : []),
    ...reading,
    ':',
  ].join('\n')
}

function section(name: string): string {
  return `printf '\\n==> :${name} <==\\n'`
}

const MIN = [
  section('id'),
  // What id says, without it where the files know.
  'u= n=',
  'while read -r k v _; do case $k in Uid:) u=$v ;; Gid:) g=$v; break ;; esac; done 2>/dev/null </proc/$$/status',
  'while IFS=: read -r a _ b _; do [ "$b" != "$u" ] || { n=$a; break; }; done 2>/dev/null </etc/passwd',
  'if [ "$u" ] && [ "$n" ]; then echo "uid=$u($n) gid=$g"; else id; fi',
  section('machine'),
  // Newer kernels say it in a file, but not what a process that pretends to another machine shall see.
  'p= m=',
  '{ read -r p </proc/$$/personality; } 2>/dev/null && [ "$p" = 00000000 ] && { read -r m </proc/sys/kernel/arch; } 2>/dev/null',
  'if [ "$m" ]; then echo "$m"; else uname -m; fi',
  section('date'),
  "date '+%s|%z|%Z|%Y|%m|%d|%H|%M|%S|%A|%w|%W'",
  section('python'),
  'p=$(command -v python3 || command -v python) &&',
  `  "$p" -I -S -c 'import sys; print(sys.executable, sys.implementation.name, *sys.version_info)' 2>/dev/null`,
  section('chroot'),
  'if [ -e /proc/1/root/. ] && ! [ /proc/1/root/. -ef / ]; then echo yes; fi',
]

const NETWORK = [
  section('interfaces'),
  'for d in /sys/class/net/*; do',
  '  [ -e "$d/mtu" ] || continue',
  '  for f in mtu type operstate flags address; do',
  `    v=; read -r v <"$d/$f"; printf "%s %s %s\\n" "\${d##*/}" $f "$v"`,
  '  done 2>/dev/null',
  `  for p in "$d"/brif/*; do [ ! -e "$p" ] || echo "\${d##*/} port \${p##*/}"; done`,
  `  [ ! -d "$d/bridge" ] || { read -r v <"$d/bridge/stp_state"; read -r i <"$d/bridge/bridge_id"; echo "\${d##*/} bridge $v $i"; }`,
  'done',
  section('addresses'),
  'ip -o address show 2>/dev/null',
]

// File systems over the network are left out: asking a server that is down takes for ever.
const MOUNTS = [
  section('space'),
  'set --',
  'while read -r device mount type _; do',
  '  case $device in /*) ;; *) continue ;; esac',
  '  case $type in nfs*|cifs|smb*) continue ;; esac',
  '  case $mount in *\\\\*) mount=$(printf \'%b\' "$mount") ;; esac',
  '  set -- "$@" "$mount"',
  'done </proc/mounts',
  '[ $# = 0 ] || stat -f -c \'%S|%b|%a|%c|%d|%n\' -- "$@" 2>/dev/null',
]

function localFacts(path: string): string {
  return [
    `for f in ${quotePath(path)}/*.fact; do`,
    '  if [ -f "$f" ]; then',
    `    printf "\\n==> :local/%s <==\\n" "\${f##*/}"`,
    '    if [ -x "$f" ]; then { e=$("$f" 2>&1 >&3); } 3>&1; else e=; cat "$f"; fi || {',
    '      c=$?',
    `      printf "\\n==> :lost/%s <==\\nFailure executing fact script (%s), rc: %s, err: %s" "\${f##*/}" "$f" $c "$e"`,
    '    }',
    '  elif [ -h "$f" ]; then',
    `    printf "\\n==> :lost/%s <==\\nCould not stat fact (%s): it leads to nothing" "\${f##*/}" "$f"`,
    '  fi',
    'done',
  ].join('\n')
}

/** The sections that a probe printed, each without the newlines at its end. */
export function parseSections(text: string): Sections {
  const sections = new Map<string, string>()
  const parts = text.split(/^==> (.+) <==$\n?/m)
  for (let at = 1; at < parts.length; at += 2) sections.set(parts[at]!, parts[at + 1]!.replace(/\n+$/, ''))
  return sections
}

/** The lines of a section; none when it is not there. */
export function lines(sections: Sections, name: string): string[] {
  const text = sections.get(name)
  return text === undefined || text === '' ? [] : text.split('\n')
}
