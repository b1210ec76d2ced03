import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { madePrivate, ownWay } from '../local/own-way.ts'
import { writePrivate } from '../local/written-file.ts'
import type { Event } from '../protocol/event.ts'
import { type About, KeptLines, type KeptRun, readKept } from './kept-run.ts'

/** Characters up to which the events of a run are written as they are: to load what packs them would take longer. */
const SHORT = 64 * 1024
/** Characters that are packed at a time. */
const BLOCK = 256 * 1024

/** As many runs are kept; the oldest goes. */
export const MOST_RUNS = 200

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

/**
 * Keeps a run in a folder, when it has finished: in a file of its own, from which whoever reads the history takes it into
 * the database. A run would have to wait for that.
 */
export function keepRun(folder: string, about: About): Recording {
  const kept = new KeptLines(about)
  let packing: Packing | undefined
  let finished = false
  return {
    listener: (event) => {
      kept.add(event, Date.now())
      if (kept.waiting > BLOCK) {
        packing ??= new Packing()
        packing.add(kept.take())
      }
      if (event.type === 'run-finished') finished = true
    },
    finish: async () => {
      if (!finished) return
      const rest = kept.take()
      if (rest.length > SHORT) packing ??= new Packing()
      await write(folder, packing?.end(rest) ?? rest).catch(() => {})
    },
  }
}

/** A long run is packed as it goes: nothing of it is waited for at its end, and its text takes no memory until then. */
class Packing {
  readonly #gzip = zlib().createGzip({ level: 1 })
  readonly #packed: Promise<Buffer>

  constructor() {
    const parts: Buffer[] = []
    this.#packed = new Promise((resolve, reject) => {
      this.#gzip.on('data', (part: Buffer) => parts.push(part))
      this.#gzip.once('end', () => resolve(Buffer.concat(parts)))
      this.#gzip.once('error', reject)
    })
    this.#packed.catch(() => {})
  }

  add(text: string): void {
    this.#gzip.write(text)
  }

  /** All that was added, and this. */
  end(text: string): Promise<Buffer> {
    this.#gzip.end(text)
    return this.#packed
  }
}

async function write(folder: string, content: string | Promise<Buffer>): Promise<void> {
  const real = await ownWay(resolve(folder), madePrivate)
  const ending = typeof content === 'string' ? '' : '.gz'
  const name = `${Date.now()}-${randomBytes(4).toString('hex')}.jsonl${ending}`
  await writePrivate(join(real, name), await content)
  const names = await spoolNames(real)
  for (const old of names.slice(0, Math.max(0, names.length - MOST_RUNS)))
    await rm(join(real, old), { force: true })
}

/**
 * `1795998335989-d480d554.jsonl` and `1795998335989-d480d554.jsonl.gz` are of a run that ended then; `12.jsonl.gz` is of an
 * earlier version, and has its number.
 */
const NAME = /^\d+(-[\da-f]{8}\.jsonl|(-[\da-f]{8})?\.jsonl\.gz)$/

/** Names of the files of runs in a folder, oldest first. */
export async function spoolNames(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name))
  const time = (name: string) => Number.parseInt(name, 10)
  return names.sort((one, other) => time(one) - time(other) || (one < other ? -1 : 1))
}

/** The number that a run has of an earlier version. */
export function numberIn(name: string): number | undefined {
  const number = /^(\d+)\.jsonl\.gz$/.exec(name)?.[1]
  return number === undefined ? undefined : Number(number)
}

/** The run that is in the bytes of such a file; undefined when it is not whole. */
export async function spooledRun(content: Uint8Array): Promise<KeptRun | undefined> {
  const isPacked = content[0] === 0x1f && content[1] === 0x8b
  const text = isPacked
    ? await promisify(zlib().gunzip)(content).catch(() => undefined)
    : Buffer.from(content)
  return text && readKept(text.toString())
}

/** Loading it takes longer than a short run can spare. */
function zlib(): typeof import('node:zlib') {
  return createRequire(import.meta.url)('node:zlib')
}
