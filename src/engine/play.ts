import type { Play, Step, Task } from '../playbook/ast.ts'
import { withDependencies } from '../playbook/roles.ts'
import type { PlayInfo } from '../protocol/event.ts'
import { locationOf } from '../protocol/location.ts'
import { GATHERER } from '../sdk/module.ts'
import type { TemplateContext } from '../template/context.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import type { Value } from '../values/value.ts'
import { Batch } from './batch.ts'
import type { HostState } from './host.ts'
import { PlayVariables } from './play-variables.ts'
import type { Run } from './run.ts'
import { selectSteps, type Tags } from './tags.ts'
import type { Others } from './together.ts'

const NO_INVENTORY =
  'there is no inventory: give one with -i, or as "inventory" in playssh.yml or ansible.cfg'

/** The hosts of a play that go through it together. */
export interface PlayBatch {
  readonly play: Play
  readonly info: PlayInfo
  /** From 1. */
  readonly number: number
  /** All hosts that the play is for, and those of the batch. */
  readonly all: readonly HostState[]
  readonly members: readonly HostState[]
  /** The answers to the play's vars_prompt. */
  readonly prompted: ReadonlyMap<string, Value>
}

/** Takes the hosts of a batch through their play; how they have fared is in their states. */
export type BatchRunner = (batch: PlayBatch, run: Run) => Promise<void>

/** Runs a play, one batch of hosts after the other. False when nobody is left and the run must end. */
export async function runPlay(
  run: Run,
  play: Play,
  id: number,
  runBatch: BatchRunner = runBatchHere,
): Promise<boolean> {
  const info = infoOf(play, id)
  const chosen = run.hostsOf(play)
  const all = chosen.filter((host) => host.out === undefined)
  if (all.length === 0) {
    const none = run.inventory.hosts.size === 0 ? `no hosts matched; ${NO_INVENTORY}` : 'no hosts matched'
    const reason = chosen.length === 0 ? none : 'none of its hosts is left'
    run.emit({ type: 'play-without-hosts', play: info, reason })
    return true
  }
  for (const host of all) host.ended = host.removed = false
  run.emit({ type: 'play-started', play: info, hosts: all.map((host) => host.name) })
  const prompted = await run.prompt(play)
  let goesOn = true
  const ofAll = new PlayVariables(run, play, all, all, prompted).forPlay()
  const serial = play.serial.map((node) => ofAll.render(node))
  for (const [at, members] of batches(serial, all).entries()) {
    await runBatch({ play, info, number: at + 1, all, members, prompted }, run)
    if (members.every((host) => host.out !== undefined)) goesOn = false
    if (!goesOn || run.stop.aborted || run.takePlayEnd()) break
  }
  run.emit({ type: 'play-finished', play: info })
  return goesOn
}

/** What is told of a play, which is the run's first, second, ... */
export function infoOf(play: Play, id: number): PlayInfo {
  return { id, name: play.name, location: locationOf(play.place) }
}

/**
 * Takes the hosts of a batch, or only some of them, through their play; others may work on some of them. Raises
 * ProblemError.
 */
export async function runBatchHere(
  { play, info, all, members, prompted }: PlayBatch,
  run: Run,
  hosts: readonly HostState[] = members,
  others?: Others,
): Promise<void> {
  const { selection } = run.request
  const scope = new PlayVariables(run, play, all, members, prompted)
  const [facts] = selectSteps(gatheringFacts(run, play), selection, () => scope.forPlay())
  const sections = sectionsOf(selection, play, () => scope.forPlay())
  await new Batch({ run, play, info }, hosts, scope, others).sections(sections, facts)
}

/** The steps of a play by section, as tags leave them: pre_tasks, roles and tasks, post_tasks. Raises ProblemError. */
export function sectionsOf(tags: Tags, play: Play, scope: () => TemplateContext): Step[][] {
  const main = [...play.roles.flatMap(withDependencies).flatMap(({ steps }) => steps), ...play.tasks]
  return [play.preTasks, main, play.postTasks].map((steps) => selectSteps(steps, tags, scope))
}

/** The task that gathers facts, where a play wants it. */
function gatheringFacts(run: Run, play: Play): Task[] {
  const wanted = play.gatherFacts
  const gathers = wanted?.kind === 'scalar' ? wanted.value === true : run.request.execution.gatherFacts
  const module = run.sources.modules[GATHERER]
  if (!gathers || module === undefined) return []
  const { place } = play
  const scalar = (value: string) => ({ kind: 'scalar' as const, value, place })
  const { gatherSubset, gatherTimeout, factPath } = play
  // As in Ansible: facts are gathered whatever is chosen, but by a play with tags of its own.
  const tags = play.inherited.tags.length === 0 ? ['always'] : play.inherited.tags
  const said = { gather_subset: gatherSubset, gather_timeout: gatherTimeout, fact_path: factPath }
  const entries = Object.entries(said).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, keyPlace: place, value }],
  )
  const task: Task = {
    kind: 'task',
    place,
    name: scalar('Gathering Facts'),
    inherited: { ...play.inherited, tags },
    role: undefined,
    folder: play.folder,
    loop: undefined,
    register: undefined,
    notify: [],
    until: undefined,
    retries: undefined,
    delay: undefined,
    changedWhen: undefined,
    failedWhen: undefined,
    listen: [],
    written: GATHERER,
    action: GATHERER,
    argsFrom: [],
    actionPlace: place,
    module,
    args: { kind: 'map', entries, place },
  }
  return [task]
}

/** Cuts hosts into batches: numbers, percentages or a list of them, the last one repeated. Raises ProblemError. */
function batches(serial: readonly unknown[], hosts: readonly HostState[]): HostState[][] {
  if (serial.length === 0) return [[...hosts]]
  const sizes = serial.flat().map((size) => batchSize(size, hosts.length))
  const cut: HostState[][] = []
  for (let at = 0, turn = 0; at < hosts.length; turn += 1) {
    const size = sizes[Math.min(turn, sizes.length - 1)]!
    cut.push(hosts.slice(at, at + size))
    at += size
  }
  return cut
}

function batchSize(size: unknown, hosts: number): number {
  const text = String(size).trim()
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (percent !== null) return Math.max(1, Math.floor((Number(percent[1]) / 100) * hosts))
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0) {
    const problem: Problem = { message: `serial takes numbers and percentages, this is "${text}"` }
    throw new ProblemError(problem)
  }
  return number === 0 ? hosts : number
}
