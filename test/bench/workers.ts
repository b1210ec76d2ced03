import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Contestant, type Outcome, type Runner, runner, type Shared } from './contestants.ts'
import type { Measurement } from './measure.ts'
import { cpuOf, peakOf } from './process.ts'
import { type Costs, linearUpTo, simulated } from './simulation.ts'
import { duration, table } from './table.ts'

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

/** Starts a Redis and so many workers; everything is in this folder and on loopback. */
export async function startCrew(version: Runner, folder: string, count: number): Promise<Crew> {
  const own = mkdtempSync(join(folder, 'crew-'))
  const key = join(own, 'key')
  writeFileSync(key, randomBytes(32).toString('hex'), { mode: 0o600 })
  const redis = spawn(
    'redis-server',
    ['--port', String(PORT), '--bind', '127.0.0.1', '--dir', own, '--appendonly', 'yes'],
    { stdio: 'ignore' },
  )
  const failed = once(redis, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => {})
  await Promise.race([answers(), failed])
  const access = ['--queue', `redis://127.0.0.1:${PORT}`, '--queue-key-file', key]
  const workers = Array.from({ length: count }, (_, index) => {
    const cache = join(own, `worker${index}`)
    mkdirSync(cache, { mode: 0o700 })
    const words = ['worker', ...access, '--cache', cache]
    return spawn(version.command, words, { cwd: own, stdio: ['ignore', 'pipe', 'inherit'] })
  })
  // Each says so when it is ready.
  for (const { stdout } of workers) await once(createInterface({ input: stdout }), 'line')
  const pids = workers.map(({ pid }) => pid!)

  const coordinator = (name: string, sliceHosts: number): Contestant => {
    const options = [...access, '--slice-hosts', String(sliceHosts)]
    const itself = runner(name, version.checkout, { options })
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

/** How many workers a run is good for, by what it was measured to cost; '' where too little was measured. */
export function simulation(measured: readonly Measurement[]): string {
  const of = (count: number, who: string) =>
    measured.find((one) => one.who === who && one.what.startsWith(`${count} `))?.outcomes.at(-1)
  const alone = of(LARGE, 'playssh')
  const [few, large] = [of(FEW, IN_SLICES), of(LARGE, IN_SLICES)]
  const [sliced, read] = [of(LARGE, IN_SMALL_SLICES), of(LARGE, THE_FIRST)]
  if (!alone || !few?.shared || !large?.shared || !sliced?.shared || !read) return ''
  const costs = costsOf({ few, large, sliced, read })
  const working: Costs = { ...costs, start: 0, readHost: 0 }
  const rows = [10_000, 100_000].map((hosts) => {
    const seconds = [1, 2, 8, MOST].map((workers) => duration(simulated(costs, hosts, SLICE, workers)))
    const linear = [costs, working].map((of) => String(linearUpTo(of, hosts, SLICE, MOST)))
    return [String(hosts), ...seconds, ...linear]
  })
  const until = 'linear to 90 % up to, workers'
  const head = [
    'hosts',
    '1 worker',
    '2',
    '8',
    String(MOST),
    until,
    `${until}, from when the inventory is read`,
  ]
  const each = [
    `a worker ${costs.workerHost.toFixed(2)} ms a host`,
    `the coordinator ${costs.readHost.toFixed(3)} ms to read a host, ${costs.coordinatorHost.toFixed(3)} ms to hear of it and ${costs.coordinatorSlice.toFixed(1)} ms a slice of ${SLICE}`,
    `Redis ${costs.redisHost.toFixed(3)} ms a host`,
  ]
  const two = simulated(costs, LARGE, LARGE / TWO_EACH, 2)
  const times = `${LARGE} hosts by two workers: ${duration(two)}, which is ${((alone.cpu ?? 0) / two).toFixed(2)} times what one process does that takes as much of a processor as was measured`
  return `Simulated, a processor for each process, from what was measured: ${each.join('; ')}.\n\n${times}.\n\n${table(head, rows)}`
}

/**
 * What a run costs: from one of few hosts, one of many, the same in many slices, and one of few hosts of an inventory of
 * many.
 */
export function costsOf({
  few,
  large,
  sliced,
  read,
}: Record<'few' | 'large' | 'sliced' | 'read', Outcome>): Costs {
  const cpu = (outcome: Outcome) => outcome.cpu ?? 0
  const [inFew, inLarge, inSliced] = [few.shared!, large.shared!, sliced.shared!]
  const slice = Math.max(0, (cpu(sliced) - cpu(large)) / (inSliced.slices - inLarge.slices))
  const own = cpu(large) - cpu(read) - slice * (inLarge.slices - inFew.slices)
  const more = LARGE - FEW
  const coordinatorHost = Math.max(0, own / more)
  const workerHost = Math.max(0, (inLarge.workers - inFew.workers) / more)
  return {
    // The few hosts are among those that are counted.
    start: Math.max(0, few.ms - FEW * (workerHost + coordinatorHost)),
    readHost: Math.max(0, (cpu(read) - cpu(few)) / more),
    coordinatorSlice: slice,
    redisHost: inLarge.redis / LARGE,
    ...{ coordinatorHost, workerHost },
  }
}

/** Hosts of a slice if nothing is said, and in slices that show what a slice costs. */
export const SLICE = 200
export const SMALL_SLICE = 25
export const IN_SLICES = 'two workers'
export const THE_FIRST = 'two workers, for the first 7'
export const IN_SMALL_SLICES = `two workers, slices of ${SMALL_SLICE}`
/** Numbers of hosts that costs are read from. */
export const FEW = 7
export const LARGE = 1000
/** Slices that two workers have, all together, where they have the same number. */
const TWO_EACH = 6
/** Workers that are simulated, at most. */
const MOST = 64
