import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type Server, startServer } from './server.ts'
import { until } from './until.ts'

export const launcher = fileURLToPath(new URL('../../run', import.meta.url))

/** A program that a test has started, and what it has said so far. */
export interface Started {
  readonly child: ChildProcess
  readonly pid: number
  said(): string
  readonly ended: Promise<number | null>
}

export function startProgram(
  [program, ...words]: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): Started {
  const child = spawn(program!, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const hear = (text: Buffer) => {
    said += text
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, pid: child.pid!, said: () => said, ended }
}

/** A link to Redis that can be cut: nothing passes then, and nobody is told. */
export interface Cable {
  readonly url: string
  cut(): void
  mend(): void
}

/** A Redis, hosts behind one SSH server, and programs that use them, of a test's own. */
export class QueueSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'playssh-queue-'))
  readonly #programs: Started[] = []
  readonly #cables: NetServer[] = []
  /** The program that is started, of another version perhaps. */
  program = launcher
  /** More for redis-server. */
  words: readonly string[] = []
  port = 0
  #redis: ChildProcess | undefined
  #ssh: Server | undefined

  constructor() {
    this.write('key', `${randomBytes(32).toString('base64')}\n`, 0o600)
    mkdirSync(this.at('redis'))
  }

  /** Starts Redis and the SSH server; `hosts` are the names of its hosts, or of groups with theirs. */
  async start(hosts: Readonly<Record<string, readonly string[]>>): Promise<this> {
    // It is built once, and not by all at a time.
    execFileSync(launcher, ['--version'])
    this.port = await freePort()
    await this.startRedis()
    const names = Object.values(hosts).flat()
    // Each has an address of its own, and so a login.
    const addressOf = (name: string) => `127.0.9.${names.indexOf(name) + 1}`
    const listening = names.map((name) => `ListenAddress ${addressOf(name)}`)
    this.#ssh = await startServer(['MaxStartups 200', 'MaxSessions 200', ...listening])
    const { port, keyFile, knownHostsFile } = this.#ssh
    const ssh = `-F none -o UserKnownHostsFile=${knownHostsFile} -o StrictHostKeyChecking=no`
    const vars = {
      ansible_port: port,
      ansible_ssh_private_key_file: keyFile,
      ansible_ssh_common_args: ssh,
      ansible_timeout: 60,
    }
    const groups = Object.entries(hosts).map(([group, names]) => [
      group,
      { hosts: Object.fromEntries(names.map((name) => [name, { ansible_host: addressOf(name) }])) },
    ])
    this.write('hosts.yml', JSON.stringify({ all: { vars, children: Object.fromEntries(groups) } }))
    return this
  }

  at(...names: string[]): string {
    return join(this.folder, ...names)
  }

  write(name: string, text: string, mode = 0o644): string {
    mkdirSync(dirname(this.at(name)), { recursive: true })
    writeFileSync(this.at(name), text, { mode })
    return this.at(name)
  }

  /** A playbook for all hosts. */
  playbook(tasks: readonly unknown[], more: object = {}): string {
    return this.write('site.yml', JSON.stringify([{ hosts: 'all', gather_facts: false, tasks, ...more }]))
  }

  read(name: string): string {
    return existsSync(this.at(name)) ? readFileSync(this.at(name), 'utf8') : ''
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async startRedis(): Promise<void> {
    const words = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.at('redis'),
      '--save',
      '',
    ]
    this.#redis = spawn('redis-server', [...words, '--appendonly', 'yes', ...this.words], {
      stdio: 'ignore',
    })
    await until('Redis answers', () => this.ask('PING') === 'PONG')
  }

  async stopRedis(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const redis = this.#redis
    this.#redis = undefined
    if (redis === undefined || redis.exitCode !== null) return
    redis.kill(signal)
    await once(redis, 'exit')
  }

  /** What redis-cli prints for a command; "" where it fails. */
  ask(...command: string[]): string {
    try {
      return execFileSync('redis-cli', ['-p', String(this.port), ...command], {
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim()
    } catch {
      return ''
    }
  }

  /** Starts the program with these words. */
  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const started = startProgram([this.program, ...words], {
      cwd: this.folder,
      env: {
        ...process.env,
        PLAYSSH_QUEUE: this.url,
        PLAYSSH_QUEUE_KEY_FILE: this.at('key'),
        XDG_STATE_HOME: this.at('state'),
        XDG_CACHE_HOME: this.at('cache'),
        ...env,
      },
    })
    this.#programs.push(started)
    return started
  }

  /** A worker that has said that it serves. */
  async worker(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Started> {
    const cache = this.at(`cache-${this.#programs.length}`)
    const worker = this.run(['worker', '--cache', cache, ...words], env)
    await until(`a worker serves, and says: ${worker.said()}`, () => worker.said().includes('Serves'))
    return worker
  }

  /** A run of the playbook through the queue. */
  coordinator(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Started {
    return this.run(['-i', 'hosts.yml', 'site.yml', ...words], env)
  }

  /** A link of its own to Redis. */
  async cable(): Promise<Cable> {
    const sockets = new Set<Socket>()
    let isCut = false
    const server = createServer((near) => {
      const far = createConnection(this.port, '127.0.0.1')
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one)
        one.on('error', () => {})
        one.on('close', () => {
          sockets.delete(one)
          if (!isCut) other.destroy()
        })
        one.on('data', (bytes) => {
          if (!isCut) other.write(bytes)
        })
      }
    })
    this.#cables.push(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    return {
      url: `redis://127.0.0.1:${port}`,
      cut: () => {
        isCut = true
      },
      mend: () => {
        isCut = false
        // What was under way when it was cut is lost: both ends begin anew.
        for (const socket of sockets) socket.destroy()
      },
    }
  }

  async stop(): Promise<void> {
    for (const { child } of this.#programs) {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
    }
    await Promise.all(this.#programs.map(({ ended }) => ended))
    for (const server of this.#cables) server.close()
    await this.stopRedis('SIGKILL')
    await this.#ssh?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A task that writes into a log on the host when it begins and ends, and takes so many seconds. */
export function noted(log: string, seconds: number, name: string): object {
  const note = (mark: string) => `echo $(date +%s%N) ${mark} {{inventory_hostname}} ${name} >>${log}`
  return { name, shell: `${note('begins')}; sleep ${seconds}; ${note('ends')}` }
}

/** The hosts of a log on which something has begun before all that was begun there had ended. */
export function workedOnTwice(log: string): string[] {
  const busy = new Map<string, number>()
  const found = new Set<string>()
  const lines = log.trim().split('\n').sort()
  for (const line of lines) {
    const [, mark, host] = line.split(' ')
    const now = (busy.get(host!) ?? 0) + (mark === 'begins' ? 1 : -1)
    busy.set(host!, now)
    if (now > 1) found.add(host!)
  }
  return [...found]
}

/** The lines of a recap, by host. */
export function recapOf(said: string): string[] {
  return [...said.matchAll(/^(\S+) +: (ok=.*)$/gm)].map(([, host, counts]) => `${host} ${counts}`)
}
