import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { prepare } from '../../src/analysis/prepare.ts'
import { readFlags } from '../../src/cli/options.ts'
import { readRequest } from '../../src/cli/request.ts'
import { execute } from '../../src/engine/execute.ts'
import type { Prepared } from '../../src/engine/run.ts'
import { untimed } from '../../src/engine/spans.ts'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { modules } from '../../src/modules/index.ts'
import type { Event, HostStats, TaskResult } from '../../src/protocol/event.ts'
import { formatProblems } from '../../src/report/diagnostic.ts'
import { type Catalogue, defineModule } from '../../src/sdk/module.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { Interrupt } from './interrupt.ts'

export interface Ran {
  readonly exitStatus: number
  readonly events: readonly Event[]
  /** What was found wrong before connecting, as shown; paths are relative to the playbook's folder. */
  readonly problems: string
  /** "task host status", by task and then by host. */
  readonly steps: readonly string[]
  /** The same in the order of the ends. */
  readonly order: readonly string[]
  readonly stats: Readonly<Record<string, HostStats>>
  result(task: string, host?: string): TaskResult
}

export interface Running {
  /** More files beside the playbook: path to text. */
  readonly files?: Readonly<Record<string, string>>
  /** Hosts of the inventory; every one is this machine. */
  readonly hosts?: readonly string[]
  readonly args?: readonly string[]
  readonly onEvent?: (event: Event, interrupt: Interrupt) => void
  readonly answer?: string
  /** Modules in place of those of the same name. */
  readonly modules?: Catalogue
}

/** Runs a playbook given as text on hosts that all are this machine. */
export async function runText(playbook: string, running: Running = {}): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'playbook-'))
  try {
    const files = { 'play.yml': playbook, ...running.files }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return await runIn(folder, running)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A run made ready as the command line does it, but that plays which do not say gather no facts. */
export async function prepared(
  args: readonly string[],
  own: Catalogue = {},
  inventory?: Inventory,
): Promise<Prepared> {
  const request = await readRequest(readFlags(args), async () => undefined)
  return prepare(
    { ...request, execution: { ...request.execution, gatherFacts: false } },
    { ...modules, ...own },
    untimed,
    inventory,
  )
}

async function runIn(
  folder: string,
  { hosts = ['one'], args = [], onEvent, answer, modules: own }: Running,
): Promise<Ran> {
  const events: Event[] = []
  const interrupt = new Interrupt()
  const emit = (event: Event) => {
    events.push(event)
    onEvent?.(event, interrupt)
  }
  const inventory = args.includes('-i') ? [] : ['-i', `${hosts.join(',')},`]
  const placed = args.map((arg) => arg.replaceAll('HERE', folder))
  // A machine that is busy with other tests takes its time to let a login in.
  const flags = ['-c', 'local', '-T', '60', ...inventory, ...placed, join(folder, 'play.yml')]
  try {
    const exitStatus = await execute(await prepared(flags, own), {
      emit,
      ...interrupt.signals,
      ask: async () => answer,
    })
    return summary(exitStatus, events, '', hosts)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return summary(1, events, formatProblems(error.problems).replaceAll(`${folder}/`, ''), hosts)
  }
}

function summary(
  exitStatus: number,
  events: readonly Event[],
  problems: string,
  hosts: readonly string[],
): Ran {
  const finished = events.filter((event) => event.type === 'host-finished')
  const ended = events.find((event) => event.type === 'run-finished')
  const told = ({ task, host, result }: (typeof finished)[number]) => `${task.name} ${host} ${result.status}`
  return {
    exitStatus,
    events,
    problems,
    stats: ended?.stats ?? {},
    steps: [...finished]
      .sort((a, b) => a.task.id - b.task.id || hosts.indexOf(a.host) - hosts.indexOf(b.host))
      .map(told),
    order: finished.map(told),
    result(task, host = finished[0]?.host) {
      const found = finished.find((event) => event.task.name === task && event.host === host)
      if (found === undefined) throw new Error(`no result of "${task}" on ${host}`)
      return found.result
    },
  }
}

/** A module `ping` that warns of what `data` says. */
export const warningPing = defineModule({
  name: 'ping',
  summary: 'Warns.',
  options: { data: { type: 'str', required: true, help: 'Of what.' } },
  plan: ({ data }) => ({ changes: [], warnings: [`mind the ${data}`] }),
})
