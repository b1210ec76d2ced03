import type { Event, Listener, TaskResult } from '../protocol/event.ts'
import type { Value, ValueMap } from '../values/value.ts'
import { changeLine } from './changes.ts'
import { diffLines } from './diff.ts'
import type { Theme } from './paint.ts'
import { interruption } from './plain.ts'
import { reason } from './result.ts'
import { clean, cleanLines, count, names } from './text.ts'
import { warningWords } from './warning.ts'

export interface AnswerOptions {
  readonly look: Theme
  readonly write: (text: string) => void
  readonly warn: (text: string) => void
  /** One line a host. */
  readonly oneLine: boolean
  readonly diff: boolean
  readonly check: boolean
}

/** Names of hosts that a heading shows, before it only counts. */
const MOST_NAMES = 8

interface Answer {
  readonly hosts: string[]
  readonly result: TaskResult
}

/** A task that has begun: its hosts in their order, and their answers by what is told of them. */
interface Asked {
  readonly order: readonly string[]
  readonly answers: Map<string, Answer>
}

/**
 * What hosts answer, as `ansible` shows it, but that hosts which answer the same are told together: those of one answer
 * stand in one heading, shown when all have answered.
 */
export function createAnswers(options: AnswerOptions): { listener: Listener; finish(): Promise<void> } {
  const { look, write, warn, oneLine } = options
  const asked = new Map<number, Asked>()
  const add = ({ answers }: Asked, host: string, result: TaskResult) => {
    const answer = [wordOf(result), ...answerLines(result, options)].join('\n')
    const same = answers.get(answer)
    if (same === undefined) answers.set(answer, { hosts: [host], result })
    else same.hosts.push(host)
  }
  const show = (id: number) => {
    const { order, answers } = asked.get(id) ?? { order: [], answers: new Map<string, Answer>() }
    asked.delete(id)
    for (const [answer, { hosts, result }] of answers) {
      const [word, ...lines] = answer.split('\n')
      const sorted = [...hosts].sort((one, other) => order.indexOf(one) - order.indexOf(other))
      const heading = look.paint(result.status, `${hostsOf(sorted)} | ${word}`)
      write(`${[heading, ...lines].join('\n')}\n`)
    }
  }
  return {
    finish: async () => {
      for (const id of [...asked.keys()]) show(id)
    },
    listener: (event: Event) => {
      switch (event.type) {
        case 'warning': {
          const { marked, style } = warningWords(event)
          return warn(`${look.paint(style, marked)}\n`)
        }
        case 'interrupted':
          return warn(`${look.paint('failed', interruption(event.running, event.again))}\n`)
        case 'play-without-hosts':
          return warn(`${look.paint('skipped', clean(event.reason))}\n`)
        case 'task-started':
          asked.set(event.task.id, { order: event.hosts, answers: new Map() })
          return
        case 'host-finished': {
          const task = asked.get(event.task.id)
          if (oneLine) write(`${inOneLine(event.host, event.result, look)}\n`)
          else if (task !== undefined) add(task, event.host, event.result)
          return
        }
        case 'task-finished':
          return show(event.task.id)
        default:
          return
      }
    },
  }
}

function hostsOf(hosts: readonly string[]): string {
  if (hosts.length === 1) return clean(hosts[0]!)
  return `${count(hosts.length, 'host')}: ${names(hosts.map(clean), MOST_NAMES)}`
}

const WORDS = {
  ok: 'SUCCESS',
  changed: 'CHANGED',
  failed: 'FAILED',
  unreachable: 'UNREACHABLE!',
  skipped: 'SKIPPED',
} as const

/** Ansible's word for a result, and what stands behind it on its line. */
function wordOf(result: TaskResult): string {
  const { rc } = result.values
  const word = `${WORDS[result.status]}${result.isForeign ? ' (foreign)' : ''}`
  if (isCommand(result)) return `${word} | rc=${rc} >>`
  if (result.status === 'unreachable' || result.status === 'failed') return `${word} => ${reason(result)}`
  return `${word} =>`
}

function isCommand({ values }: TaskResult): boolean {
  return typeof values.rc === 'number' && typeof values.stdout === 'string'
}

function answerLines(result: TaskResult, { look, diff, check }: AnswerOptions): string[] {
  const changes = diff ? diffLines(result, look) : check ? result.changes.map(changeLine) : []
  if (isCommand(result)) return [...changes, ...outputLines(result)]
  if (result.status === 'unreachable') return result.advice === undefined ? [] : cleanLines(result.advice)
  return [...changes, ...valueLines(result.values)]
}

function outputLines({ values, status }: TaskResult): string[] {
  const { stdout, stderr, msg } = values
  const said = [stdout, stderr].filter((text) => typeof text === 'string' && text !== '') as string[]
  if (status === 'failed' && typeof msg === 'string' && msg !== '') said.push(msg)
  return said.flatMap(cleanLines)
}

/** What Ansible keeps to itself, and what is shown otherwise. */
const HIDDEN = new Set(['diff', 'invocation', 'stdout_lines', 'stderr_lines', 'failed', 'warnings'])

function valueLines(values: ValueMap): string[] {
  const shown = Object.entries(values).filter(([name]) => !HIDDEN.has(name))
  return cleanLines(JSON.stringify(Object.fromEntries(shown), ascending, 4))
}

/** Keys in their order, so that the same values are the same text. */
function ascending(_key: string, value: Value): Value {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function inOneLine(host: string, result: TaskResult, look: Theme): string {
  const { stdout, stderr, rc } = result.values
  const tail = isCommand(result)
    ? ` | rc=${rc} | (stdout) ${inside(stdout)}${stderr ? ` (stderr) ${inside(stderr)}` : ''}`
    : ` => ${
        result.status === 'unreachable'
          ? reason(result)
          : valueLines(result.values)
              .map((line) => line.trim())
              .join(' ')
      }`
  return look.paint(result.status, `${clean(host)} | ${WORDS[result.status]}${tail}`)
}

/** A text of several lines in one, as Ansible writes it. */
function inside(text: Value | undefined): string {
  return cleanLines(String(text ?? '')).join('\\n')
}
