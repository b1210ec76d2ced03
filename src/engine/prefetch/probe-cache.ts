import { randomBytes } from 'node:crypto'
import type { ShellOutput } from '../../remote/resident-shell.ts'
import type { Session } from '../../remote/session.ts'
import {
  type BatchedProbe,
  batchedProbesOf,
  type Probe,
  type ProbeOutput,
  probeOutput,
  unclear,
} from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'

/** What a task wants to know of a host, over one session; two requests with the same content find the same. */
export interface ProbeRequest {
  readonly session: Session
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly probes: readonly BatchedProbe[]
}

/** A probe that failed on the host: with what exit status, and what it printed. */
export class ProbeFailed extends Error {
  readonly output: ShellOutput

  constructor(output: ShellOutput) {
    super(output.stderr.trim() || `probing the host failed (exit status ${output.code})`)
    this.output = output
  }
}

/** What is found of one item. Most have been found before anybody waits for them, and have no promise. */
class CacheEntry {
  /** Set once it is there, and is no failure. */
  value?: { readonly found: unknown }
  #error: { readonly error: unknown } | undefined
  #waiting: { readonly found: Promise<void>; settle(): void; fail(error: unknown): void } | undefined

  settle(found: unknown): void {
    this.value = { found }
    this.#waiting?.settle()
  }

  fail(error: unknown): void {
    this.#error = { error }
    this.#waiting?.fail(error)
  }

  /** Resolves when it is there. Rejects with ProbeFailed, with what `read` throws, and with Unreachable. */
  found(): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error.error)
    if (this.#waiting === undefined) {
      let settle!: () => void
      let fail!: (error: unknown) => void
      const found = new Promise<void>((resolve, reject) => {
        settle = resolve
        fail = reject
      })
      this.#waiting = { found, settle, fail }
    }
    return this.#waiting.found
  }
}

/** A request as it was asked for last, and what there is of its items in their order. */
interface Asked {
  readonly session: Session
  readonly environment: ProbeRequest['environment']
  readonly entries: readonly CacheEntry[]
}

/** Items of one batched probe that go to the host together. */
interface ProbeBatch {
  readonly session: Session
  readonly environment: ProbeRequest['environment']
  readonly probe: BatchedProbe
  readonly entries: ReadonlyMap<string, CacheEntry>
}

/** What was found on one host, kept apart by identity on the host, environment, kind and item. */
export class ProbeCache {
  readonly #known = new Map<Session, Map<string, Map<string, CacheEntry>>>()
  /** By their probes: the same task asks the same again, with the very same ones. */
  readonly #asked = new Map<ProbeRequest['probes'], Asked>()
  #unsent = new Map<Map<string, CacheEntry>, ProbeBatch & { readonly entries: Map<string, CacheEntry> }>()

  /** Whether all of it has been requested. */
  has(request: ProbeRequest): boolean {
    return this.#entriesOf(request) !== undefined
  }

  /** What there is of all items, in their order; undefined if one has not been requested. */
  #entriesOf(request: ProbeRequest): readonly CacheEntry[] | undefined {
    const { session, environment, probes } = request
    const asked = this.#asked.get(probes)
    if (asked?.session === session && asked.environment === environment) return asked.entries
    const entries: CacheEntry[] = []
    for (const probe of probes) {
      const known = this.#known.get(session)?.get(keyOf(environment, probe.kind))
      for (const item of probe.items) {
        const entry = known?.get(item)
        if (entry === undefined) return undefined
        entries.push(entry)
      }
    }
    this.#asked.set(probes, { session, environment, entries })
    return entries
  }

  /** Notes what has not been requested yet; `send` sends it. */
  request(request: ProbeRequest): void {
    if (this.has(request)) return
    const { session, environment, probes } = request
    const entries = probes.flatMap((probe) => {
      const known = this.#ofKind(session, keyOf(environment, probe.kind))
      return probe.items.map((item) => known.get(item) ?? this.#note(request, probe, item, known))
    })
    this.#asked.set(probes, { session, environment, entries })
  }

  /** Forgets what was found of probes that are to be asked each time anew. */
  forgetTurns({ session, environment, probes }: ProbeRequest): void {
    const turns = probes.filter(({ inTurn }) => inTurn)
    if (turns.length === 0) return
    for (const { kind, items } of turns) {
      const known = this.#known.get(session)?.get(keyOf(environment, kind))
      for (const item of items) known?.delete(item)
    }
    this.#asked.delete(probes)
  }

  /** Sends all that was noted: one script to each shell. */
  send(): void {
    const batches = [...this.#unsent.values()].flatMap((batch) =>
      batch.probe.apart ? singly(batch) : [batch],
    )
    this.#unsent.clear()
    for (const some of byShell(batches)) void probeHost(some)
  }

  /** What the request finds. Raises ProbeFailed, Unreachable, and Error for output that makes no sense. */
  async result(request: ProbeRequest): Promise<ProbeOutput> {
    for (const entry of this.#entriesOf(request) ?? []) if (entry.value === undefined) await entry.found()
    return this.resultNow(request)!
  }

  /** The same at once; undefined if not all of it is there, or something failed. */
  resultNow(request: ProbeRequest): ProbeOutput | undefined {
    const entries = this.#entriesOf(request)
    if (!entries?.every(({ value }) => value !== undefined)) return undefined
    const { probes } = request
    // A module reads them in the order in which it asks for them, most of the time.
    let [at, item, next] = [0, 0, 0]
    return probeOutput((probe, wanted) => {
      for (; probes[at]?.items.length === item; at += 1) item = 0
      if (probes[at]?.items[item] !== wanted || probes[at]?.kind !== probe.kind)
        return this.#find(request, probe, wanted)?.value?.found
      item += 1
      next += 1
      return entries[next - 1]!.value!.found
    }, probes)
  }

  /** Takes over what another cache has found. */
  take(others: ProbeCache): void {
    for (const [session, kinds] of others.#known) {
      for (const [kind, items] of kinds) {
        const own = this.#ofKind(session, kind)
        for (const [item, entry] of items) if (entry.value !== undefined) own.set(item, entry)
      }
    }
    this.#asked.clear()
  }

  #find(
    { session, environment }: ProbeRequest,
    { kind }: BatchedProbe,
    item: string,
  ): CacheEntry | undefined {
    return this.#known.get(session)?.get(keyOf(environment, kind))?.get(item)
  }

  #ofKind(session: Session, kind: string): Map<string, CacheEntry> {
    const kinds = this.#known.get(session) ?? new Map<string, Map<string, CacheEntry>>()
    const items = kinds.get(kind) ?? new Map<string, CacheEntry>()
    this.#known.set(session, kinds.set(kind, items))
    return items
  }

  #note(
    { session, environment }: ProbeRequest,
    probe: BatchedProbe,
    item: string,
    known: Map<string, CacheEntry>,
  ): CacheEntry {
    const entry = new CacheEntry()
    known.set(item, entry)
    const batch = this.#unsent.get(known) ?? { session, environment, probe, entries: new Map() }
    batch.entries.set(item, entry)
    this.#unsent.set(known, batch)
    return entry
  }
}

