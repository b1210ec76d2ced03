import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Event, Listener } from '../protocol/event.ts'
import type { AddedFormat } from '../protocol/request.ts'
import { clean, width } from './text.ts'

/** As many as Ansible's callback names. */
const SLOWEST = 20
const COLUMNS = 79

/** What is done besides the output of a run: `lines` are shown behind it. */
export interface Addition {
  readonly listener: Listener
  lines(): string[]
}

const ADDITIONS: Readonly<Record<AddedFormat, (env: NodeJS.ProcessEnv) => Addition>> = {
  tree: ({ ANSIBLE_CALLBACK_TREE_DIR: folder }) => ({
    listener: keepTree(folder || join(homedir(), '.ansible', 'tree')),
    lines: () => [],
  }),
  profile_tasks: profileTasks,
  timer,
}

export function additionsOf(names: readonly AddedFormat[], env: NodeJS.ProcessEnv): Addition[] {
  return names.map((name) => ADDITIONS[name](env))
}

/** Writes each host's last answer into a file of its own, as `ansible --tree` does. */
export function keepTree(folder: string): Listener {
  mkdirSync(folder, { recursive: true })
  return (event: Event) => {
    if (event.type === 'host-finished')
      writeFileSync(join(folder, event.host.replaceAll('/', '_')), `${JSON.stringify(event.result.values)}\n`)
  }
}

function profileTasks(): Addition {
  const tasks = new Map<number, { readonly name: string; readonly began: number; ended: number }>()
  return {
    listener: (event) => {
      const now = performance.now()
      if (event.type === 'task-started')
        tasks.set(event.task.id, { name: event.task.name, began: now, ended: now })
      const task = event.type === 'host-finished' && tasks.get(event.task.id)
      if (task) task.ended = now
    },
    lines: () => {
      const slowest = [...tasks.values()]
        .map(({ name, began, ended }) => ({ name: clean(name), seconds: (ended - began) / 1000 }))
        .sort((one, other) => other.seconds - one.seconds)
        .slice(0, SLOWEST)
      const rows = slowest.map(({ name, seconds }) => {
        const took = `${seconds.toFixed(2)}s`
        return `${name} ${'-'.repeat(Math.max(1, COLUMNS - width(name) - took.length - 2))} ${took}`
      })
      return ['', '='.repeat(COLUMNS), ...rows]
    },
  }
}

function timer(): Addition {
  let took = 0
  return {
    listener: (event) => {
      if (event.type === 'run-finished') took = event.seconds
    },
    lines: () => {
      const whole = Math.floor(took)
      const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24]
      const [minutes, seconds] = [Math.floor(whole / 60) % 60, whole % 60]
      return [`Playbook run took ${days} days, ${hours} hours, ${minutes} minutes, ${seconds} seconds`]
    },
  }
}
