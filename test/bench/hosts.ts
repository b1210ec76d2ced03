import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
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
  close(): Promise<void>
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

/** Starts a host of its own; `index` is from 1 to 250. */
export function startHost(folder: string, keys: Keys, index: number): Promise<BenchHost> {
  return start(folder, keys, `h${index}`, `${network}.1.${index}`)
}

/** Starts one machine with 65,000 addresses, for numbers of hosts that no machine has room for. */
export async function startCrowd(folder: string, keys: Keys): Promise<BenchHost> {
  const host = await start(folder, keys, 'crowd', crowdHost)
  host.run(`ip route add local ${crowd}.0.0/16 dev lo`)
  return host
}

async function start(folder: string, keys: Keys, name: string, address: string): Promise<BenchHost> {
  const own = join(folder, 'hosts', name)
  const root = join(own, 'root')
  for (const part of ['upper', 'work', 'root']) mkdirSync(join(own, part), { recursive: true })
  const holder = spawn('unshare', ['--net', '--mount', '--uts', '/bin/sh', '-ec', BOOT], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      OWN: own,
      NAME: name,
      ADDRESS: address,
      SERVER: keys.server,
      BENCH: String(process.pid),
    },
  })
  await answers(holder, address)
  const inside = (argv: readonly string[]) => [
    ...['nsenter', '-t', String(holder.pid), '--net', '--mount', '--uts', 'chroot', root],
    ...argv,
  ]
  return {
    name,
    address,
    pid: holder.pid!,
    run: (script, input) => {
      const [program, ...words] = inside(['/bin/sh', '-c', script])
      execFileSync(program!, words, { input: input ?? '', stdio: ['pipe', 'ignore', 'inherit'] })
    },
    inside,
    close: async () => {
      // The kernel takes its time to dissolve a network, and the name would be taken meanwhile.
      execFileSync('ip', ['link', 'delete', `v${name}`])
      const gone = new Promise((resolve) => holder.once('exit', resolve))
      holder.kill('SIGKILL')
      await gone
      rmSync(own, { recursive: true, force: true })
    },
  }
}

// This machine's file system below, what the host changes above it, in memory; then a network; then sshd for init.
const BOOT = `
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
ip link add eth0 type veth peer name "v$NAME" netns "$BENCH"
ip address add "$ADDRESS/16" dev eth0
ip link set eth0 up
for n in 0 1 2 3; do ip link add "br$n" type bridge; done
ip route add default via ${network}.0.1
nsenter -t "$BENCH" --net ip link set "v$NAME" master hosts up
exec unshare --pid --fork --kill-child /bin/sh -ec '
  mount -t proc proc root/proc
  mount -t sysfs sysfs root/sys
  exec chroot root /usr/sbin/sshd -D -e -f ${AT}/sshd_config'
`

async function answers(holder: ChildProcess, address: string): Promise<void> {
  while (!(await canConnect(address))) {
    if (holder.exitCode !== null) throw new Error(`the host ${address} did not start`)
    await sleep(20)
  }
}

function canConnect(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 200 })
    const end = (there: boolean) => {
      socket.destroy()
      resolve(there)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}
