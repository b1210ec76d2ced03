import { dirname } from 'node:path'
import pLimit, { type LimitFunction } from 'p-limit'
import { Host } from '../inventory/group.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory, type ParsedSource } from '../inventory/load.ts'
import type { Block, Play, Playbook, Step } from '../playbook/ast.ts'
import type { Sources } from '../playbook/reading.ts'
import type { Event, Listener, PlayInfo, TaskInfo } from '../protocol/event.ts'
import { locationOf } from '../protocol/location.ts'
import type { RunRequest } from '../protocol/request.ts'
import type { SessionPool } from '../remote/session-pool.ts'
import { TemplateContext } from '../template/context.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import type { Node, Value } from '../values/value.ts'
import { masked } from '../vault/secrets.ts'
import type { BegunJob } from './begun-job.ts'
import { FactCache } from './fact-cache.ts'
import { HostState } from './host.ts'
import { limitedHosts, playHosts } from './play-hosts.ts'
import { type Timed, timing, untimed } from './spans.ts'
import { StartAt } from './start-at.ts'

/** Asks the user for a variable; undefined when there is nobody to ask. */
export type Prompter = (prompt: string, isPrivate: boolean) => Promise<string | undefined>

export interface RunParts extends Prepared {
  readonly pool: SessionPool
  readonly stop: AbortSignal
  readonly emit: Listener
  readonly ask: Prompter
  /** Is called before something is done for a host. Raises Interrupted when it may not be done any more. */
  readonly holds?: (host: string) => void
  /** Waits until something may be done for a host of which nothing was done in its turn so far. */
  readonly begins?: (host: string) => Promise<void>
  /** Waits while events have nowhere to go; is asked before each host's turn at a task. */
  readonly ready?: () => Promise<void>
}

/** A run of which everything is read and found right as far as that can be known without a host. */
export interface Prepared {
  readonly request: RunRequest
  readonly inventory: Inventory
  readonly playbooks: readonly Playbook[]
  readonly sources: Sources
  readonly extraVars: ReadonlyMap<string, Node>
  readonly warnings: readonly Problem[]
  /** The inventories that were read. */
  readonly parsed: readonly ParsedSource[]
}

/** What is said of an inventory that was read. */
export function parsedWords({ path, plugin }: ParsedSource): string {
  return `Parsed ${path} inventory source with ${plugin} plugin`
}

/** One run of playbooks: what its plays share. */
export class Run {
  readonly request: RunRequest
  readonly inventory: Inventory
  readonly sources: Sources
  readonly extraVars: ReadonlyMap<string, Node>
  readonly pool: SessionPool
  /** Aborted when nothing more is to be started. */
  readonly stop: AbortSignal
  /** Where hosts that are worked on have their slots: as many as there are forks. */
  readonly slots: LimitFunction
  /** What goes on by itself on hosts. */
  /** Facts of other runs. */
  readonly facts: FactCache | undefined
  readonly jobs = new Map<string, BegunJob>()
  readonly start: StartAt
  readonly #parts: RunParts
  readonly #hosts = new Map<string, HostState>()
  readonly #strangers = new Map<string, HostState>()
  #limited: ReadonlySet<Host> | undefined
  #tasks = 0
  /** --step, as long as nobody has said that it is to go on without. */
  #steps: boolean
  #playEnds = false

  constructor(parts: RunParts) {
    this.#parts = parts
    this.request = parts.request
    this.inventory = parts.inventory
    this.sources = parts.sources
    this.extraVars = parts.extraVars
    this.pool = parts.pool
    this.stop = parts.stop
    const { selection, execution } = parts.request
    this.facts = execution.facts && new FactCache(execution.facts)
    this.slots = pLimit(execution.forks)
    this.#steps = execution.step
    this.#limited = limitedHosts(parts.inventory, parts.request)
    this.start = new StartAt(selection.startAtTask)
  }

  emit(event: Event): void {
    this.#parts.emit(event)
  }

  /** Must be waited for before a turn begins to do something for a host. Raises as `holds` does. */
  async begins(host: HostState): Promise<void> {
    await this.#parts.begins?.(host.name)
    this.holds(host)
  }

  /** Must be called before something is done for a host. Raises Interrupted when it may not be done any more. */
  holds({ name }: HostState): void {
    this.#parts.holds?.(name)
  }

  /** Waits while events have nowhere to go. */
  async ready(): Promise<void> {
    await this.#parts.ready?.()
  }

  /** Tells whoever has said so many -v; what is told is not even made for others. */
  detail(level: number, message: () => string, host?: string): void {
    if (this.request.output.verbosity < level) return
    this.emit({ type: 'detail', level, message: message(), ...(host !== undefined && { host }) })
  }

