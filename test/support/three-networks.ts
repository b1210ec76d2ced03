import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchHost } from '../bench/hosts.ts'
import { play, TEMPLATE, tasksFor } from '../bench/workloads.ts'
import { filesOf, type Machine, Networks, networkOf } from './networks.ts'
import { noted, type Started } from './queue.ts'
import { until } from './until.ts'
import { ACCOUNTS_LOCK } from './user.ts'

/** Networks of three hosts each: in the inventory a group, with the addresses 10.90.N.0/24. */
export const NETWORKS = ['north', 'east', 'west'] as const
export type Network = (typeof NETWORKS)[number]

/** Where Redis, those who begin runs and all workers are; no host is. */
export const BACK = 'back'
const REDIS = '10.90.0.1'

export const HOSTS = NETWORKS.flatMap((bridge) =>
  [1, 2, 3].map((at) => ({ name: `${bridge}${at}`, bridge, address: addressIn(bridge, at) })),
)

/** The lab-like tasks of the benchmark, and before each a step that takes so many seconds and is noted on the host. */
export const TASKS = 15
const STEP = 0.2
const LOG = '/var/log/steps'

/** What there is of accounts below /etc. */
const ACCOUNTS = ['passwd', 'group', 'shadow', 'gshadow', 'subuid', 'subgid']

function addressIn(network: Network, at: number): string {
  return `10.90.${NETWORKS.indexOf(network) + 1}.${at}`
}

/** Machines that each reach what they are to reach, and nothing else: the files of each are its own. */
export class ThreeNetworks {
  /** Reaches all hosts, and no Redis. */
  readonly alone: Machine
  /** Have the playbook, and a key for Redis, and reach no host; the second has no playbook either. */
  readonly admins: readonly [Machine, Machine]
  /** Two for the first network, one for each of the others. */
  readonly workers: Readonly<Record<Network, readonly Machine[]>>
  readonly #networks: Networks
  readonly #queue: Machine
  /** This machine's as they were: other tests make users on it, and all hosts are to have the same. */
  readonly #accounts = execFileSync('flock', [ACCOUNTS_LOCK, 'tar', '-c', '-C', '/etc', ...ACCOUNTS])
  #hosts: BenchHost[] = []
  /** Their networks when they were new. */
  #before: ReadonlyMap<BenchHost, ReadonlySet<string>> = new Map()
  #redis: Started | undefined
  #programs: Started[] = []

  private constructor(networks: Networks, all: readonly Machine[]) {
    const [queue, alone, admin, another, north, spare, east, west] = all as Machine[]
    this.#networks = networks
    this.#queue = queue!
    this.alone = alone!
    this.admins = [admin!, another!]
    this.workers = { north: [north!, spare!], east: [east!], west: [west!] }
    const key = `${randomBytes(32).toString('base64')}\n`
    for (const machine of all.slice(2)) machine.write('queue.key', key, 0o600)
    for (const machine of [alone!, ...Object.values(this.workers).flat()]) this.#giveLogins(machine)
    for (const machine of [alone!, admin!]) this.#givePlaybook(machine)
  }

  static async start(): Promise<ThreeNetworks> {
    const networks = await Networks.start([BACK, ...NETWORKS])
    const all = await Promise.all([
      networks.machine('queue', { [BACK]: REDIS }),
      networks.machine('alone', Object.fromEntries(NETWORKS.map((one) => [one, addressIn(one, 250)]))),
      networks.machine('admin', { [BACK]: '10.90.0.2' }),
      networks.machine('admin2', { [BACK]: '10.90.0.3' }),
      ...(['north', 'north', 'east', 'west'] as const).map((network, at) =>
        networks.machine(`${network}-${at}`, {
          [BACK]: `10.90.0.${10 + at}`,
          [network]: addressIn(network, 100 + at),
        }),
      ),
    ])
    return new ThreeNetworks(networks, all)
  }

