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
  /** By the names of those hosts that are worked on by whoever says it. */
  readonly of: readonly (readonly [host: string, unknown])[]
  /** Hosts of which nothing is known any more that was probed before. */
  readonly stale: readonly string[]
  readonly variables: readonly VariablesTold[]
}

/** Others who work on hosts of the same batch, at the same pace: they take the same steps for all hosts. */
export interface Others {
  isHere(host: HostState): boolean
  /** Whether they need to know all variables of the hosts that are worked on here. */
  readonly wantVariables: boolean
  /** Does something when none of them does the same. */
  inTurn(work: () => Promise<unknown>): Promise<void>
  /** Tells them something, and gives what each of them says at the same point; nothing of one who has ended. */
  meet(word: Word): Promise<readonly Word[]>
}

/** The variables of a host that tasks set. */
type Kept = Pick<HostState, 'facts' | 'assigned' | 'included'>

/** The hosts of a batch, some of which others may work on. */
export class Together {
  readonly #hosts: readonly HostState[]
  readonly #others: Others | undefined
  /** What the others know of the variables of hosts that are worked on here. */
  readonly #told = new Map<HostState, Kept>()

  constructor(hosts: readonly HostState[], others?: Others) {
    this.#hosts = hosts
    this.#others = others
    if (others?.wantVariables === true) for (const host of this.here(hosts)) this.keep(host)
  }

  /** Those that are worked on here. */
  here(hosts: readonly HostState[]): readonly HostState[] {
    const others = this.#others
    return others === undefined ? hosts : hosts.filter((host) => others.isHere(host))
  }

  isHere(host: HostState): boolean {
    return this.#others?.isHere(host) ?? true
  }

  /** Whether somebody else works on hosts of the batch. */
  get hasOthers(): boolean {
    return this.#others !== undefined
  }

  /** Finds something out for each host, in their order: whoever works on it does. */
  async each<T>(
    hosts: readonly HostState[],
    find: (host: HostState) => T | Promise<T>,
  ): Promise<Map<HostState, T>> {
    const found = new Map<HostState, T>()
    for (const host of this.here(hosts)) found.set(host, await find(host))
    return this.hear(hosts, found, [])
  }

  /** Does something when none of the others does the same. */
  async inTurn(work: () => Promise<unknown>): Promise<void> {
    if (this.#others === undefined) await work()
    else await this.#others.inTurn(work)
  }

  /** From now on what is set of a host's variables is told when all come together. */
  keep(host: HostState): void {
    if (this.#others !== undefined) this.#told.set(host, copyOf(host))
  }

  /**
   * Tells the others what was found for hosts that are worked on here, and that what was probed of the stale ones counts
   * no more; gives what was found for all, in their order. Of a host without, whoever worked on it has ended: it
   * is out of reach.
   */
  async hear<T>(
    hosts: readonly HostState[],
    found: ReadonlyMap<HostState, T>,
    stale: readonly HostState[],
    heard: { onStale?: (host: HostState) => void; onVariables?: (told: VariablesTold) => void } = {},
  ): Promise<Map<HostState, T>> {
    if (this.#others === undefined) return new Map(found)
    const words = await this.#others.meet({
      of: [...found].map(([host, value]) => [host.name, value]),
      stale: stale.map(({ name }) => name),
      variables: this.#news(),
    })
    const all = new Map<string, T>([...found].map(([host, value]) => [host.name, value]))
    for (const { of, stale: theirs, variables } of words) {
      for (const [name, value] of of) all.set(name, value as T)
      for (const name of theirs) for (const host of this.#named(name)) heard.onStale?.(host)
      for (const told of variables) {
        for (const host of this.#named(told.host)) apply(told, host)
        heard.onVariables?.(told)
      }
    }
    const lost = hosts.filter((host) => !this.isHere(host) && !all.has(host.name))
    for (const host of lost) host.out ??= 'unreachable'
    const known = hosts.filter((host) => all.has(host.name))
    return new Map(known.map((host) => [host, all.get(host.name)!]))
  }

  #named(name: string): HostState[] {
    return this.#hosts.filter((host) => host.name === name)
  }

  #news(): VariablesTold[] {
    const news: VariablesTold[] = []
    for (const [host, before] of this.#told) {
      const told = {
        host: host.name,
        facts: changed(before.facts, host.facts),
        assigned: changed(before.assigned, host.assigned),
        included: changed(before.included, host.included),
      }
      if (this.#others?.wantVariables === true) this.keep(host)
      else this.#told.delete(host)
      const { facts, assigned, included } = told
      if ([facts, assigned, included].some(({ set, gone }) => set.length + gone.length > 0)) news.push(told)
    }
    return news
  }
}

/** Sets what was told of one host on another. */
export function apply({ facts, assigned, included }: VariablesTold, host: HostState): void {
  set(host.facts, facts)
  set(host.assigned, assigned)
  set(host.included, included)
}

function set<V>(map: Map<string, V>, { set, gone }: Changed<V>): void {
  for (const name of gone) map.delete(name)
  for (const [name, value] of set) map.set(name, value)
}

function copyOf({ facts, assigned, included }: HostState): Kept {
  return { facts: new Map(facts), assigned: new Map(assigned), included: new Map(included) }
}

/** Values are never changed, only replaced. */
function changed<V>(before: ReadonlyMap<string, V>, now: ReadonlyMap<string, V>): Changed<V> {
  return {
    set: [...now].filter(([name, value]) => before.get(name) !== value || !before.has(name)),
    gone: [...before.keys()].filter((name) => !now.has(name)),
  }
}
