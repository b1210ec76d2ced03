import { dirname } from 'node:path'
import { checkRun } from '../analysis/check.ts'
import { readTarget } from '../inventory/connection/target.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import type { Playbook } from '../playbook/ast.ts'
import { readPlaybook } from '../playbook/playbook.ts'
import type { Listener } from '../protocol/event.ts'
import type { RunRequest } from '../protocol/request.ts'
import { SessionPool } from '../remote/session-pool.ts'
import type { Target } from '../remote/target.ts'
import { Variables } from '../template/variables.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { Files } from '../yaml/files.ts'
import type { HostState } from './host.ts'
import type { Interrupt } from './interrupt.ts'
import { type Asker, Run } from './run.ts'
import { type Timed, timing, untimed } from './spans.ts'

/** A run of which everything is read and found right as far as that can be known without a host. */
export interface Prepared {
  readonly request: RunRequest
  readonly inventory: Inventory
  readonly playbooks: readonly Playbook[]
  readonly files: Files
  readonly warnings: readonly Problem[]
}

/** Reads inventory and playbooks and checks them. Raises ProblemError with all that is wrong. */
export async function prepare(request: RunRequest, timed: Timed = untimed): Promise<Prepared> {
  const files = new Files()
  const problems: Problem[] = []
  const playbooks = timed('playbooks', () =>
    request.playbooks.map((path) => readPlaybook(path, { files, problems, rolesPath: request.rolesPath })),
  )
  const playbookDirs = playbooks.flatMap(({ path, plays }) => [
    dirname(path),
    ...plays.map((play) => play.folder),
  ])
  const loaded = await timed('inventory', () =>
    loadInventory([...request.inventory], { playbookDirs, cwd: process.cwd() }),
  )
  const { inventory, warnings } = loaded
  problems.push(...files.problems.splice(0), ...loaded.problems)
  const found = timed('checking', () => checkRun({ request, inventory, playbooks, files }))
  problems.push(...found, ...files.problems)
  if (problems.length > 0) throw new ProblemError(problems)
  return { request, inventory, playbooks, files, warnings }
}

export interface Conduct {
  readonly emit: Listener
  readonly interrupt: Interrupt
  readonly ask: Asker
}

/** Runs what was prepared, and gives the exit status. */
export async function execute(prepared: Prepared, { emit: tell, interrupt, ask }: Conduct): Promise<number> {
  const { request, inventory } = prepared
  const running = new Set<string>()
  const emit: Listener = (event) => {
    if (event.type === 'host-started') running.add(event.host)
    if (event.type === 'host-finished') running.delete(event.host)
    tell(event)
  }
  for (const message of request.warnings ?? []) emit({ type: 'warning', message })
  for (const { message } of prepared.warnings) emit({ type: 'warning', message })
  const pool = new SessionPool({
    maxOutput: request.maxOutput,
    hop: (name) => hopTarget(name, prepared),
    warn: (message) => emit({ type: 'warning', message }),
    onConnecting: (host) => emit({ type: 'connecting', host }),
    onConnected: (host, seconds) => emit({ type: 'connected', host, seconds }),
  })
  interrupt.onRequest((again) => {
    emit({ type: 'interrupted', running: [...running], again })
    if (again) pool.kill()
  })
  try {
    const run = new Run({ ...prepared, inventory, pool, interrupt, emit, ask })
    const hosts = await run.all()
    return exitStatus([...hosts.values()], request.check, interrupt.requested)
  } finally {
    const timed = request.profile ? timing(emit) : untimed
    await timed('closing', () => pool.close())
  }
}

/** How a jump host is reached when the inventory knows it. */
function hopTarget(name: string, { inventory, playbooks, request }: Prepared): Target | undefined {
  const host = inventory.hosts.get(name)
  if (host === undefined) return undefined
  const folder = playbooks[0]?.plays[0]?.folder ?? process.cwd()
  const variables = new Variables([
    ...inventory.layersOf(host, folder),
    { name: 'extra vars', variables: request.extraVars },
    {
      name: 'magic',
      values: new Map([
        ['inventory_hostname', name],
        ['inventory_dir', inventory.inventoryDir(host) ?? null],
        ['playbook_dir', folder],
      ]),
    },
  ])
  return readTarget(name, (variable) => variables.get(variable), request.connection)
}

/** 99 interrupted, 4 a host unreachable, 2 a host failed, 3 drift under check, 0 done. */
function exitStatus(hosts: readonly HostState[], check: boolean, interrupted: boolean): number {
  if (interrupted) return 99
  if (hosts.some(({ stats }) => stats.unreachable > 0)) return 4
  if (hosts.some(({ stats, out }) => stats.failures > 0 || out === 'failed')) return 2
  if (check && hosts.some(({ stats }) => stats.changed > 0)) return 3
  return 0
}
