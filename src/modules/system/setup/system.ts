import type { Value, ValueMap } from '../../../values/value.ts'
import { lines, type Sections } from './probe.ts'

/** Names, system, distribution, managers, user, time: the facts that are always gathered. */
export function systemFacts(sections: Sections): ValueMap {
  const signs = new Set(lines(sections, ':signs'))
  const machine = first(sections, ':machine')
  return {
    ...nameFacts(sections),
    system: first(sections, '/proc/sys/kernel/ostype') || 'Linux',
    kernel: first(sections, '/proc/sys/kernel/osrelease'),
    kernel_version: first(sections, '/proc/sys/kernel/version'),
    machine,
    architecture: /^i[3-6]86$/.test(machine) ? 'i386' : machine,
    userspace_architecture: /^i[3-6]86$/.test(machine) ? 'i386' : machine,
    userspace_bits: /64|s390x/.test(machine) ? '64' : '32',
    machine_id: first(sections, '/etc/machine-id'),
    ...distributionFacts(sections, signs),
    service_mgr: serviceManager(first(sections, '/proc/1/comm'), signs),
    ...userFacts(sections),
    env: environmentOf(sections),
    date_time: dateTime(first(sections, ':date')),
    cmdline: commandLine(first(sections, '/proc/cmdline')),
    proc_cmdline: commandLine(first(sections, '/proc/cmdline')),
    dns: dnsFacts(lines(sections, '/etc/resolv.conf')),
    loadavg: loadAverage(first(sections, '/proc/loadavg')),
    fips: first(sections, '/proc/sys/crypto/fips_enabled') === '1',
    is_chroot: first(sections, ':chroot') === 'yes',
    selinux: { status: signs.has('/sys/fs/selinux/enforce') ? 'enabled' : 'disabled' },
    apparmor: { status: signs.has('/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' },
    local: localFacts(sections),
    ...pythonFacts(first(sections, ':python')),
    ...hostKeys(sections),
  }
}

/** The first line of a section, or "". */
export function first(sections: Sections, name: string): string {
  return lines(sections, name)[0] ?? ''
}

/** Of the Python that a host has; nothing where there is none. */
function pythonFacts(said: string): ValueMap {
  const [, executable, type, ...words] = /^(\S+) (\S+) (\d+) (\d+) (\d+) (\S+) (\d+)$/.exec(said) ?? []
  if (executable === undefined || type === undefined) return {}
  const [major, minor, micro, serial] = [0, 1, 2, 4].map((at) => Number(words[at])) as [
    ...[number, number, number, number],
  ]
  const releaselevel = words[3]!
  return {
    python: {
      version: { major, minor, micro, releaselevel, serial },
      version_info: [major, minor, micro, releaselevel, serial],
      executable,
      has_sslcontext: true,
      type,
    },
    python_version: `${major}.${minor}.${micro}`,
  }
}

function nameFacts(sections: Sections): ValueMap {
  const nodename = first(sections, '/proc/sys/kernel/hostname')
  // What the resolver would say, as far as it takes no name server: those that do not answer cost seconds.
  const known = lines(sections, '/etc/hosts')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
    .find((names) => names.includes(nodename))
  const fqdn = nodename.includes('.') ? nodename : (known?.find((name) => name.includes('.')) ?? nodename)
  return {
    nodename,
    hostname: nodename.split('.')[0]!,
    fqdn,
    domain: fqdn.split('.').slice(1).join('.'),
  }
}

const DISTRIBUTIONS: Record<string, string> = {
  debian: 'Debian',
  raspbian: 'Debian',
  ubuntu: 'Ubuntu',
  devuan: 'Devuan',
  kali: 'Kali',
  linuxmint: 'Linux Mint',
  alpine: 'Alpine',
  arch: 'Archlinux',
  fedora: 'Fedora',
  centos: 'CentOS',
  rhel: 'RedHat',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  sles: 'SLES',
  gentoo: 'Gentoo',
  openwrt: 'OpenWrt',
}

const FAMILIES: Record<string, readonly string[]> = {
  Debian: ['Debian', 'Ubuntu', 'Devuan', 'Kali', 'Linux Mint'],
  RedHat: ['RedHat', 'Fedora', 'CentOS', 'Rocky', 'AlmaLinux', 'OracleLinux', 'Amazon'],
  Suse: ['openSUSE Leap', 'openSUSE Tumbleweed', 'SLES'],
}

function distributionFacts(sections: Sections, signs: ReadonlySet<string>): ValueMap {
  const release = new Map(
    lines(sections, '/etc/os-release').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [[name, value!.replace(/^(["'])(.*)\1$/, '$2')] as const]
    }),
  )
  const of = (name: string) => release.get(name) ?? ''
  const distribution = DISTRIBUTIONS[of('ID')] ?? (of('NAME') || 'Linux')
  const version = versionOf(distribution, sections) || of('VERSION_ID') || 'NA'
  const family =
    Object.entries(FAMILIES).find(([, members]) => members.includes(distribution))?.[0] ?? distribution
  const [major = '', minor] = version.split('.')
  const codename = of('VERSION_CODENAME') || 'NA'
  return {
    distribution,
    distribution_version: version,
    distribution_major_version: major,
    ...(distribution === 'Debian' && minor !== undefined && { distribution_minor_version: minor }),
    distribution_release: codename,
    distribution_file_variety: family,
    distribution_file_path: '/etc/os-release',
    distribution_file_parsed: release.size > 0,
    os_family: family,
    lsb: {
      id: distribution,
      codename,
      description: of('PRETTY_NAME'),
      release: of('VERSION_ID'),
      major_release: of('VERSION_ID').split('.')[0]!,
    },
    pkg_mgr: packageManager(family, signs),
  }
}

/** The version with its point release, which some keep in a file of its own. */
function versionOf(distribution: string, sections: Sections): string {
  if (distribution === 'Alpine') return first(sections, '/etc/alpine-release')
  const debian = distribution === 'Debian' ? first(sections, '/etc/debian_version') : ''
  return /^\d/.test(debian) ? debian : ''
}

const MANAGERS = [
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/dnf5', 'dnf5'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/zypper', 'zypper'],
  ['/sbin/apk', 'apk'],
  ['/usr/bin/apk', 'apk'],
  ['/usr/bin/pacman', 'pacman'],
  ['/bin/opkg', 'opkg'],
  ['/usr/bin/emerge', 'portage'],
] as const

const BY_FAMILY: Record<string, string> = {
  Debian: 'apt',
  Suse: 'zypper',
  Alpine: 'apk',
  Archlinux: 'pacman',
}

function packageManager(family: string, signs: ReadonlySet<string>): string {
  const found = MANAGERS.flatMap(([path, name]) => (signs.has(path) ? [name] : []))
  return found.find((name) => name === BY_FAMILY[family]) ?? found[0] ?? 'unknown'
}

const INITS: Record<string, string> = {
  procd: 'openwrt_init',
  'runit-init': 'runit',
  svscan: 'svc',
  'openrc-init': 'openrc',
}

function serviceManager(init: string, signs: ReadonlySet<string>): string {
  if (signs.has('/run/systemd/system')) return 'systemd'
  if (init !== '' && init !== 'init' && !init.endsWith('sh')) return INITS[init] ?? init
  if (signs.has('/sbin/openrc')) return 'openrc'
  return signs.has('/etc/init.d') ? 'sysvinit' : 'service'
}

function userFacts(sections: Sections): ValueMap {
  const [, uid = '0', name = ''] = /uid=(\d+)(?:\(([^)]*)\))?/.exec(first(sections, ':id')) ?? []
  const [, gid = '0'] = /gid=(\d+)/.exec(first(sections, ':id')) ?? []
  const fields = lines(sections, '/etc/passwd')
    .map((line) => line.split(':'))
    .find(([login, , id]) => login === name && id === uid)
  const environment = environmentOf(sections)
  return {
    user_id: name || uid,
    user_uid: Number(uid),
    user_gid: Number(gid),
    user_gecos: fields?.[4] ?? '',
    user_dir: fields?.[5] ?? environment.HOME ?? '',
    user_shell: fields?.[6] ?? environment.SHELL ?? '',
    real_user_id: Number(uid),
    effective_user_id: Number(uid),
    real_group_id: Number(gid),
    effective_group_id: Number(gid),
  }
}

function environmentOf(sections: Sections): Record<string, string> {
  const pairs = (sections.get('/proc/self/environ') ?? '').split('\0').flatMap((entry) => {
    const at = entry.indexOf('=')
    return at < 1 ? [] : [[entry.slice(0, at), entry.slice(at + 1)] as const]
  })
  return Object.fromEntries(pairs)
}

function dateTime(line: string): ValueMap {
  const [
    epoch = '0',
    tz_offset = '',
    tz = '',
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    weekday = '',
    weekday_number = '',
    weeknumber = '',
  ] = line.split('|')
  const now = new Date(Number(epoch) * 1000)
  if (Number.isNaN(now.getTime()))
    throw new Error(`date on the host answered "${line}", which makes no sense`)
  const iso8601 = now.toISOString().replace(/\.\d+Z$/, 'Z')
  const short = `${year}${month}${day}T${hour}${minute}${second}`
  return {
    ...{ epoch, epoch_int: epoch, tz, tz_dst: tz, tz_offset, year, month, day, hour, minute, second },
    ...{
      weekday,
      weekday_number,
      weeknumber,
      date: `${year}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
    },
    iso8601,
    iso8601_micro: iso8601.replace('Z', '.000000Z'),
    iso8601_basic: `${short}000000`,
    iso8601_basic_short: short,
  }
}

function commandLine(text: string): ValueMap {
  const words = text.split(/\s+/).filter(Boolean)
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      return at === -1 ? [word, true] : [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}

function dnsFacts(resolv: readonly string[]): ValueMap {
  const dns: { [name: string]: Value } = {}
  const nameservers: string[] = []
  for (const line of resolv) {
    const [word, ...rest] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (word === 'nameserver') nameservers.push(...rest)
    else if (word === 'domain') dns.domain = rest[0] ?? ''
    else if (word === 'search') dns.search = rest
    else if (word === 'sortlist') dns.sortlist = rest
    else if (word === 'options') {
      dns.options = Object.fromEntries(
        rest.map((option) => [option.split(':')[0]!, option.split(':')[1] ?? true]),
      )
    }
  }
  return nameservers.length === 0 ? dns : { nameservers, ...dns }
}

function loadAverage(line: string): ValueMap {
  const [one, five, fifteen] = line.split(' ').map(Number)
  return { '1m': one || 0, '5m': five || 0, '15m': fifteen || 0 }
}

function localFacts(sections: Sections): ValueMap {
  const facts: ValueMap = {}
  for (const [name, text] of sections) {
    const [, kind, file] = /^:(local|lost)\/(.*)$/.exec(name) ?? []
    if (file !== undefined)
      facts[file.replace(/\.fact$/, '')] = kind === 'lost' ? text : localFact(text, file)
  }
  return facts
}

/** JSON, or else sections of names and values (INI). */
function localFact(text: string, file: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    return iniFact(text) ?? `error loading facts as JSON or ini - please check content: ${file}`
  }
}

/** undefined for what is no INI. */
function iniFact(text: string): ValueMap | undefined {
  const facts: { [section: string]: ValueMap } = {}
  let current: ValueMap | undefined
  for (const line of text.split('\n')) {
    const [, heading] = /^\s*\[(.+)\]\s*$/.exec(line) ?? []
    const [, name, value] = /^\s*([^#;=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (heading !== undefined) {
      current = {}
      facts[heading] = current
    } else if (name !== undefined && current === undefined) return undefined
    else if (name !== undefined && current !== undefined) current[name.toLowerCase()] = value!
  }
  return facts
}

function hostKeys(sections: Sections): ValueMap {
  const facts: ValueMap = {}
  for (const name of sections.keys()) {
    const [, kind] = /^\/etc\/ssh\/ssh_host_(\w+)_key\.pub$/.exec(name) ?? []
    if (kind === undefined) continue
    const [type = '', key = ''] = first(sections, name).split(' ')
    facts[`ssh_host_key_${kind}_public`] = key
    facts[`ssh_host_key_${kind}_public_keytype`] = type
  }
  return facts
}
