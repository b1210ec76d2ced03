import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Member, processesOf, SHELF } from './fleet.ts'

/** What befalls hosts in a round, and how many of a hundred. The others are healthy. */
const SHARES = {
  slow: 8,
  full: 5,
  killed: 6,
  vanished: 2,
  frozen: 5,
  refusing: 4,
  reset: 6,
} as const

export type State = keyof typeof SHARES | 'healthy'

/** Hosts that a run may lose in the middle. */
export const LOSABLE: readonly State[] = ['killed', 'vanished', 'frozen', 'refusing', 'reset']

/** A run waits long for these. */
const SILENT: readonly State[] = ['vanished', 'frozen']

/** Chance says what befalls whom; without `silent` ones, a round is short. */
export function draw(members: readonly Member[], silent: boolean): Map<Member, State> {
  return new Map(
    members.map((member) => {
      let left = Math.random() * 100
      const state = (Object.keys(SHARES) as (keyof typeof SHARES)[]).find((state) => {
        left -= SHARES[state]
        return left < 0
      })
      return [member, state === undefined || (!silent && SILENT.includes(state)) ? 'healthy' : state]
    }),
  )
}

/** Lets it befall the host, once or until the round has `ended`. */
export async function befall(member: Member, state: State, ended: Promise<void>): Promise<void> {
  switch (state) {
    case 'killed':
      return kill(member)
    case 'vanished':
      return member.vanish()
    case 'frozen':
      await thaw(await freeze(member), ended)
      return
    case 'reset':
      return reset(member)
    case 'full':
      return fill(member)
  }
}

/** Takes away what filled its disk. */
export function empty(member: Member): void {
  rmSync(member.path(`${SHELF}/fill`), { force: true })
}

/** Everything but its first process, the SSH server; all of it is stopped first, so that nobody sees another die. */
async function kill(member: Member): Promise<void> {
  for (const pid of await stop(member, [member.init])) signal(pid, 'SIGKILL')
}

function freeze(member: Member): Promise<Set<number>> {
  return stop(member, [])
}

/** Gives those that were stopped: what has been started meanwhile is stopped, too. */
async function stop(member: Member, but: readonly number[]): Promise<Set<number>> {
  const stopped = new Set<number>()
  for (;;) {
    const more = processesOf([member])
      .get(member)!
      .filter((pid) => !stopped.has(pid) && !but.includes(pid))
    if (more.length === 0) return stopped
    for (const pid of more) {
      signal(pid, 'SIGSTOP')
      stopped.add(pid)
    }
  }
}

const FROZEN = 45_000

async function thaw(stopped: Iterable<number>, ended: Promise<void>): Promise<void> {
  const late = new AbortController()
  const long = sleep(Math.random() * FROZEN, undefined, { signal: late.signal }).catch(() => {})
  await Promise.race([ended, long])
  late.abort()
  for (const pid of stopped) signal(pid, 'SIGCONT')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}

/** Every connection to it, with no goodbye. */
function reset({ init }: Member): Promise<void> {
  const cut = ['-t', String(init), '--net', 'ss', '--kill', '--tcp', 'sport = :22']
  return new Promise((done, failed) =>
    execFile('nsenter', cut, (error) => (error === null ? done() : failed(error))),
  )
}

function fill(member: Member): void {
  try {
    writeFileSync(member.path(`${SHELF}/fill`), Buffer.alloc(2 ** 20))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
