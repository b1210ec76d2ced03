import { isIPv4 } from 'node:net'
import { below, trimmed } from '../../../host/paths.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { interfaceProblems, macProblems } from '../../network/iproute2.ts'

export const xenImageOptions = options({
  hostname: { type: 'str', required: true, aliases: ['name'], help: 'Name of the domain and of its host.' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', help: 'Whether there is one.' },
  dir: { type: 'str', help: 'Folder for disks that are files: DIR/domains/HOSTNAME/disk.img.' },
  lvm: { type: 'str', help: 'Volume group for disks that are volumes: HOSTNAME-disk, HOSTNAME-swap.' },
  config: { type: 'str', default: '/etc/xen', help: 'Folder of the configuration, HOSTNAME.cfg.' },
  size: { type: 'str', help: 'Size of the disk, such as 512M or 4G.' },
  swap: { type: 'str', help: 'Size of the swap disk, or none.' },
  fs: {
    type: 'str',
    choices: ['ext2', 'ext3', 'ext4', 'xfs', 'reiserfs', 'btrfs'],
    help: 'File system of the disk.',
  },
  memory: { type: 'str', help: 'Memory of the domain, such as 256M.' },
  maxmem: { type: 'str', help: 'Memory that the domain can be given while it runs.' },
  vcpus: { type: 'int', help: 'Number of virtual CPUs.' },
  dist: { type: 'str', help: 'Distribution, such as bookworm.' },
  arch: { type: 'str', help: 'Architecture, such as amd64.' },
  mirror: { type: 'str', help: 'Mirror of the distribution.' },
  apt_proxy: { type: 'str', help: 'Proxy through which packages are fetched.' },
  cache: {
    type: 'bool',
    help: "Whether debootstrap shares the host's /var/cache/apt/archives, all of which is copied to the image; xen-tools says yes if not given.",
  },
  install_method: {
    type: 'str',
    choices: ['debootstrap', 'cdebootstrap', 'copy', 'tar', 'rinse', 'rpmstrap'],
    help: 'Where the system comes from.',
  },
  install_source: { type: 'str', help: 'Folder or archive on the host, for copy and tar.' },
  kernel: { type: 'str', help: 'Kernel of the domain, a file of the host.' },
  initrd: { type: 'str', help: 'Initial ramdisk of the domain, a file of the host.' },
  pygrub: {
    type: 'bool',
    help: 'Whether the kernel is installed in the image and booted by pygrub; xen-tools decides by the distribution if not given, and says yes to each current one.',
  },
  modules: {
    type: 'str',
    help: "Folder of the kernel's modules to copy to the image, or none; without pygrub those of the host's kernel if not given.",
  },
  ip: { type: 'strings', help: 'IPv4 address of eth0; more of them become aliases.' },
  dhcp: { type: 'bool', default: false, help: 'Whether eth0 asks for its address.' },
  netmask: { type: 'str', help: 'Netmask of the address.' },
  gateway: { type: 'str', help: 'Default gateway.' },
  broadcast: { type: 'str', help: 'Broadcast address.' },
  mac: { type: 'str', help: 'Ethernet address; made from name and address if not given.' },
  bridge: { type: 'str', help: 'Bridge of the host that eth0 is on.' },
  vifname: { type: 'str', help: 'Name of the interface on the host.' },
  role: {
    type: 'strings',
    help: 'Role scripts that finish the image: names below /etc/xen-tools/role.d, or paths.',
  },
  role_args: { type: 'str', help: 'Arguments of the role scripts, as in a shell.' },
  password: { type: 'str', secret: true, help: 'Password of root.' },
  genpass: {
    type: 'bool',
    help: 'Whether root gets a password made up, which the log in /var/log/xen-tools tells.',
  },
  accounts: { type: 'bool', default: false, help: "Whether the host's accounts are copied." },
  copyhosts: { type: 'bool', default: false, help: "Whether the host's /etc/hosts is copied." },
  nohosts: { type: 'bool', default: true, help: "Whether the host's own /etc/hosts is left as it is." },
  options: {
    type: 'strings',
    help: 'Further arguments of xen-create-image, as they are, such as "--image=full".',
  },
})

export type XenImageArgs = ArgsOf<typeof xenImageOptions>

/** Where the parts of an image are. */
export interface ImagePaths {
  readonly disk: string
  readonly swap: string
  /** The folder that holds the disks, unless they are volumes. */
  readonly folder: string | undefined
  /** The volume group. */
  readonly group: string | undefined
  readonly config: string
  /** A file that is there while the image is not whole. */
  readonly unfinished: string
}

export function placeOf({ hostname, dir, lvm, config }: XenImageArgs): ImagePaths {
  const cfg = below(trimmed(config), `${hostname}.cfg`)
  if (lvm !== undefined) {
    const volume = (name: string) => `/dev/${lvm}/${hostname}-${name}`
    const unfinished = `/var/lib/xen-tools/${lvm}-${hostname}.unfinished`
    return {
      disk: volume('disk'),
      swap: volume('swap'),
      folder: undefined,
      group: lvm,
      config: cfg,
      unfinished,
    }
  }
  const folder = below(trimmed(dir!), `domains/${hostname}`)
  return {
    disk: `${folder}/disk.img`,
    swap: `${folder}/swap.img`,
    folder,
    group: undefined,
    config: cfg,
    unfinished: `${folder}.unfinished`,
  }
}

const LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const HOSTNAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`)

// xen-create-image puts its values into commands of a shell without quoting them.
const PLAIN = /^[\w.,/:@%+=~-]+$/
const PLAIN_OPTIONS = [
  ...['dir', 'lvm', 'config', 'dist', 'arch', 'mirror', 'apt_proxy', 'install_source', 'kernel', 'initrd'],
  ...['modules', 'role', 'bridge', 'vifname'],
] as const
const SIZES = ['size', 'swap', 'memory', 'maxmem'] as const
const ADDRESSES = ['ip', 'netmask', 'gateway', 'broadcast'] as const
const FOLDERS = ['dir', 'config'] as const

/** What is wrong with the arguments: xen-create-image sees some of it late, and some not at all. */
export function imageProblems(args: Partial<XenImageArgs>, complete: boolean): string[] {
  const { hostname, dir, lvm, vcpus, password } = args
  const found: string[] = []
  if (hostname !== undefined && !HOSTNAME.test(hostname))
    found.push(`hostname: "${hostname}" is not a host name: letters, digits, hyphens, and dots between`)
  for (const name of PLAIN_OPTIONS) {
    const odd = listed(args[name]).find((value) => !PLAIN.test(value))
    if (odd !== undefined)
      found.push(`${name}: "${odd}" holds what xen-create-image would hand to a shell; plain characters only`)
  }
  for (const name of FOLDERS)
    if (args[name] !== undefined && !args[name].startsWith('/'))
      found.push(`${name} must be an absolute path, from /`)
  for (const name of SIZES) {
    const value = args[name]
    if (value === undefined || (name === 'swap' && value === 'none')) continue
    if (!/^[1-9]\d*[MG]b?$/i.test(value)) found.push(`${name}: "${value}" is not a size; write 512M or 4G`)
  }
  for (const name of ADDRESSES) {
    const odd = listed(args[name]).find((value) => !isIPv4(value))
    if (odd !== undefined) found.push(`${name}: "${odd}" is not an IPv4 address`)
  }
  found.push(...macProblems('mac', args.mac))
  found.push(...interfaceProblems('bridge', args.bridge), ...interfaceProblems('vifname', args.vifname))
  if (vcpus !== undefined && vcpus < 1) found.push(`vcpus: ${vcpus} is too few`)
  if (args.role_args?.includes('\n')) found.push('role_args must be one line')
  // It goes through a file of xen-tools, in which these mean something else.
  if (password !== undefined && (/[#`\n]|\\$|^\s|\s$/.test(password) || password === ''))
    found.push('password must not be empty, hold # or `, end with \\, or begin or end with a blank')
  if (dir !== undefined && lvm !== undefined) found.push('dir and lvm exclude each other')
  if (args.dhcp && args.ip !== undefined) found.push('dhcp and ip exclude each other')
  found.push(...optionProblems(args.options ?? []))
  return complete ? [...found, ...missing(args)] : found
}

