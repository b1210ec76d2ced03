import type { Node, Value } from '../values/value.ts'
import type { HostState } from './host.ts'

/** What was changed of a host's variables. */
export interface VariablesTold {
  readonly host: string
  readonly facts: Changed<Value>
  readonly assigned: Changed<Value>
  readonly included: Changed<Node>
}

interface Changed<V> {
  readonly set: readonly (readonly [string, V])[]
  readonly gone: readonly string[]
}

/** What is told at a point at which all come together who work on hosts of a batch. */
export interface Word {
  /** What was found, by the names of those hosts that are worked on by whoever says it. */
  readonly of: readonly (readonly [host: string, found: unknown])[]
  readonly variables: readonly VariablesTold[]
  /** Variables that all hosts have from now on. */
  readonly shared?: VariablesTold | undefined
  /** Hosts of which nothing is known any more that was probed before. */
  readonly stale: readonly string[]
}

/** Others who work on hosts of the same batch, at the same pace: they take the same steps for all hosts. */
export interface Others {
  isHere(host: HostState): boolean
  /**
   * What was said of some hosts at their next point when all this was done before: what comes before it is not to be
   * done again. Undefined if it was not.
   */
  said(hosts: readonly HostState[]): Word | undefined
  /**
   * Tells them something of some hosts, and gives what each says at the same point, this one too, as it was said first;
   * nothing of one who has ended.
   */
  meet(hosts: readonly HostState[], word: Word): Promise<readonly Word[]>
  /** Notes what was found for one host of a round, before all are met. `isChanged`: the host is not as it was. */
  note(round: readonly HostState[], host: HostState, word: () => Word, isChanged: boolean): void
  /** What was noted when all this was done before: the host's turn is not to be done again. */
  noted(round: readonly HostState[], host: HostState): Word | undefined
  /** Does something when none of them does the same. */
  inTurn(work: () => Promise<unknown>): Promise<void>
}

/** The variables of a host that tasks set. */
export interface Kept {
  readonly facts: ReadonlyMap<string, Value>
  readonly assigned: ReadonlyMap<string, Value>
  readonly included: ReadonlyMap<string, Node>
}

/** What is told of a round besides what was found for its hosts, and who hears it. */
export interface Telling {
  readonly shared?: VariablesTold | undefined
  readonly stale: readonly HostState[]
  onShared(told: VariablesTold): void
  onStale(host: HostState): void
}

const NOTHING_MORE: Telling = { stale: [], onShared: () => {}, onStale: () => {} }

/** The hosts of a batch, some of which others may work on. */
export class Together {
  readonly #hosts: ReadonlyMap<string, HostState>
  readonly #others: Others | undefined
  /** What the others know of the variables of hosts that are worked on here. */
  readonly #told = new Map<HostState, Kept>()

  constructor(hosts: readonly HostState[], others?: Others) {
    this.#hosts = new Map(hosts.map((host) => [host.name, host]))
    this.#others = others
    if (others !== undefined) for (const host of this.here(hosts)) this.#told.set(host, keptOf(host))
  }

  /** Whether somebody works on hosts of the batch besides, or hears what comes of it. */
  get hasOthers(): boolean {
    return this.#others !== undefined
  }

  isHere(host: HostState): boolean {
    return this.#others?.isHere(host) ?? true
  }

  /** Those that are worked on here. */
  here(hosts: readonly HostState[]): readonly HostState[] {
    return this.#others === undefined ? hosts : hosts.filter((host) => this.isHere(host))
  }

  /** Whether what comes next for hosts was done before: what came of it is heard. */
  isDone(hosts: readonly HostState[]): boolean {
    return this.#others?.said(hosts) !== undefined
  }

