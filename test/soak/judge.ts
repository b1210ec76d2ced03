import type { Status } from '../../src/protocol/event.ts'
import { type Member, WORD } from './fleet.ts'
import { LOSABLE, type State } from './trouble.ts'
import { type Round, WORK } from './work.ts'

/** What a run told of one task on one host. */
export interface Told {
  readonly task: string
  readonly status: Status
  readonly values: Readonly<Record<string, unknown>>
}

export interface ToldRun {
  readonly exitStatus: number
  /** In the order of the tasks, by the name of the host. */
  readonly hosts: ReadonlyMap<string, readonly Told[]>
}

/** How a host came through: to its end, failed as it had to, or lost. */
type Ending = 'ok' | 'failed' | 'unreachable'

export interface Verdict {
  readonly ending: Ending
  readonly wrong: readonly string[]
}

/** Whether all that was told of a host, and all that was done, is what its state allows. */
export function judge(state: State, told: readonly Told[], round: Round): Verdict {
  const { member } = round
  const wrong = told.flatMap((one) => [...resultFaults(state, one, round), ...strangers(one, member)])
  const last = told.at(-1)
  const ending = last?.status === 'unreachable' || last?.status === 'failed' ? last.status : 'ok'
  const names = Object.keys(WORK)
  if (told.some(({ task }, index) => task !== names[index])) wrong.push('tasks are missing in between')
  if (ending === 'ok' && told.length < names.length) wrong.push(`only ${told.length} tasks were told of`)
  if (told.slice(0, -1).some(({ status }) => status === 'unreachable' || status === 'failed'))
    wrong.push('it went on behind its end')
  for (const [index, name] of names.entries()) {
    const done = told[index]?.status === 'changed' || told[index]?.status === 'ok'
    if (!done && (name === 'fetched' || state === 'vanished')) continue
    const fault = WORK[name]!.files?.(round, done)
    if (fault !== undefined) wrong.push(`${name}, ${done ? 'done' : 'not done'}: ${fault}`)
  }
  return { ending, wrong: wrong.map((what) => `${member.name} (${state}): ${what}`) }
}

function resultFaults(state: State, { task, status, values }: Told, round: Round): string[] {
  switch (status) {
    case 'ok':
    case 'changed':
      return Object.entries(WORK[task]!.right(round))
        .filter(([name, wanted]) => values[name] !== wanted)
        .map(([name]) => `${task}: ${name} is ${JSON.stringify(values[name])?.slice(0, 300)}`)
    case 'unreachable':
      return LOSABLE.includes(state) ? [] : [`${task}: unreachable: ${values.msg}`]
    case 'failed':
      if (state === 'full' && /No space left/.test(JSON.stringify(values))) return []
      return [`${task}: failed: ${JSON.stringify(values).slice(0, 600)}`]
    case 'skipped':
      return [`${task}: skipped`]
  }
}

/** Words of other hosts. */
function strangers(told: Told, { secret }: Member): string[] {
  const words = [...JSON.stringify(told).matchAll(WORD)].filter(([, whose]) => whose !== secret)
  return words.length === 0 ? [] : [`${told.task}: ${words.length} words of others, such as ${words[0]![0]}`]
}

/** The exit status that such results have. */
export function exitStatusOf({ hosts }: ToldRun): number {
  const statuses = [...hosts.values()].map((told) => told.at(-1)?.status)
  if (statuses.includes('unreachable')) return 4
  return statuses.includes('failed') ? 2 : 0
}
