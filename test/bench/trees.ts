import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Bed } from './bed.ts'
import type { Contestant, Job, Outcome } from './contestants.ts'
import type { BenchHost, Keys, Reached } from './hosts.ts'
import { type Measurement, measure } from './measure.ts'
import { timed } from './process.ts'
import { play } from './workloads.ts'

/** What is handed over, by its path on this machine. */
interface Load {
  readonly what: string
  readonly source: string
  /** As it is called on the host, by whom it was handed over. */
  dest(who: string): string
  /** Contestants other than rsync, with a job of their own. */
  readonly others: readonly Entry[]
}

interface Entry {
  readonly contestant: Contestant
  readonly job: Job
}

/** Who takes part in one workload. */
interface Carrier {
  readonly name: string
  readonly missing?: string
  readonly isAnsible: boolean
  run(): Promise<Outcome>
}

const FOLDERS = 200
const FILES = 10_000
const GIGABYTE = 1e9

/** A folder of small files and a large file, to a host that has nothing of it and to one that has it. */
export async function trees(bed: Bed, runsOf: (isAnsible: boolean) => number): Promise<Measurement[]> {
  const [host] = await bed.hosts(1)
  const loads = [manyFiles(bed, host!), oneFile(bed, host!)]
  const all: Measurement[] = []
  for (const load of loads) {
    const carriers = [
      ...RSYNCS.map((options) => rsync(options, load, host!, bed.keys)),
      ...load.others.map(carrier),
    ]
    const workload = { part: 'trees', runs: ({ isAnsible }: Carrier) => runsOf(isAnsible) }
    all.push(
      ...(await measure({
        ...workload,
        what: `${load.what}, first run`,
        contestants: carriers,
        once: (who) => afresh(who, load, host!),
      })),
      ...(await measure({
        ...workload,
        what: `${load.what}, in sync`,
        contestants: carriers,
        once: (who) => changing(who, 0),
      })),
    )
  }
  return all
}

function manyFiles(bed: Bed, host: BenchHost): Load {
  const source = bed.path('tree')
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    const path = join(source, `folder${folder}`)
    mkdirSync(path, { recursive: true })
    for (let file = 0; file < FILES / FOLDERS; file += 1) {
      const bytes = randomBytes(1024 + ((folder * 7 + file * 61) % 3072))
      writeFileSync(join(path, `file${file}`), bytes)
    }
  }
  const dest = destinations('tree')
  const copies = bed.runners.map((runner) => ({
    contestant: runner,
    job: bed.jobOf([host], one({ copy: { src: `${source}/`, dest: dest(runner.name), mode: 'preserve' } })),
  }))
  // Its copy takes about a second a file.
  const synced = bed.ansibles.slice(0, 1).map((ansible) => ({
    contestant: { ...ansible, name: `${ansible.name} synchronize` },
    job: bed.jobOf(
      [host],
      one({ synchronize: { src: `${source}/`, dest: dest(`${ansible.name} synchronize`) } }),
    ),
  }))
  return { what: '10,000 files of 1 to 4 KB', source: `${source}/`, dest, others: [...copies, ...synced] }
}

function oneFile(bed: Bed, host: BenchHost): Load {
  const source = bed.path('gigabyte')
  const file = openSync(source, 'w')
  for (let written = 0; written < GIGABYTE; written += 1e6) writeSync(file, randomBytes(1e6))
  closeSync(file)
  const dest = destinations('gigabyte')
  const others = [...bed.runners, ...bed.ansibles.slice(0, 1)].map((contestant) => ({
    contestant,
    job: bed.jobOf([host], one({ copy: { src: source, dest: dest(contestant.name) } })),
  }))
  return { what: 'a file of 1 GB', source, dest, others }
}

function destinations(name: string): (who: string) => string {
  return (who) => `/srv/${name}-${who.replace(/\W+/g, '-')}`
}

function one(task: object) {
  const book = play([{ name: 'What is handed over', ...task }])
  return { playssh: book, ansible: book, tasks: 1 }
}

function carrier({ contestant, job }: Entry): Carrier {
  const { name, missing, dialect } = contestant
  return {
    name,
    ...(missing !== undefined && { missing }),
    isAnsible: dialect === 'ansible',
    run: () => contestant.run(job),
  }
}

/** By size and time, and by what is in the files, as the others look. */
const RSYNCS = [[], ['--checksum']]

function rsync(more: readonly string[], { source, dest }: Load, to: Reached, keys: Keys): Carrier {
  const name = ['rsync -a', ...more].join(' ')
  const shell = `ssh -F none -i ${keys.client} -o UserKnownHostsFile=${keys.knownHosts}`
  const target = `root@${to.address}:${dest(name)}`
  const isThere = (process.env.PATH ?? '').split(delimiter).some((path) => existsSync(join(path, 'rsync')))
  return {
    name,
    ...(!isThere && { missing: 'not installed: apt-get install rsync' }),
    isAnsible: false,
    async run() {
      const ended = await timed(['rsync', '-a', ...more, '--stats', '-e', shell, source, target], '/')
      if (ended.status !== 0) throw new Error(`${name} ended with ${ended.status}: ${ended.stderr}`)
      const sent = /^Number of regular files transferred: ([\d,]+)/m.exec(ended.stdout)?.[1]
      return { ...ended, changed: sent === '0' ? 0 : 1 }
    },
  }
}

async function afresh(who: Carrier, { source, dest }: Load, host: BenchHost): Promise<Outcome> {
  const path = dest(who.name)
  host.run(`rm -rf ${path}`)
  const outcome = await changing(who, 1)
  const sums = execFileSync('/bin/sh', ['-c', sumOf(source)], { encoding: 'utf8' }).trim()
  host.run(
    `[ "$(${sumOf(path)})" = '${sums}' ] || { echo "what ${who.name} has handed over is not whole" >&2; exit 1; }`,
  )
  return outcome
}

/** Sh that prints one digest of all files at a path. */
function sumOf(path: string): string {
  return `if cd ${path} 2>/dev/null; then find . -type f -print0 | sort -z | xargs -0 sha1sum | sha1sum; else sha1sum <${path}; fi`
}

async function changing(who: Carrier, changes: number): Promise<Outcome> {
  const outcome = await who.run()
  if (outcome.changed === changes) return outcome
  throw new Error(`${who.name} changed ${outcome.changed} things instead of ${changes}`)
}
