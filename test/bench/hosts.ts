import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateKey } from '../support/server.ts'

/** Where a host is reached. */
export interface Reached {
  readonly name: string
  readonly address: string
  /** 22 if nothing is said. */
  readonly port?: number
}

/** What is the same for all hosts: keys, and the files that a client needs. */
export interface Keys {
  /** The client's private key. */
  readonly client: string
  readonly knownHosts: string
  /** sshd's configuration, and the files it names, for a host to copy. */
  readonly server: string
}

/** A machine with a network, processes and a file system of its own, and an OpenSSH server that lets root in. */
export interface BenchHost extends Reached {
  /** The process that holds its namespaces; its only child is the host's first process, the SSH server. */
  readonly pid: number
  /** Runs a POSIX sh script there, with `input` on its stdin. Raises when it fails. */
  run(script: string, input?: Buffer): void
  /** The command line on this machine that becomes such a one there. */
  inside(argv: readonly string[]): string[]
  /** What it has changed in its file system, for this process. */
  readonly upper: string
  close(): Promise<void>
}

/** Where hosts are made: a process whose network and mounts they get theirs from, and a bridge in that network. */
export interface Segment {
  readonly pid: number
  readonly bridge: string
  /** Of the hosts' way to everybody else; without one they reach only each other. */
  readonly gateway?: string
}

export function makeKeys(folder: string): Keys {
  const server = join(folder, 'server')
  mkdirSync(server)
  generateKey(join(server, 'host_key'))
  generateKey(join(folder, 'id'))
  execFileSync('cp', [join(folder, 'id.pub'), join(server, 'authorized_keys')])
  writeFileSync(join(server, 'sshd_config'), `${SSHD_CONFIG.join('\n')}\n`)
  const publicKey = execFileSync('cat', [join(server, 'host_key.pub')], { encoding: 'utf8' })
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `10.* ${publicKey}`)
  return { client: join(folder, 'id'), knownHosts, server }
}

/** Where a host has what it knows of the bench, its keys not least. */
export const AT = '/etc/playssh-bench'
const SSHD_CONFIG = [
  `HostKey ${AT}/host_key`,
  `AuthorizedKeysFile ${AT}/authorized_keys`,
  'Subsystem sftp internal-sftp',
  'PermitRootLogin yes',
  'PasswordAuthentication no',
  'StrictModes no',
  'UseDNS no',
  'UsePAM no',
  'PrintMotd no',
  'PrintLastLog no',
  'PidFile none',
  'LogLevel FATAL',
  'MaxStartups 4096',
]

/** The bridge that all hosts hang on, and the way to the crowd's many addresses. */
export function makeNetwork(): void {
  const script = [
    'ip link set lo up',
    'ip link add hosts type bridge',
    `ip address add ${network}.0.1/16 dev hosts`,
    'ip link set hosts up',
    `ip route add ${crowd}.0.0/16 via ${crowdHost}`,
    `ip route add local ${afar}.0.0/16 dev lo`,
  ]
  execFileSync('/bin/sh', ['-ec', script.join('\n')])
}

const network = '10.77'
const crowd = '10.78'
const afar = '10.79'
const crowdHost = `${network}.255.1`

/** The same host through a proxy that listens on all addresses of this process's network. */
export function reachedFromAfar({ name, address }: Reached): Reached {
  return { name, address: address.replace(network, afar) }
}

/** The address behind one that reachedFromAfar gives. */
export function behind(address: string): string {
  return address.replace(afar, network)
}

