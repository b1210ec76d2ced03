import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type BenchHost, type Keys, makeKeys, type Reached, startHostAt } from '../bench/hosts.ts'
import { launcher, type Started, startProgram } from './queue.ts'

/** Bridges without addresses in a network of their own, and what hangs on them: nothing passes from one to another. */
export class Networks {
  readonly keys: Keys
  /** Each machine has a disk of its own here, and this process the keys. */
  readonly folder = mkdtempSync(join(tmpdir(), 'playssh-networks-'))
  readonly #holders: ChildProcess[] = []
  #hosts: BenchHost[] = []
  #hub = 0

  private constructor() {
    this.keys = makeKeys(this.folder)
    mkdirSync(join(this.folder, 'hosts'))
  }

  static async start(bridges: readonly string[]): Promise<Networks> {
    const networks = new Networks()
    const script = [
      'mount -t tmpfs -o mode=755 tmpfs "$FOLDER/hosts"',
      ...bridges.map((name) => `ip link add ${name} type bridge; ip link set ${name} up`),
    ]
    networks.#hub = await networks.#hold(['--net', '--mount'], script)
    return networks
  }

  /** A machine with a network, a name and a disk of its own; `links` are the bridges it hangs on, and its address at each. */
  async machine(name: string, links: Readonly<Record<string, string>>): Promise<Machine> {
    const script = [
      `hostname ${name}`,
      'mount -t tmpfs -o mode=755 tmpfs "$FOLDER"',
      'ip link set lo up',
      ...Object.entries(links).flatMap(([bridge, address]) => [
        `ip link add to-${bridge} type veth peer name ${name}-${bridge} netns ${this.#hub}`,
        `nsenter -t ${this.#hub} --net ip link set ${name}-${bridge} master ${bridge} up`,
        `ip address add ${address}/24 dev to-${bridge}`,
        `ip link set to-${bridge} up`,
      ]),
    ]
    return new Machine(name, await this.#hold(['--net', '--mount', '--uts'], script), this.#hub, this.folder)
  }

  /** Hosts as if newly installed, in place of those before: each by the bridge on which it hangs. */
  async hosts(wanted: readonly (Reached & { readonly bridge: string })[]): Promise<BenchHost[]> {
    await this.#closeHosts()
    this.#hosts = await Promise.all(
      wanted.map(({ bridge, ...host }) =>
        startHostAt({ pid: this.#hub, bridge }, this.folder, this.keys, host),
      ),
    )
    return this.#hosts
  }

  async stop(): Promise<void> {
    await this.#closeHosts()
    for (const holder of this.#holders) holder.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #closeHosts(): Promise<void> {
    await Promise.all(this.#hosts.splice(0).map((host) => host.close()))
  }

  /** Namespaces that end with this process, however it ends, and the process that holds them. */
  async #hold(spaces: readonly string[], script: readonly string[]): Promise<number> {
    const enter = this.#hub === 0 ? [] : ['nsenter', '-t', String(this.#hub), '--net', '--mount']
    const lines = [...script, 'echo', 'exec sleep infinity'].join('\n')
    const holder = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', ...enter, 'unshare', ...spaces, '/bin/sh', '-ec', lines],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, FOLDER: this.folder } },
    )
    this.#holders.push(holder)
    const failed = once(holder, 'exit').then(() => Promise.reject(new Error(lines)))
    failed.catch(() => {})
    await Promise.race([once(holder.stdout, 'data'), failed])
    return holder.pid!
  }
}

export class Machine {
  readonly name: string
  readonly #pid: number
  readonly #hub: number
  readonly #folder: string

  constructor(name: string, pid: number, hub: number, folder: string) {
    this.name = name
    this.#pid = pid
    this.#hub = hub
    this.#folder = folder
  }

  /** The path on its disk of a file with this name. */
  at(name: string): string {
    return join(this.#folder, name)
  }

  /** Writes a file onto its disk. */
  write(name: string, content: string | Buffer, mode = 0o644): void {
    const path = `/proc/${this.#pid}/root${this.at(name)}`
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { mode })
  }

  /** Starts a program there, in the folder that is its own; it ends with this process. */
  start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return startProgram(['setpriv', '--pdeathsig', 'KILL', ...this.#inside(argv)], {
      env: { ...process.env, HOME: this.#folder, ...env },
    })
  }

  /** Starts this runner there. */
  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return this.start([launcher, ...words], env)
  }

  /** What a command prints there; "" where it fails. */
  ask(argv: readonly string[]): string {
    const [program, ...words] = this.#inside(argv)
    const { status, stdout } = spawnSync(program!, words, { encoding: 'utf8' })
    return status === 0 ? stdout.trim() : ''
  }

  /** Whether somebody answers it at this address, on the port of ssh. */
  reaches(address: string): boolean {
    return this.ask(['timeout', '2', 'bash', '-c', `</dev/tcp/${address}/22 && echo yes`]) === 'yes'
  }

  /** Pulls the plug between it and a bridge, or puts it in again: what is sent meanwhile is lost, and nobody is told. */
  plug(bridge: string, state: 'up' | 'down'): void {
    const words = ['-t', String(this.#hub), '--net', 'ip', 'link', 'set', `${this.name}-${bridge}`, state]
    execFileSync('nsenter', words)
  }

  #inside(argv: readonly string[]): string[] {
    const enter = ['nsenter', '-t', String(this.#pid), '--net', '--mount', '--uts']
    return [...enter, '/bin/sh', '-c', 'cd "$0" && exec "$@"', this.#folder, ...argv]
  }
}

/** Files that a host has changed, by path, with their kinds, modes, owners and contents. What stands in `without` is left out. */
export function filesOf({ upper }: BenchHost, without: readonly string[]): Record<string, string> {
  const paths = readdirSync(upper, { recursive: true, encoding: 'utf8' }).sort()
  const own = paths.filter((path) => !without.includes(`/${path}`))
  return Object.fromEntries(own.map((path) => [`/${path}`, fileAt(join(upper, path))]))
}

/** Addresses, routes and parameters of a host, one a line. Those of a new one are as the machine's are just then. */
export function networkOf(host: BenchHost): string[] {
  const [program, ...words] = host.inside(['/bin/sh', '-c', NETWORK])
  return execFileSync(program!, words, { encoding: 'utf8' }).trim().split('\n')
}

// What a name has behind @ is the number of the other end, which the kernel counts on.
const NETWORK = "ip -4 -brief address | sed 's/@[^ ]*//'; ip -4 route; grep -r . /proc/sys/net/ipv4/conf/br*"

function fileAt(path: string): string {
  const stat = lstatSync(path)
  const about = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${stat.rdev}`
  if (stat.isSymbolicLink()) return `${about} ${readlinkSync(path)}`
  return stat.isFile() ? `${about} ${readFileSync(path, 'latin1')}` : about
}
