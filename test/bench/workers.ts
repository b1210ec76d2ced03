import { execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Contestant, type Outcome, type Runner, runner, type Shared } from './contestants.ts'
import { cpuOf, peakOf } from './process.ts'

/** Redis, and workers that wait for runs. */
export interface Crew {
  /** Who gives its work to them, in slices of so many hosts at most. */
  coordinator(name: string, sliceHosts: number): Contestant
  stop(): Promise<void>
}

/** Why a version has no workers; undefined where it has. */
export function withoutWorkers({ command }: Runner): string | undefined {
  const asked = spawnSync(command, ['worker', '--help'], { encoding: 'utf8' })
  return asked.status === 0 && asked.stdout.includes('--queue') ? undefined : 'has no workers'
}

/**
 * Starts a Redis and so many workers; everything is in this folder and on loopback. `within` gives words before the command
 * of each of them, and of coordinators.
 */
export async function startCrew(
  version: Runner,
  folder: string,
  count: number,
  within: (name: string) => readonly string[] = () => [],
): Promise<Crew> {
  const own = mkdtempSync(join(folder, 'crew-'))
  const key = join(own, 'key')
  writeFileSync(key, randomBytes(32).toString('hex'), { mode: 0o600 })
  const start = (name: string, words: readonly string[], options: SpawnOptions) => {
    const [program, ...rest] = [...within(name), ...words]
    return spawn(program!, rest, options)
  }
  const redis = start(
    'redis',
    ['redis-server', '--port', String(PORT), '--bind', '127.0.0.1', '--dir', own, '--appendonly', 'yes'],
    { stdio: 'ignore' },
  )
  const failed = once(redis, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => {})
  await Promise.race([answers(), failed])
  const access = ['--queue', `redis://127.0.0.1:${PORT}`, '--queue-key-file', key]
  const workers = Array.from({ length: count }, (_, index) => {
    const cache = join(own, `worker${index}`)
    mkdirSync(cache, { mode: 0o700 })
    const words = [version.command, 'worker', ...access, '--cache', cache]
    return start(`worker${index}`, words, { cwd: own, stdio: ['ignore', 'pipe', 'inherit'] })
  })
  // Each says so when it is ready.
  for (const { stdout } of workers) await once(createInterface({ input: stdout! }), 'line')
  const pids = workers.map(({ pid }) => pid!)

  const coordinator = (name: string, sliceHosts: number): Contestant => {
    const options = [...access, '--slice-hosts', String(sliceHosts)]
    const itself = runner(name, version.checkout, { options, within: within('coordinator') })
    return {
      ...itself,
      async run(job) {
        // A thread for the next run is loaded when one is over.
        await sleep(LOADED)
        const before = taken(pids, redis.pid!)
        const outcome = await itself.run(job)
        const after = taken(pids, redis.pid!)
        const shared: Shared = {
          slices: Math.ceil(job.hosts.length / sliceHosts),
          workers: after.workers - before.workers,
          redis: after.redis - before.redis,
          bytes: after.bytes - before.bytes,
          peaks: pids.map(peakOf),
        }
        return { ...outcome, shared, note: told(outcome, shared, job.hosts.length) }
      },
    }
  }
  return {
    coordinator,
    async stop() {
      for (const child of [...workers, redis]) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    },
  }
}

/** How long workers may take to have a thread for the next run, in ms. */
const LOADED = 1_000

/** The network is the bench's own. */
const PORT = 6379

/** Raises when Redis does not come up. */
async function answers(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (spawnSync('redis-cli', ['-p', String(PORT), 'PING'], { encoding: 'utf8' }).stdout === 'PONG\n') return
    await sleep(50)
  }
  throw new Error('redis-server does not answer: apt-get install redis-server redis-tools')
}

function taken(workers: readonly number[], redis: number) {
  const stats = execFileSync('redis-cli', ['-p', String(PORT), 'INFO', 'stats'], { encoding: 'utf8' })
  const stat = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(stats)![1])
  return {
    workers: workers.reduce((sum, pid) => sum + cpuOf(pid), 0),
    redis: cpuOf(redis),
    bytes: stat('total_net_input_bytes') + stat('total_net_output_bytes'),
  }
}

function told({ cpu = 0 }: Outcome, { workers, redis, bytes, peaks }: Shared, hosts: number): string {
  const each = (all: number) => (all / hosts).toFixed(2)
  const memory = peaks.map((peak) => peak.toFixed(0)).join(' and ')
  return `ms of a processor a host: workers ${each(workers)}, coordinator ${each(cpu)}, Redis ${each(redis)}; workers ${memory} MB; ${(bytes / hosts).toFixed(0)} bytes through Redis a host`
}

/** Hosts of a slice if nothing is said, and in slices that show what a slice costs. */
export const SLICE = 200
export const SMALL_SLICE = 25
export const TWO_WORKERS = 'two workers'
export const ON_HALF = 'playssh, half a core'
export const TWO_ON_HALVES = 'two workers, half a core each'
export const ONE_WORKER = 'one worker'
export const THE_FIRST = 'one worker, for the first 7'
export const IN_SMALL_SLICES = `one worker, slices of ${SMALL_SLICE}`
export const FEW = 7