  /** Hosts as if newly installed, a Redis that holds nothing, and no worker. */
  async renew(): Promise<void> {
    await this.#endPrograms()
    this.#hosts = await this.#networks.hosts(HOSTS)
    for (const host of this.#hosts) host.run('tar -x -C /etc', this.#accounts)
    this.#before = new Map(this.#hosts.map((host) => [host, new Set(networkOf(host))]))
    await this.startRedis()
    this.ask('FLUSHALL')
  }

  async startRedis(): Promise<void> {
    const words = ['--bind', REDIS, '--protected-mode', 'no', '--save', '', '--appendonly', 'yes']
    this.#redis = this.#queue.start(['redis-server', ...words])
    await until('Redis answers', () => this.ask('PING') === 'PONG')
  }

  async killRedis(): Promise<void> {
    this.#redis?.child.kill('SIGKILL')
    await this.#redis?.ended
    this.#redis = undefined
  }

  /** What redis-cli prints for a command; "" where it fails. */
  ask(...command: string[]): string {
    return this.#queue.ask(['redis-cli', '-h', REDIS, ...command])
  }

  /** Starts a worker on a machine, and waits until it serves. */
  async work(machine: Machine, serves: string): Promise<Started> {
    const worker = this.run(machine, ['worker', '--serves', serves])
    await until(`a worker serves, and says: ${worker.said()}`, () => worker.said().includes('Serves'))
    return worker
  }

  /** Starts this runner on a machine, with the queue. */
  run(machine: Machine, words: readonly string[]): Started {
    const env = { PLAYSSH_QUEUE: `redis://${REDIS}`, PLAYSSH_QUEUE_KEY_FILE: machine.at('queue.key') }
    const started = machine.run(words, env)
    this.#programs.push(started)
    return started
  }

  /** What the steps have noted on all hosts: a time in ns, "begins" or "ends", the host, the step. */
  log(): string {
    const logs = this.#hosts.map(({ upper }) => join(upper, LOG)).filter((path) => existsSync(path))
    return logs.map((path) => readFileSync(path, 'utf8')).join('')
  }

  /** Waits until a host is at the step before a task. */
  async begun(host: string, task: number): Promise<void> {
    await until(`${host} is at task ${task}`, () => this.log().includes(`begins ${host} s${task}\n`))
  }

  /** All that each host has changed, by its name: files by their paths, and its network. */
  states(): Record<string, Record<string, string>> {
    return Object.fromEntries(
      this.#hosts.map((host) => {
        const network = networkOf(host).filter((line) => !this.#before.get(host)!.has(line))
        return [host.name, { ...filesOf(host, [LOG]), network: network.join('\n') }]
      }),
    )
  }

  async stop(): Promise<void> {
    await this.#endPrograms()
    await this.#networks.stop()
  }

  async #endPrograms(): Promise<void> {
    for (const { child } of this.#programs) child.kill('SIGKILL')
    await Promise.all(this.#programs.splice(0).map(({ ended }) => ended))
    await this.killRedis()
  }

  #giveLogins(machine: Machine): void {
    const { client, knownHosts } = this.#networks.keys
    machine.write('id', readFileSync(client), 0o600)
    machine.write('known_hosts', readFileSync(knownHosts))
  }

  #givePlaybook(machine: Machine): void {
    const vars = {
      ansible_ssh_private_key_file: machine.at('id'),
      ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${machine.at('known_hosts')}`,
      ansible_timeout: 60,
    }
    const groups = NETWORKS.map((network) => {
      const own = HOSTS.filter(({ bridge }) => bridge === network)
      const hosts = own.map(({ name, address }) => [name, { ansible_host: address }])
      return [network, { hosts: Object.fromEntries(hosts) }]
    })
    machine.write('hosts.yml', JSON.stringify({ all: { vars, children: Object.fromEntries(groups) } }))
    machine.write('templates/bench.conf', TEMPLATE)
    const tasks = tasksFor(TASKS).flatMap(({ playssh, kind }, at) => [
      noted(LOG, STEP, `s${at + 1}`),
      { name: `Task ${at + 1}: ${kind}`, ...playssh },
    ])
    machine.write('site.yml', play(tasks))
  }
}
