import { setMaxListeners } from 'node:events'
import { basename } from 'node:path'
import type { Play, Playbook } from '../playbook/ast.ts'
import type { Listener } from '../protocol/event.ts'
import { locationOf } from '../protocol/location.ts'
import type { KeeperClient } from '../remote/kept/keeper-client.ts'
import { SessionPool } from '../remote/session-pool.ts'
import { shownPath } from '../yaml/files.ts'
import type { HostState } from './host.ts'
import { loginsOf } from './logins.ts'
import { maskedEvent } from './masked.ts'
import { type BatchRunner, runPlay } from './play.ts'
import { type Prepared, type Prompter, parsedWords, Run } from './run.ts'
import { timing, untimed } from './spans.ts'

export interface RunHooks {
  readonly emit: Listener
  /** The user's first Ctrl-C: nothing more is started. */
  readonly stop: AbortSignal
  /** The second, after `stop`: what runs is cut off. */
  readonly cut: AbortSignal
  readonly ask: Prompter
  /** Logins that are there already, and stay for the next run; without it, the run has its own. */
  readonly pool?: SessionPool
  /** Keeps logins for the run of another process; it is not closed. */
  readonly keeper?: KeeperClient | undefined
  /** Who takes the batches of plays through them; without it, the run does so itself. */
  readonly runBatch?: BatchRunner
}

/** Runs what was prepared, and gives the exit status. */
export async function execute(
  prepared: Prepared,
  { emit: tell, stop, cut, ask, pool: kept, keeper, runBatch }: RunHooks,
): Promise<number> {
  const { request } = prepared
  // Hosts stay in it: a set that they come into and go from again and again is made anew as often.
  const isRunning = new Map<string, boolean>()
  const running = () => [...isRunning].flatMap(([host, is]) => (is ? [host] : []))
  const emit: Listener = (event) => {
    if (event.type === 'host-started') isRunning.set(event.host, true)
    if (event.type === 'host-finished') isRunning.set(event.host, false)
    tell(maskedEvent(event))
  }
  const { verbosity, about = [] } = request.output
  const detail = (level: number, message: string, host?: string): void => {
    if (verbosity >= level) emit({ type: 'detail', level, message, ...(host !== undefined && { host }) })
  }
  for (const { level, message } of about) detail(level, message)
  for (const source of prepared.parsed) detail(3, parsedWords(source))
  for (const message of request.warnings) emit({ type: 'warning', message })
  for (const { message, hint, place } of prepared.warnings) {
    const told = hint === undefined ? message : `${message}; ${hint}`
    emit({ type: 'warning', message: told, ...(place && { location: locationOf(place) }) })
  }
  const pool = kept ?? new SessionPool()
  pool.serve({ ...loginsOf(prepared, emit), keeper })
  // Every host that waits listens.
  setMaxListeners(0, stop)
  stop.addEventListener('abort', () => emit({ type: 'interrupted', running: running(), again: false }))
  cut.addEventListener('abort', () => {
    emit({ type: 'interrupted', running: running(), again: true })
    pool.kill()
  })
  try {
    const run = new Run({ ...prepared, pool, stop, emit, ask })
    await runPlaybooks(run, prepared, runBatch)
    return exitStatus([...run.hosts.values()], request.execution.check, stop.aborted)
  } finally {
    const timed = request.output.profile ? timing(emit) : untimed
    await timed('closing', () => (kept ? pool.closeUnused() : pool.close()))
  }
}

/** Runs every play of every playbook. */
async function runPlaybooks(
  run: Run,
  { request, playbooks }: Prepared,
  runBatch: BatchRunner | undefined,
): Promise<void> {
  const started = performance.now()
  const { check, diff } = request.execution
  run.emit({ type: 'run-started', playbooks: request.playbooks, check, diff })
  let plays = 0
  for (const playbook of playbooks) {
    if (run.stop.aborted) break
    if (request.output.verbosity > 1) tellOf(playbook, run)
    if (!(await runPlays(run, playbook.plays, plays, runBatch))) break
    plays += playbook.plays.length
  }
  // As in Ansible, hosts that did nothing are not reported: those that others were delegated to, for one.
  const worked = [...run.hosts].filter(([, { stats }]) => Object.values(stats).some((count) => count > 0))
  const stats = Object.fromEntries(worked.map(([name, host]) => [name, host.stats]))
  const seconds = (performance.now() - started) / 1000
  run.emit({ type: 'run-finished', stats, interrupted: run.stop.aborted, seconds })
}

/** Runs plays, of which so many are behind us, until one is the last; false then. */
async function runPlays(
  run: Run,
  plays: readonly Play[],
  before: number,
  runBatch: BatchRunner | undefined,
): Promise<boolean> {
  for (const [at, play] of plays.entries())
    if (run.stop.aborted || !(await runPlay(run, play, before + at + 1, runBatch))) return false
  return true
}

function tellOf({ path, plays }: Playbook, run: Run): void {
  const message = `PLAYBOOK: ${basename(path)}`
  run.emit({ type: 'detail', level: 2, message, isHeading: true })
  run.detail(2, () => `${plays.length} ${plays.length === 1 ? 'play' : 'plays'} in ${shownPath(path)}`)
}

/** 99 interrupted, 4 a host unreachable, 2 a host failed, 3 drift under check, 0 done or cleared of its errors. */
function exitStatus(hosts: readonly HostState[], check: boolean, interrupted: boolean): number {
  if (interrupted) return 99
  if (hosts.some(({ out }) => out === 'unreachable')) return 4
  if (hosts.some(({ out }) => out === 'failed')) return 2
  if (check && hosts.some(({ stats }) => stats.changed > 0)) return 3
  return 0
}
