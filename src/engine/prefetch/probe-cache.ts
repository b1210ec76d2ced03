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

/** A look at a host that a step wants: reading only, and of the same things whenever it is the same. */
export interface ProbeRequest {
  readonly session: Session
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly probes: readonly BatchedProbe[]
}

/** A look that failed on the host: with what exit status, and what it printed. */
export class ProbeFailed extends Error {
  readonly output: ShellOutput

  constructor(output: ShellOutput) {
    super(output.stderr.trim() || `looking at the host failed (exit status ${output.code})`)
    this.output = output
  }
}

interface CacheEntry {
  /** Rejects with LookFailed, with what `read` throws, and with Unreachable. */
  readonly found: Promise<unknown>
  settle(found: unknown): void
  fail(error: unknown): void
  /** It has been answered, and not with a failure. */
  value?: { readonly found: unknown }
}

/** Looks of one kind that go to the host together. */
interface ProbeBatch {
  readonly session: Session
  readonly environment: ProbeRequest['environment']
  readonly look: BatchedProbe
  readonly findings: ReadonlyMap<string, CacheEntry>
}

/** What was found on one host. Told apart by identity on the host, environment, kind and item. */
export class ProbeCache {
  readonly #known = new Map<Session, Map<string, Map<string, CacheEntry>>>()
  #unsent = new Map<Map<string, CacheEntry>, ProbeBatch & { readonly findings: Map<string, CacheEntry> }>()

  /** All of it has been asked for. */
  has(question: ProbeRequest): boolean {
    return itemsOf(question, (look, item) => this.#find(question, look, item)).every(Boolean)
  }

  /** Puts down what is not known yet; `send` asks for it. */
  request(question: ProbeRequest): void {
    itemsOf(question, (look, item) => this.#find(question, look, item) ?? this.#putDown(question, look, item))
  }

  /** Sends all that was put down: one script to each shell. */
  send(): void {
    const bunches = [...this.#unsent.values()].flatMap((bunch) =>
      bunch.look.apart ? singly(bunch) : [bunch],
    )
    this.#unsent.clear()
    for (const some of byShell(bunches)) void lookAt(some)
  }

  /** What was found of all that was asked. Raises LookFailed, Unreachable, and Error for what makes no sense. */
  async result(question: ProbeRequest): Promise<ProbeOutput> {
    for (const finding of itemsOf(question, (look, item) => this.#find(question, look, item)))
      await finding?.found
    return this.resultNow(question)!
  }

  /** The same at once; undefined if not all of it has been answered, or something failed. */
  resultNow(question: ProbeRequest): ProbeOutput | undefined {
    const isThere = itemsOf(question, (look, item) => this.#find(question, look, item)?.value).every(Boolean)
    if (!isThere) return undefined
    return probeOutput((look, item) => this.#find(question, look, item)?.value?.found, question.probes)
  }

  /** Takes over what others have found. */
  take(others: ProbeCache): void {
    for (const [session, kinds] of others.#known) {
      for (const [kind, items] of kinds) {
        const own = this.#ofKind(session, kind)
        for (const [item, finding] of items) if (finding.value !== undefined) own.set(item, finding)
      }
    }
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

  #putDown({ session, environment }: ProbeRequest, look: BatchedProbe, item: string): CacheEntry {
    const finding = newFinding()
    const known = this.#ofKind(session, keyOf(environment, look.kind))
    known.set(item, finding)
    const bunch = this.#unsent.get(known) ?? { session, environment, look, findings: new Map() }
    bunch.findings.set(item, finding)
    this.#unsent.set(known, bunch)
    return finding
  }
}

function itemsOf<T>({ probes: looks }: ProbeRequest, each: (look: BatchedProbe, item: string) => T): T[] {
  return looks.flatMap((look) => look.items.map((item) => each(look, item)))
}

/** Asks once, with no regard to what was found before. Raises as `Findings.answer` does. */
export function probeNow(
  session: Session,
  environment: ProbeRequest['environment'],
  probe: Probe,
): Promise<ProbeOutput> {
  const question = { session, environment, looks: batchedProbesOf(probe) }
  const findings = new ProbeCache()
  findings.request(question)
  findings.send()
  return findings.result(question)
}

/** A bunch for each of the items. */
function singly(bunch: ProbeBatch): ProbeBatch[] {
  return [...bunch.findings].map((entry) => ({ ...bunch, findings: new Map([entry]) }))
}

function byShell(bunches: readonly ProbeBatch[]): ProbeBatch[][] {
  const groups: ProbeBatch[][] = []
  for (const bunch of bunches) {
    const { session, environment } = bunch
    const isSame = ([other]: ProbeBatch[]) =>
      other!.session === session && keyOf(other!.environment, '') === keyOf(environment, '')
    const group = groups.find(isSame)
    if (group === undefined) groups.push([bunch])
    else group.push(bunch)
  }
  return groups
}

/** One script for looks that one shell is to do. It ends where one fails, and what lay behind it is asked again. */
async function lookAt(bunches: readonly ProbeBatch[]): Promise<void> {
  const [first] = bunches
  if (first === undefined) return
  const isAlone = bunches.length === 1
  const mark = randomBytes(12).toString('hex')
  let output: ShellOutput
  try {
    output = await first.session.sh(scriptOf(bunches, mark), first.environment)
  } catch (error) {
    for (const bunch of bunches) fail(bunch, error)
    return
  }
  const told = cut(output.stdout, Buffer.from(`\n${mark}\n`))
  for (const [index, piece] of told.entries()) settle(bunches[index]!, piece, isAlone)
  const failed = bunches[told.length]
  if (failed === undefined) return
  blame(failed, new ProbeFailed(output), isAlone)
  void lookAt(bunches.slice(told.length + 1))
}

/** Only what does as it likes with its shell needs a subshell, which costs a process. */
function scriptOf(bunches: readonly ProbeBatch[], mark: string): string {
  const parts = bunches.map(({ look, findings }) => {
    const script = look.script([...findings.keys()])
    return look.apart ? `(${script}\n)` : `{ ${script}\n}`
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

function settle(bunch: ProbeBatch, told: Buffer, isAlone: boolean): void {
  const items = [...bunch.findings.keys()]
  try {
    for (const [index, found] of bunch.look.read(new Output(told), items).entries()) {
      if (found === unclear) void lookAt([singly(bunch)[index]!])
      else bunch.findings.get(items[index]!)!.settle(found)
    }
  } catch (error) {
    blame(bunch, error, isAlone)
  }
}

function fail({ findings }: ProbeBatch, error: unknown): void {
  for (const finding of findings.values()) finding.fail(error)
}

/** What one item is to blame for must not be the others' failure: each is asked alone, unless it was. */
function blame(bunch: ProbeBatch, error: unknown, isAlone: boolean): void {
  if (isAlone && bunch.findings.size === 1) fail(bunch, error)
  else for (const alone of singly(bunch)) void lookAt([alone])
}

function newFinding(): CacheEntry {
  let settle!: (found: unknown) => void
  let fail!: (error: unknown) => void
  const found = new Promise((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  // Whoever needs it meets the error; an answer that nobody needs is none.
  found.catch(() => {})
  const finding: CacheEntry = {
    found,
    fail,
    settle(value) {
      finding.value = { found: value }
      settle(value)
    },
  }
  return finding
}

function keyOf(environment: ProbeRequest['environment'], kind: string): string {
  return environment === undefined ? kind : `${JSON.stringify(environment)}\n${kind}`
}