  /** Notes what was found for one host of a round: should the round be done again, its turn is not. */
  note(round: readonly HostState[], host: HostState, found: unknown, isChanged: boolean): void {
    if (this.#others === undefined) return
    const word = (): Word => {
      const told = changedOf(host, this.#told.get(host)!)
      return { of: [[host.name, found]], variables: told === undefined ? [] : [told], stale: [] }
    }
    this.#others.note(round, host, word, isChanged)
  }

  /** What was noted; undefined if the host's turn is still to be done. The host then has the variables that it brought. */
  noted<T>(round: readonly HostState[], host: HostState): T | undefined {
    const word = this.#others?.noted(round, host)
    if (word === undefined) return undefined
    for (const told of word.variables) setVariables(host, told)
    return word.of[0]![1] as T
  }

  /** Does something when none of the others does the same. */
  async inTurn(work: () => Promise<unknown>): Promise<void> {
    if (this.#others === undefined) await work()
    else await this.#others.inTurn(work)
  }

  /** Finds something out for each host, in their order: whoever works on it does. */
  async each<T>(
    hosts: readonly HostState[],
    find: (host: HostState) => T | Promise<T>,
  ): Promise<Map<HostState, T>> {
    const found = new Map<HostState, T>()
    if (!this.isDone(hosts)) for (const host of this.here(hosts)) found.set(host, await find(host))
    return this.hear(hosts, found)
  }

  /**
   * Tells the others what was found for hosts that are worked on here, and gives what was found for all, in their order.
   * A host of which nothing is heard is out of reach: whoever worked on it has ended.
   */
  async hear<T>(
    hosts: readonly HostState[],
    found: ReadonlyMap<HostState, T>,
    telling: Telling = NOTHING_MORE,
  ): Promise<Map<HostState, T>> {
    if (this.#others === undefined) return new Map(found)
    const before = this.#others.said(hosts)
    const words = await this.#others.meet(hosts, before ?? this.#word(hosts, found, telling))
    const all = new Map<string, T>()
    for (const { of, variables, shared, stale } of words) {
      for (const [name, value] of of) all.set(name, value as T)
      for (const told of variables) this.#take(told, before !== undefined)
      if (shared !== undefined) telling.onShared(shared)
      for (const host of this.#named(stale)) telling.onStale(host)
    }
    const isKnown = (host: HostState) => all.has(host.name)
    for (const host of hosts) if (!this.isHere(host) && !isKnown(host)) host.out ??= 'unreachable'
    return new Map(hosts.filter(isKnown).map((host) => [host, all.get(host.name)!]))
  }

  #word<T>(hosts: readonly HostState[], found: ReadonlyMap<HostState, T>, telling: Telling): Word {
    const { shared, stale } = telling
    return {
      of: [...found].map(([host, value]) => [host.name, value]),
      variables: this.here(hosts).flatMap((host) => this.#newsOf(host)),
      ...(shared !== undefined && { shared }),
      stale: stale.map(({ name }) => name),
    }
  }

  #named(names: readonly string[]): HostState[] {
    return names.map((name) => this.#hosts.get(name)).filter((host) => host !== undefined)
  }

  #newsOf(host: HostState): VariablesTold[] {
    const told = changedOf(host, this.#told.get(host)!)
    if (told === undefined) return []
    this.#told.set(host, keptOf(host))
    return [told]
  }

  #take(told: VariablesTold, isAgain: boolean): void {
    const host = this.#hosts.get(told.host)
    if (host === undefined || (this.isHere(host) && !isAgain)) return
    setVariables(host, told)
    if (this.isHere(host)) this.#told.set(host, keptOf(host))
  }
}

export function keptOf({ facts, assigned, included }: Kept): Kept {
  return { facts: new Map(facts), assigned: new Map(assigned), included: new Map(included) }
}

/** What was changed of a host's variables since they were kept; undefined if nothing was. */
export function changedOf(host: HostState, before: Kept): VariablesTold | undefined {
  const facts = changed(before.facts, host.facts)
  const assigned = changed(before.assigned, host.assigned)
  const included = changed(before.included, host.included)
  const isNone = [facts, assigned, included].every(({ set, gone }) => set.length + gone.length === 0)
  return isNone ? undefined : { host: host.name, facts, assigned, included }
}

/** Values are never changed, only replaced. */
function changed<V>(before: ReadonlyMap<string, V>, now: ReadonlyMap<string, V>): Changed<V> {
  return {
    set: [...now].filter(([name, value]) => before.get(name) !== value || !before.has(name)),
    gone: [...before.keys()].filter((name) => !now.has(name)),
  }
}

/** Sets on a host what was told, of itself or of another. */
export function setVariables(host: HostState, { facts, assigned, included }: VariablesTold): void {
  set(host.facts, facts)
  set(host.assigned, assigned)
  set(host.included, included)
}

function set<V>(map: Map<string, V>, { set, gone }: Changed<V>): void {
  for (const name of gone) map.delete(name)
  for (const [name, value] of set) map.set(name, value)
}
