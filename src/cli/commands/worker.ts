import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { QueueWorker } from '../../queue/worker.ts'
import { visibleLines } from '../../values/visible.ts'
import { newCommand, positive, readWords } from '../command-line.ts'
import { type QueueFlags, queueFlags, withFlags } from '../flags.ts'
import { listenToSignals } from '../signals.ts'
import { bundleFolder, queueAccess } from './queue.ts'

const EXAMPLES = `
Examples:
  run worker --queue redis://queue:6379 --queue-key-file /etc/playssh/queue.key
  run worker --serves 'dc1:&!windows'        only hosts of dc1 that are not in the group windows
  run worker --serves 10.1.0.0/16            only hosts whose address is in this network
  run worker --serves dc1 --max-logins 50/s  all who serve dc1 log in 50 times a second at most

The first Ctrl-C or SIGTERM lets the slices that it has come to their end, the second ends it: they go to others.
`

interface WorkerFlags extends Pick<QueueFlags, 'queue' | 'queueKeyFile' | 'queueCa'> {
  readonly serves: string
  readonly slices: number
  readonly maxLogins?: number
  readonly cache: string
  readonly patience: number
}

/** `run worker`: carries out what runs put into a queue, until it is told to end. Raises ProblemError. */
export async function work(words: readonly string[]): Promise<number> {
  const { serves, slices, maxLogins, patience, cache, ...queue } = readWords(
    command(),
    words,
  ).opts<WorkerFlags>()
  const say = (line: string) => process.stdout.write(`${visibleLines(line)}\n`)
  const signals = listenToSignals()
  const worker = await QueueWorker.start({
    ...queueAccess(queue),
    ...{ serves, slices, patience: patience * 1000, cache: resolve(cache), say },
    ...(maxLogins !== undefined && { maxLogins }),
  })
  say(`Serves ${serves}, ${slices} slices at a time at most`)
  await aborted(signals.stop)
  say('Takes no more slices')
  await Promise.race([worker.finish(), aborted(signals.cut)])
  await worker.close()
  signals.end()
  return 0
}

function command() {
  const own = newCommand(
    'run worker',
    'Carries out what runs with the same --queue have to do, on the hosts it reaches.',
  )
    .option('--serves <pattern>', 'hosts that it reaches: groups, hosts, networks, joined as in plays', 'all')
    .option('--slices <number>', 'slices that it carries out at a time at most', positive, 2)
    .addOption(
      new Option('--max-logins <rate>', 'logins in a second, of all that serve the same: 50/s').argParser(
        rate,
      ),
    )
    .option('--cache <folder>', 'where it keeps files of runs', bundleFolder())
    .option('--patience <seconds>', 'how long slices go on whose coordinator has gone', positive, 300)
  return withFlags(own, queueFlags).addHelpText('after', EXAMPLES)
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

function rate(value: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/([smh]))?$/.exec(value) ?? []
  const perSecond = Number(number) / UNITS[unit]!
  if (perSecond > 0) return perSecond
  throw new InvalidArgumentError('It is a rate such as 50/s or 600/m.')
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