/** Probes at once, with no regard to what was found before. Raises as `ProbeCache.result` does. */
export function probeNow(
  session: Session,
  environment: ProbeRequest['environment'],
  probe: Probe,
): Promise<ProbeOutput> {
  const request = { session, environment, probes: batchedProbesOf(probe) }
  const cache = new ProbeCache()
  cache.request(request)
  cache.send()
  return cache.result(request)
}

/** A batch for each of the items. */
function singly(batch: ProbeBatch): ProbeBatch[] {
  return [...batch.entries].map((entry) => ({ ...batch, entries: new Map([entry]) }))
}

function byShell(batches: readonly ProbeBatch[]): ProbeBatch[][] {
  const groups: ProbeBatch[][] = []
  for (const batch of batches) {
    const { session, environment } = batch
    const isSame = ([other]: ProbeBatch[]) =>
      other!.session === session && keyOf(other!.environment, '') === keyOf(environment, '')
    const group = groups.find(isSame)
    if (group === undefined) groups.push([batch])
    else group.push(batch)
  }
  return groups
}

/** One script for the batches of one shell. It ends where one fails, and what lay behind it is sent again. */
async function probeHost(batches: readonly ProbeBatch[]): Promise<void> {
  const [first] = batches
  if (first === undefined) return
  const isAlone = batches.length === 1
  const mark = randomBytes(12).toString('hex')
  let output: ShellOutput
  try {
    output = await first.session.sh(scriptOf(batches, mark), first.environment)
  } catch (error) {
    for (const batch of batches) fail(batch, error)
    return
  }
  const told = cut(output.stdout, Buffer.from(`\n${mark}\n`))
  for (const [index, piece] of told.entries()) settle(batches[index]!, piece, isAlone)
  const failed = batches[told.length]
  if (failed === undefined) return
  blame(failed, new ProbeFailed(output), isAlone)
  void probeHost(batches.slice(told.length + 1))
}

/** Only what does as it likes with its shell needs a subshell, which costs a process. */
function scriptOf(batches: readonly ProbeBatch[], mark: string): string {
  const parts = batches.map(({ probe, entries }) => {
    const script = probe.script([...entries.keys()])
    return probe.apart ? `(${script}\n)` : `{ ${script}\n}`
  })
  return parts.map((part) => `${part} || exit\nprintf '\\n${mark}\\n'\n`).join('')
}

/** The pieces that such a mark ends. */
function cut(bytes: Buffer, mark: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(mark); end !== -1; end = bytes.indexOf(mark, start)) {
    pieces.push(bytes.subarray(start, end))
    start = end + mark.length
  }
  return pieces
}

function settle(batch: ProbeBatch, told: Buffer, isAlone: boolean): void {
  const items = [...batch.entries.keys()]
  try {
    for (const [index, found] of batch.probe.read(new Output(told), items).entries()) {
      if (found === unclear) void probeHost([singly(batch)[index]!])
      else batch.entries.get(items[index]!)!.settle(found)
    }
  } catch (error) {
    blame(batch, error, isAlone)
  }
}

function fail({ entries }: ProbeBatch, error: unknown): void {
  for (const entry of entries.values()) entry.fail(error)
}

/** What one item is to blame for must not be the others' failure: each is probed alone, unless it was. */
function blame(batch: ProbeBatch, error: unknown, isAlone: boolean): void {
  if (isAlone && batch.entries.size === 1) fail(batch, error)
  else for (const alone of singly(batch)) void probeHost([alone])
}

function keyOf(environment: ProbeRequest['environment'], kind: string): string {
  return environment === undefined ? kind : `${JSON.stringify(environment)}\n${kind}`
}
