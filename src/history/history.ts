import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { writePrivate } from '../local/written-file.ts'
import type { Event } from '../protocol/event.ts'
import { type About, KeptLines, type KeptRun, readKept } from './kept-run.ts'

/** As many runs are kept; the oldest goes. */
const MOST_RUNS = 200

/** Where runs are kept when no setting says: the user's state folder. */
export function stateFolder(): string {
  const given = process.env.XDG_STATE_HOME
  const state = given && isAbsolute(given) ? given : join(homedir(), '.local', 'state')
  return join(state, 'playssh', 'runs')
}

interface Recording {
  listener(event: Event): void
  /** Nothing that goes wrong here disturbs a run. */
  finish(): Promise<void>
}

/** Keeps a run in a folder, when it has finished. */
export function keepRun(folder: string, about: About): Recording {
  const kept = new KeptLines(about)
  let finished = false
  return {
    listener: (event) => {
      kept.add(event, Date.now())
      if (event.type === 'run-finished') finished = true
    },
    finish: async () => {
      if (finished) await write(folder, kept.lines.join('\n')).catch(() => {})
    },
  }
}

async function write(folder: string, text: string): Promise<void> {
  const { gzip } = zlib()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const numbers = await numbersIn(folder)
  const path = await claimed(folder, (numbers.at(-1) ?? 0) + 1)
  await writePrivate(path, await promisify(gzip)(text, { level: 1 }))
  for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - MOST_RUNS)))
    await rm(fileOf(folder, old), { force: true })
}

/** The file of the first number from there on that no other run has taken. */
async function claimed(folder: string, number: number): Promise<string> {
  const path = fileOf(folder, number)
  try {
    await (await open(path, 'wx', 0o600)).close()
    return path
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return claimed(folder, number + 1)
  }
}

/** The runs of a folder that are whole, oldest first. */
export async function keptRuns(folder: string): Promise<KeptRun[]> {
  const runs = await Promise.all((await numbersIn(folder)).map((number) => keptRun(folder, number)))
  return runs.filter((run) => run !== undefined)
}

export async function keptRun(folder: string, number: number): Promise<KeptRun | undefined> {
  const { gunzip } = zlib()
  const text = await readFile(fileOf(folder, number))
    .then(promisify(gunzip), () => undefined)
    .catch(() => undefined)
  return text && readKept(number, text.toString())
}

/** Hosts that failed or were not reached in the last run that was asked for in a folder; undefined without such a run. */
export async function failedHosts(folder: string, from: string): Promise<string[] | undefined> {
  for (const number of (await numbersIn(folder)).reverse()) {
    const run = await keptRun(folder, number)
    const end = run?.about.folder === from ? run.events.at(-1)!.event : undefined
    if (end?.type === 'run-finished')
      return Object.entries(end.stats).flatMap(([host, { failures, unreachable }]) =>
        failures + unreachable > 0 ? [host] : [],
      )
  }
  return undefined
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => [])
  const numbers = names.flatMap((name) => /^(\d+)\.jsonl\.gz$/.exec(name)?.[1] ?? [])
  return numbers.map(Number).sort((one, other) => one - other)
}

function fileOf(folder: string, number: number): string {
  return join(folder, `${number}.jsonl.gz`)
}

/** Loading it takes longer than a short run can spare before it has begun. */
function zlib(): typeof import('node:zlib') {
  return createRequire(import.meta.url)('node:zlib')
}