/** The addresses of as many hosts, all of them the one machine that startCrowd starts. */
export function crowdAddresses(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${crowd}.${Math.floor(index / 250)}.${(index % 250) + 1}`,
  )
}

const OWN: Segment = { pid: process.pid, bridge: 'hosts', gateway: `${network}.0.1` }

/** Starts a host of its own; `index` is from 1 to 250. */
export function startHost(folder: string, keys: Keys, index: number): Promise<BenchHost> {
  return startHostAt(OWN, folder, keys, { name: `h${index}`, address: `${network}.1.${index}` })
}

/** Starts one machine with 65,000 addresses, for numbers of hosts that no machine has room for. */
export async function startCrowd(folder: string, keys: Keys): Promise<BenchHost> {
  const host = await startHostAt(OWN, folder, keys, { name: 'crowd', address: crowdHost })
  host.run(`ip route add local ${crowd}.0.0/16 dev lo`)
  return host
}

/** Starts a host in a network of 65,000 addresses; `folder` is where the process of its segment may write. */
export async function startHostAt(
  { pid, bridge, gateway }: Segment,
  folder: string,
  keys: Keys,
  { name, address }: Reached,
): Promise<BenchHost> {
  const own = join(folder, 'hosts', name)
  const root = join(own, 'root')
  const enter = ['-t', String(pid), '--net', '--mount']
  const holder = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'nsenter', ...enter],
      ...['unshare', '--net', '--mount', '--uts', '/bin/sh', '-ec', BOOT],
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        OWN: own,
        NAME: name,
        ADDRESS: address,
        MAC: macOf(address),
        SERVER: keys.server,
        AROUND: String(pid),
        BRIDGE: bridge,
        GATEWAY: gateway ?? '',
      },
    },
  )
  await listens(holder, pid, address)
  const inside = (argv: readonly string[]) => [
    ...['nsenter', '-t', String(holder.pid), '--net', '--mount', '--uts', 'chroot', root],
    ...argv,
  ]
  return {
    name,
    address,
    pid: holder.pid!,
    upper: `/proc/${holder.pid}/root${own}/upper`,
    run: (script, input) => {
      const [program, ...words] = inside(['/bin/sh', '-c', script])
      execFileSync(program!, words, { input: input ?? '', stdio: ['pipe', 'ignore', 'inherit'] })
    },
    inside,
    close: async () => {
      // The kernel takes its time to dissolve a network, and the name would be taken meanwhile.
      execFileSync('nsenter', [...enter, 'ip', 'link', 'delete', `v${name}`])
      const gone = new Promise((resolve) => holder.once('exit', resolve))
      holder.kill('SIGKILL')
      await gone
      execFileSync('nsenter', [...enter, 'rm', '-rf', own])
    },
  }
}

/** The same whenever a host is made anew: others remember it for a minute. */
function macOf(address: string): string {
  const octets = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))
  return ['02', '00', ...octets].join(':')
}

// This machine's file system below, what the host changes above it, in memory; then a network; then sshd for init.
const BOOT = `
mkdir -p "$OWN/upper" "$OWN/work" "$OWN/root"
cd "$OWN"
mount -t overlay overlay -o "lowerdir=/,upperdir=$OWN/upper,workdir=$OWN/work" root
mount --rbind /dev root/dev
# What root's shell reads at its start on this machine is nobody's time.
mount -t tmpfs tmpfs root/root
mkdir -p root/run/sshd root${AT}
chmod 755 root/run/sshd
# Every package counts as asked for by name, so that a task that names one finds nothing to do.
rm -f root/var/lib/apt/extended_states
cp -a "$SERVER"/. root${AT}
hostname "$NAME"
ip link set lo up
ip link add eth0 address "$MAC" type veth peer name "v$NAME" netns "$AROUND"
ip address add "$ADDRESS/16" dev eth0
ip link set eth0 up
for n in 0 1 2 3; do ip link add "br$n" type bridge; done
[ -z "$GATEWAY" ] || ip route add default via "$GATEWAY"
nsenter -t "$AROUND" --net ip link set "v$NAME" master "$BRIDGE" up
exec unshare --pid --fork --kill-child /bin/sh -ec '
  mount -t proc proc root/proc
  mount -t sysfs sysfs root/sys
  exec chroot root /usr/sbin/sshd -D -e -f ${AT}/sshd_config'
`

async function listens(holder: ChildProcess, pid: number, address: string): Promise<void> {
  while (!isListening(holder.pid!, pid)) {
    if (holder.exitCode !== null) throw new Error(`the host ${address} did not start`)
    await sleep(20)
  }
}

/** Whether a process has left another's network, and somebody listens on port 22 in its own (proc(5): state 0A, 16 in hexadecimal). */
function isListening(pid: number, around: number): boolean {
  const network = (of: number) => readlinkSync(`/proc/${of}/ns/net`)
  try {
    const sockets = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    return network(pid) !== network(around) && / [0-9A-F]{8}:0016 [0-9A-F]{8}:0000 0A /.test(sockets)
  } catch {
    return false
  }
}