  /** Times what is done in a host's turn at a task. */
  timed(task: TaskInfo, { name }: HostState): Timed {
    return this.request.output.profile ? timing(this.#parts.emit, { task, host: name }) : untimed
  }

  /** The hosts that the run has had to do with. */
  get hosts(): ReadonlyMap<string, HostState> {
    return this.#hosts
  }

  /** The hosts that a play means and --limit leaves, in the play's order. */
  hostsOf(play: Play): HostState[] {
    const { hosts } = playHosts(this.inventory, play, this.extraVars)
    const names = hosts.filter((host) => this.#limited?.has(host) ?? true).map((host) => host.name)
    return ordered(names, play.order).map((name) => this.hostState(name))
  }

  hostState(name: string): HostState {
    let state = this.#hosts.get(name)
    if (state === undefined) {
      const host = this.inventory.host(name)
      if (host === undefined) throw new ProblemError({ message: `unknown host "${name}" in the inventory` })
      state = new HostState(host)
      for (const [fact, value] of this.facts?.read(name) ?? []) state.facts.set(fact, value)
      this.#hosts.set(name, state)
    }
    return state
  }

  /** A host that tasks are delegated to: as in Ansible one that the inventory does not know is reached by its name. */
  delegate(name: string): HostState {
    if (this.inventory.host(name) !== undefined) return this.hostState(name)
    let state = this.#strangers.get(name)
    if (state === undefined) {
      state = new HostState(new Host(name))
      this.#strangers.set(name, state)
    }
    return state
  }

  /** The host's state if the run has had to do with it. */
  knownState(name: string): HostState | undefined {
    return this.#hosts.get(name)
  }

  /** meta: refresh_inventory. Hosts that are not in it any more leave the play. Raises ProblemError. */
  async refreshInventory(): Promise<void> {
    const { request, playbooks, extraVars } = this.#parts
    const { inventory, problems, parsed } = await loadInventory(request.selection.inventory, {
      playbookDirs: playbooks.flatMap(({ path, plays }) => [
        dirname(path),
        ...plays.map(({ folder }) => folder),
      ]),
      cwd: request.folder,
      ignored: request.selection.ignored,
      extraVars,
    })
    if (problems.length > 0) throw new ProblemError(problems)
    for (const source of parsed) this.detail(3, () => parsedWords(source))
    this.replaceInventory(inventory)
  }

  /** From now on the hosts and groups are those of another inventory. */
  replaceInventory(inventory: Inventory): void {
    this.inventory.takeOver(inventory)
    this.#limited = limitedHosts(this.inventory, this.request)
    for (const state of this.#hosts.values()) {
      const host = this.inventory.host(state.name)
      if (host === undefined) state.ended = true
      else state.host = host
    }
  }

  newTaskId(): number {
    this.#tasks += 1
    return this.#tasks
  }

  taskInfo(step: Exclude<Step, Block>, play: PlayInfo, name: string, handler: boolean): TaskInfo {
    const action = step.kind === 'task' ? step.action : step.kind
    const verboseAlways = step.kind === 'task' && step.module.verboseAlways
    return {
      ...{ id: this.newTaskId(), play: play.id, name, action, location: locationOf(step.place), handler },
      ...(verboseAlways && { verboseAlways }),
    }
  }

  /** meta: end_play; the batches that have not begun do not. */
  endPlay(): void {
    this.#playEnds = true
  }

  takePlayEnd(): boolean {
    const ends = this.#playEnds
    this.#playEnds = false
    return ends
  }

  /** Asks the user; undefined where there is nobody to ask. */
  readonly ask: Prompter = (prompt, isPrivate) => this.#parts.ask(masked(prompt), isPrivate)

  /** Whether a task is to be done; under --step somebody is asked, and can say yes to all that follow. */
  async takes(nameOf: () => string): Promise<boolean> {
    if (!this.#steps) return true
    const answer = await this.ask(`Perform task: ${nameOf()} (N)o/(y)es/(c)ontinue: `, false)
    const said = answer?.trim().toLowerCase() ?? ''
    if (['c', 'continue'].includes(said)) this.#steps = false
    return !this.#steps || ['y', 'yes'].includes(said)
  }

  /** The answers to a play's vars_prompt; a variable given with -e is not asked for. */
  async prompt(play: Play): Promise<ReadonlyMap<string, Value>> {
    const answers = new Map<string, Value>()
    const extra = TemplateContext.of([{ name: 'extra vars', variables: this.extraVars }])
    for (const { name, prompt, default: otherwise, isPrivate, isConfirmed } of play.varsPrompt) {
      if (this.extraVars.has(name)) continue
      let answer = await this.ask(`${prompt}: `, isPrivate)
      while (
        isConfirmed &&
        answer !== undefined &&
        answer !== (await this.ask(`confirm ${prompt}: `, isPrivate))
      )
        answer = await this.ask(`${prompt}: `, isPrivate)
      if (answer !== undefined && answer !== '') answers.set(name, answer)
      else if (otherwise !== undefined) answers.set(name, extra.render(otherwise))
      else if (answer !== undefined) answers.set(name, '')
    }
    return answers
  }
}

function ordered(names: readonly string[], order: string): string[] {
  switch (order) {
    case 'reverse_inventory':
      return [...names].reverse()
    case 'sorted':
      return [...names].sort()
    case 'reverse_sorted':
      return [...names].sort().reverse()
    case 'shuffle':
      return names
        .map((name) => ({ name, at: Math.random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ name }) => name)
    default:
      return [...names]
  }
}
