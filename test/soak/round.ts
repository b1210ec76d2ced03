import { once, setMaxListeners } from 'node:events'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Keys, reachedFromAfar } from '../bench/hosts.ts'
import { leftovers, type Member, processesOf } from './fleet.ts'
import { exitStatusOf, judge, type ToldRun } from './judge.ts'
import { runInside, runOutside } from './run.ts'
import { befall, empty, type State } from './trouble.ts'
import { large, playbook } from './work.ts'

/** A login or a start of a program may take so many seconds: two cores are shared by all these hosts. */
const PATIENCE = 30
/** What has ended or is about to has so many ms until it must be gone. */
export const GRACE = 30_000
/** Every so many rounds it is the command that runs, and not the engine in this process. */
const OUTSIDE = 5

export interface RoundOf {
  readonly folder: string
  readonly keys: Keys
  readonly members: readonly Member[]
  readonly states: ReadonlyMap<Member, State>
  readonly round: number
  /** What the last one took: trouble comes at any time of it, sooner rather than later. */
  readonly seconds: number
}

export interface Outcome {
  readonly endings: Record<string, number>
  readonly told: string[]
  readonly orphans: number
}

/** Runs the playbook once on all of them, and judges. */
export async function goThrough({
  folder,
  keys,
  members,
  states,
  round,
  seconds,
}: RoundOf): Promise<Outcome> {
  for (const member of members) member.renewWord()
  const job = join(folder, 'job')
  rmSync(job, { recursive: true, force: true })
  mkdirSync(join(job, 'fetched'), { recursive: true })
  writeFileSync(join(job, 'large'), large(round))
  writeFileSync(join(job, 'play.yml'), playbook(round % 3 === 0 ? 'free' : 'linear'))
  writeFileSync(join(job, 'hosts.yml'), inventory(states))
  const options = `-F none -o UserKnownHostsFile=${keys.knownHosts}`
  const args = [
    ...['-i', join(job, 'hosts.yml'), '-T', String(PATIENCE), '--private-key', keys.client],
    ...['--ssh-common-args', options, '-f', String(members.length), join(job, 'play.yml')],
  ]
  const ended = new AbortController()
  setMaxListeners(members.length + 1, ended.signal)
  const over = once(ended.signal, 'abort').then(() => {})
  const troubles = [...states].map(async ([member, state]) => {
    // What has not come by the end of the run comes then.
    await sleep(Math.random() ** 2 * seconds * 1000, undefined, { signal: ended.signal }).catch(() => {})
    await befall(member, state, over)
  })
  const run = round % OUTSIDE === 0 ? await runOutside(args, job) : await runInside(args)
  ended.abort()
  await Promise.all(troubles)
  return look({ folder, keys, members, states, round, seconds }, job, run)
}

/** Judges everything, then makes all hosts well again. */
async function look({ folder, keys, members, states }: RoundOf, job: string, run: ToldRun): Promise<Outcome> {
  const told: string[] = []
  const endings: Record<string, number> = {}
  for (const [member, state] of states) {
    if (state === 'vanished') await member.return(folder, keys)
    if (state === 'full') empty(member)
    const verdict = judge(state, run.hosts.get(member.name) ?? [], { folder: job, member })
    endings[verdict.ending] = (endings[verdict.ending] ?? 0) + 1
    told.push(...verdict.wrong)
  }
  if (run.exitStatus !== exitStatusOf(run)) told.push(`the exit status is ${run.exitStatus}`)
  told.push(...(await stillRunning(members)))
  let orphans = 0
  for (const [member, state] of states) {
    const left = leftovers(member)
    // Who is killed himself can take nothing away.
    if (state === 'killed') orphans += left.length
    else told.push(...left.map((path) => `${member.name} (${state}): ${path} is left over`))
  }
  const here = [...readdirSync(join(folder, 'tmp')), ...readdirSync(join(job, 'fetched'))]
  const strange = here.filter((name) => !members.some((member) => member.name === name))
  told.push(...strange.map((name) => `controller: ${name} is left over`))
  return { endings, told, orphans }
}

/** Programs on hosts that do not end by themselves. */
async function stillRunning(members: readonly Member[]): Promise<string[]> {
  for (const end = performance.now() + GRACE; ; await sleep(200)) {
    const busy = [...processesOf(members)].filter(([, processes]) => processes.length > 1)
    if (busy.length === 0) return []
    if (performance.now() > end)
      return busy.map(([{ name }, all]) => `${name}: ${all.length - 1} programs run on`)
  }
}

function inventory(states: ReadonlyMap<Member, State>): string {
  const lines = [...states].map(([member, state]) => {
    const { address } = state === 'slow' ? reachedFromAfar(member) : member
    const port = state === 'refusing' ? ', ansible_port: 23' : ''
    return `    ${member.name}: {ansible_host: ${address}, ansible_user: root${port}}`
  })
  return `all:\n  hosts:\n${lines.join('\n')}\n`
}
