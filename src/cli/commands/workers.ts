import { Seal } from '../../queue/key.ts'
import { connectTo } from '../../queue/redis.ts'
import { type RunInfo, type Survey, survey } from '../../queue/survey.ts'
import { visibleLines } from '../../values/visible.ts'
import { newCommand, readWords } from '../command-line.ts'
import { type QueueFlags, queueFlags, withFlags } from '../flags.ts'
import { queueAccess } from './queue.ts'

type WorkersFlags = Pick<QueueFlags, 'queue' | 'queueKeyFile' | 'queueCa'> & { readonly json: boolean }

/** `run workers`: who is there to carry out runs, and what is to be done. Raises ProblemError. */
export async function showWorkers(words: readonly string[]): Promise<number> {
  const own = newCommand(
    'run workers',
    'Lists the workers of a queue, what waits for them, and runs that go on.',
  ).option('--json', 'as JSON', false)
  const { json, ...queue } = readWords(withFlags(own, queueFlags), words).opts<WorkersFlags>()
  const { place, key, version } = queueAccess(queue)
  const redis = await connectTo(place, 'playssh workers')
  try {
    const found = await survey(redis, new Seal(key), version)
    process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : `${visibleLines(listing(found))}\n`)
  } finally {
    redis.disconnect()
  }
  return 0
}

function listing({ workers, strangers, queues, runs }: Survey): string {
  const now = Date.now()
  const there = workers.map(({ name, serves, since, slices, waiting, most, hosts, memory, load }) => [
    name,
    serves,
    ago(now - since),
    `${slices - waiting}/${most}${waiting > 0 ? ` +${waiting}` : ''}`,
    String(hosts),
    `${Math.round(memory / 1024 / 1024)} MB`,
    load.toFixed(2),
  ])
  const counts = queues.map(({ serves, waiting, active, delayed, failed }) => [
    serves,
    ...[waiting, active, delayed, failed].map(String),
  ])
  return [
    table(['WORKER', 'SERVES', 'SINCE', 'SLICES', 'HOSTS', 'MEMORY', 'LOAD'], there, 'no worker is there'),
    ...strangers.map(({ reason }) => `${reason}: it is given nothing`),
    ...(counts.length > 0 ? ['', table(['QUEUE', 'WAITING', 'ACTIVE', 'DELAYED', 'FAILED'], counts)] : []),
    ...(runs.length > 0 ? ['', runList(runs)] : []),
  ].join('\n')
}

/** Runs as a table. */
export function runList(runs: readonly RunInfo[]): string {
  const now = Date.now()
  const rows = runs.map(({ id, playbooks, by, since, hasCoordinator }) => [
    id,
    ago(now - since),
    by,
    hasCoordinator ? 'goes on' : `its coordinator has gone: run attach ${id}`,
    playbooks.join(' '),
  ])
  return table(['RUN', 'SINCE', 'BEGUN BY', 'STATE', 'PLAYBOOKS'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[], none = ''): string {
  if (rows.length === 0) return none
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]!.length)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((word, at) => word.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

function ago(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? ['s', 1000]
  return `${Math.max(0, Math.floor(ms / size))}${unit}`
}
