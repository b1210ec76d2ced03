import { readFlags } from '../../src/cli/options.ts'
import { execute } from '../../src/engine/execute.ts'
import type { Event, ItemResult, TaskInfo, TaskResult } from '../../src/protocol/event.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { Interrupt } from '../support/interrupt.ts'
import { prepared } from '../support/playbook.ts'
import type { Runner } from './stage.ts'
import type { Told } from './transcript.ts'

/** Members of a debug's result that are not what it shows. */
const BESIDES = ['changed', 'failed', 'failed_when_result', 'ansible_loop_var', 'msg']

/** Runs a playbook with this runner, in this process. */
export const runPlayssh: Runner = async (args, folder) => {
  const told: Told[] = []
  const before = process.cwd()
  process.chdir(folder)
  try {
    const ready = await prepared(args)
    if (readFlags(args).list.syntaxCheck) return { exit: 0, told }
    const emit = (event: Event) => void told.push(...heard(event))
    const exit = await execute(ready, { emit, ...new Interrupt().signals, ask: async () => undefined })
    return { exit, told }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { exit: 1, told }
  } finally {
    process.chdir(before)
  }
}

function heard(event: Event): Told[] {
  switch (event.type) {
    case 'task-started': {
      const { id, name } = event.task
      return [{ event: 'task', task: String(id), name, again: true }]
    }
    case 'item-finished':
      return [ended('item', event.task, event.host, event.item)]
    case 'host-finished':
      return [ended('host', event.task, event.host, event.result)]
    case 'run-finished':
      return [{ event: 'stats', stats: statsOf(event.stats) }]
    default:
      return []
  }
}

function ended(event: 'item' | 'host', task: TaskInfo, host: string, result: TaskResult | ItemResult): Told {
  const isIgnored = event === 'host' && result.ignored && result.status === 'failed'
  const status = isIgnored ? 'ignored' : result.status
  const said = result.items === undefined ? saidIn(task.action.split('.').at(-1)!, result) : undefined
  return { event, task: String(task.id), name: task.name, host, status, ...(said !== undefined && { said }) }
}

/** What the playbook itself has a task say: other messages have words of this runner's own. */
function saidIn(action: string, { status, values }: TaskResult): unknown {
  const { msg } = values
  if (action === 'debug' && (status === 'ok' || status === 'changed')) {
    const besides = [...BESIDES, values.ansible_loop_var, values.ansible_index_var]
    return msg ?? Object.entries(values).find(([name]) => !besides.includes(name))?.[1]
  }
  if (action === 'fail' && status !== 'skipped' && msg !== 'Failed as requested from task') return msg
  const ownWords = [undefined, 'All assertions passed']
  if (
    action === 'assert' &&
    !ownWords.includes(msg as string) &&
    !String(msg).startsWith('this does not hold: ')
  )
    return msg
  return undefined
}

function statsOf(stats: Extract<Event, { type: 'run-finished' }>['stats']) {
  return Object.fromEntries(Object.entries(stats).map(([host, counts]) => [host, { ...counts }]))
}
