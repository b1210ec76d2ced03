import type { Check, Difference, Trouble } from './check.ts'

/** What is said of a difference or of a host, compared with the check before. */
export type Word =
  | 'new'
  | 'changed'
  | 'still'
  | 'gone'
  | 'repaired'
  | Trouble['status']
  | 'back'
  | 'problem'
  | 'warning'

/** Something to be told. */
export interface Notice {
  readonly word: Word
  readonly host?: string
  /** One line, or a report of problems in several. */
  readonly text: string
  readonly difference?: Difference
  /** When it began, in ms since 1970. */
  readonly since: number
}

interface Known {
  readonly difference: Difference
  readonly since: number
}

interface KnownTrouble extends Trouble {
  readonly since: number
}

/** What is known of all hosts from all checks so far; no more than the last state of each. */
export class Board {
  readonly #repairs: boolean
  #drift = new Map<string, Known>()
  #trouble = new Map<string, KnownTrouble>()
  #warnings: ReadonlySet<string> = new Set()
  #problem: { readonly text: string; readonly since: number } | undefined
  #hosts = 0
  #checks = 0
  #inSyncSince: number | undefined
  #lastInSync: number | undefined
  #last: { readonly at: number; readonly seconds: number } | undefined
  #problems = 0
  #repaired = 0

  /** `repairs`: what differs is put right as it is found. */
  constructor(repairs: boolean) {
    this.#repairs = repairs
  }

  get drift(): ReadonlyMap<string, Known> {
    return this.#drift
  }

  get trouble(): ReadonlyMap<string, KnownTrouble> {
    return this.#trouble
  }

  /** Why the last check could not be made. */
  get problem(): string | undefined {
    return this.#problem?.text
  }

  /** Hosts of the last check that could be made. */
  get hosts(): number {
    return this.#hosts
  }

  /** Checks that have begun, those that could not be made too. */
  get checks(): number {
    return this.#checks
  }

  /** Checks that could not be made. */
  get problems(): number {
    return this.#problems
  }

  /** Differences that were put right. */
  get repaired(): number {
    return this.#repaired
  }

  /** The last check: when it began, in ms since 1970, and how long it took. */
  get last(): { readonly at: number; readonly seconds: number } | undefined {
    return this.#last
  }

  /** Since when every check has found all as it is declared; undefined when the last has not. */
  get inSyncSince(): number | undefined {
    return this.#inSyncSince
  }

  /** When a check last found that. */
  get lastInSync(): number | undefined {
    return this.#lastInSync
  }

  /** Hosts on which something differs. */
  get drifted(): ReadonlySet<string> {
    return new Set([...this.#drift.values()].map(({ difference }) => difference.host))
  }

  /** A check begins. */
  begin(): void {
    this.#checks += 1
  }

  /** Takes what a check has found that began at `at`; gives what is to be told, nothing if all is as it was. */
  take(check: Check, at: number, seconds: number): Notice[] {
    const recovered = this.#problem && { word: 'back' as const, text: 'checks can be made again', since: at }
    this.#problem = undefined
    const differences = this.#repairs ? this.#putRight(check, at) : this.#compare(check, at)
    const notices = [
      ...(recovered ? [recovered] : []),
      ...this.#compareTrouble(check, at),
      ...this.#newWarnings(check, at),
      ...differences,
    ]
    this.#hosts = check.hosts.size
    const isInSync =
      !check.interrupted &&
      this.#drift.size === 0 &&
      check.trouble.size === 0 &&
      !differences.some(({ word }) => word === 'repaired')
    this.#end(at, seconds, isInSync)
    return notices
  }

  /** A check that began at `at` could not be made; that is told once for each reason. */
  fail(problem: string, at: number, seconds: number): Notice[] {
    const before = this.#problem
    this.#problem = before?.text === problem ? before : { text: problem, since: at }
    this.#problems += 1
    this.#end(at, seconds, false)
    return before?.text === problem ? [] : [{ word: 'problem', text: problem, since: at }]
  }

  #end(at: number, seconds: number, isInSync: boolean): void {
    this.#last = { at, seconds }
    this.#inSyncSince = isInSync ? (this.#inSyncSince ?? at) : undefined
    if (isInSync) this.#lastInSync = at
  }

  #putRight(check: Check, at: number): Notice[] {
    this.#repaired += check.found.size
    return inOrder(check).map(([, difference]) => notice('repaired', difference, at))
  }

  /** Nothing is told of what stays as it was, unless something else on any host does not. */
  #compare(check: Check, at: number): Notice[] {
    const notices: Notice[] = []
    const now = new Map<string, Known>()
    for (const [key, difference] of inOrder(check)) {
      const before = this.#drift.get(key)
      const isSame = before?.difference.line === difference.line
      now.set(key, { difference, since: before?.since ?? at })
      const word = before === undefined ? 'new' : isSame ? 'still' : 'changed'
      notices.push(notice(word, difference, before?.since ?? at))
    }
    for (const [key, known] of this.#drift) {
      if (now.has(key)) continue
      const isGone = check.looksAt(known.difference)
      if (!isGone) now.set(key, known)
      notices.push(notice(isGone ? 'gone' : 'still', known.difference, known.since))
    }
    this.#drift = now
    return notices.every(({ word }) => word === 'still') ? [] : notices
  }

  #compareTrouble({ trouble, hosts, interrupted }: Check, at: number): Notice[] {
    const notices: Notice[] = []
    const now = new Map<string, KnownTrouble>()
    for (const [host, one] of trouble) {
      const before = this.#trouble.get(host)
      const isSame =
        before?.status === one.status && withoutNumbers(before.reason) === withoutNumbers(one.reason)
      now.set(host, { ...one, since: before?.since ?? at })
      if (!isSame) notices.push({ word: one.status, host, text: one.reason, since: before?.since ?? at })
    }
    for (const [host, before] of this.#trouble) {
      const { status, since } = before
      if (now.has(host)) continue
      if (interrupted) {
        now.set(host, before)
        continue
      }
      const text = hosts.has(host) ? `was ${status}` : `was ${status}, and is not asked any more`
      notices.push({ word: 'back', host, text, since })
    }
    this.#trouble = now
    return notices
  }

  #newWarnings({ warnings }: Check, at: number): Notice[] {
    const before = this.#warnings
    this.#warnings = warnings
    return [...warnings]
      .filter((text) => !before.has(text))
      .map((text) => ({ word: 'warning', text, since: at }))
  }
}

/** What was found, host by host in the order of the play: hosts answer in any. */
function inOrder({ found, hosts }: Check): [string, Difference][] {
  const places = new Map([...hosts].map((host, place) => [host, place]))
  const placeOf = ([, { host }]: [string, Difference]) => places.get(host) ?? places.size
  return [...found].sort((one, other) => placeOf(one) - placeOf(other))
}

/** Times and process ids make no other reason of one. */
function withoutNumbers(reason: string): string {
  return reason.replace(/\d+/g, '')
}

function notice(word: Word, difference: Difference, since: number): Notice {
  const { host, line, task } = difference
  return { word, host, text: `${line} (${task})`, difference, since }
}