function missing({
  dir,
  lvm,
  state,
  ip,
  dhcp,
  install_method,
  install_source,
}: Partial<XenImageArgs>): string[] {
  const found: string[] = []
  if (dir === undefined && lvm === undefined) found.push('xen_image needs dir or lvm: where the disks are')
  if (state === 'absent') return found
  if (!ip?.length && !dhcp) found.push('xen_image needs ip, or dhcp: true')
  if ((install_method === 'copy' || install_method === 'tar') && install_source === undefined)
    found.push(`install_method ${install_method} needs install_source`)
  return found
}

// What the module says by itself, or what would make something else than an image that it knows.
const RESERVED = new Set([
  ...['hostname', 'dir', 'lvm', 'evms', 'zpool', 'image-dev', 'swap-dev', 'partitions', 'dontformat'],
  ...[
    'config',
    'output',
    'extension',
    'force',
    'keep',
    'boot',
    'pygrub',
    'passwd',
    'password',
    'dhcp',
    'finalrole',
  ],
  ...['help', 'manual', 'version', 'debug', 'dumpconfig'],
])

function optionProblems(given: readonly string[]): string[] {
  const names = given.map((one) => /^--?([\w-]+)/.exec(one)?.[1]?.replace(/^no-?/, ''))
  return names.flatMap((name, at) =>
    name !== undefined && RESERVED.has(name) ? [`options: "${given[at]}" is not for xen_image`] : [],
  )
}

function listed(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat()
}
