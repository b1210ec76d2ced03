import { resolve } from 'node:path'
import type { Event, HostStats, PlayInfo, TaskInfo, TaskResult } from '../protocol/event.ts'
import { changedThings } from '../report/changes.ts'
import { clean } from '../report/text.ts'
import type { Change } from '../sdk/module.ts'
import type { ValueMap } from '../values/value.ts'
import { type Fields, rowOf } from './columns.ts'
import type { Database } from './database.ts'
import type { KeptEvent, KeptRun } from './kept-run.ts'
import { CHANGE, EVENT, FINDING, HOST, ITEM, PLAY, RESULT, RUN, TASK } from './tables.ts'

/** Puts a run into the tables, as that number and out of a file of that name. Raises an Error where it is not of a run's shape. */
export function writeRun(db: Database, number: number, file: string, { about, events }: KeptRun): void {
  const begun = events.find(({ event }) => event.type === 'run-started')?.event
  const { playbooks, check } = begun?.type === 'run-started' ? begun : { playbooks: [], check: false }
  const { at: ended, event: end } = events.at(-1)!
  if (end.type !== 'run-finished') throw new Error('a run that is kept has ended')
  const { limit, ...rest } = about
  db.insert('runs', {
    ...{ number, file },
    ...rowOf({ ...rest, limited_to: limit }, RUN),
    playbooks: JSON.stringify(playbooks),
    paths: playbooks.map((name) => clean(resolve(about.folder, name))).join(' '),
    ...{ check_mode: Number(check), began: events[0]!.at, ended },
    ...{ seconds: end.seconds, interrupted: Number(end.interrupted) },
  })
  const writer = new Writer(db, number)
  for (const [position, kept] of events.entries()) writer.write(position, kept)
}

/** Most results return no more; the column "returned" is empty then. */
function saysOnlyThat(status: TaskResult['status'], values: ValueMap): boolean {
  return Object.keys(values).length === 1 && values.changed === (status === 'changed')
}

class Writer {
  readonly #db: Database
  readonly #run: number
  readonly #found = new Set<string>()

  constructor(db: Database, run: number) {
    this.#db = db
    this.#run = run
  }

  write(position: number, { at, event }: KeptEvent): void {
    const { table, object, fields } = rowFor(event)
    this.#insert(table, { run: this.#run, position, at }, object, fields)
    if (event.type === 'run-finished') this.#writeStats(event.stats)
    if (event.type !== 'host-finished') return
    this.#writeParts(position, event.result)
    this.#writeFindings(event)
  }

  #insert(table: string, key: object, object: object, fields: Fields): void {
    this.#db.insert(table, { ...key, ...rowOf(object, fields) })
  }

  #writeStats(stats: Readonly<Record<string, HostStats>>): void {
    for (const [position, [host, numbers]] of Object.entries(stats).entries())
      this.#insert('hosts', { run: this.#run, position }, { host, ...numbers }, HOST)
  }

  #writeParts(result: number, { changes, items = [] }: TaskResult): void {
    this.#writeChanges(result, 0, changes)
    for (const [index, one] of items.entries()) {
      const item = index + 1
      this.#insert('items', { run: this.#run, result, item }, { ...outcome(one), items: one.items }, ITEM)
      this.#writeChanges(result, item, one.changes)
    }
  }

  #writeChanges(result: number, item: number, changes: readonly Change[]): void {
    for (const [place, { text, ...change }] of changes.entries()) {
      const texts = text && { text_before: text.before, text_after: text.after }
      this.#insert('changes', { run: this.#run, result, item, place }, { ...change, ...texts }, CHANGE)
    }
  }

  /** What differs between runs: what each has found, by host, and once. */
  #writeFindings({ task, host, result }: Extract<Event, { type: 'host-finished' }>): void {
    const { status } = result
    const isBad = status === 'failed' || status === 'unreachable'
    for (const what of isBad ? [clean(task.name)] : changedThings(task, result)) {
      const finding = { host, status: isBad ? status : 'changed', what }
      const key = JSON.stringify(finding)
      // Nothing is made of it again: a name that a column cannot hold exactly is good enough.
      const { rest, ...row } = rowOf(finding, FINDING)
      if (!this.#found.has(key)) this.#db.insert('findings', { run: this.#run, ...row })
      this.#found.add(key)
    }
  }
}

/** An event as one row of its table. */
function rowFor(event: Event): { readonly table: string; readonly object: object; readonly fields: Fields } {
  switch (event.type) {
    case 'play-started':
    case 'play-without-hosts': {
      const { play, type, ...told } = event
      return { table: 'plays', object: { ...flat(play, 'play'), ...told }, fields: PLAY }
    }
    case 'task-started': {
      const { task, type, ...told } = event
      return { table: 'tasks', object: { ...flat(task, 'task'), ...told }, fields: TASK }
    }
    case 'host-finished': {
      const { task, type, result, ...told } = event
      return { table: 'results', object: { ...outcome(result), ...told, task: task.id }, fields: RESULT }
    }
    case 'task-finished':
    case 'rescued':
      return { table: 'events', object: { ...event, task: event.task.id }, fields: EVENT }
    case 'run-finished': {
      const { stats, ...told } = event
      return { table: 'events', object: told, fields: EVENT }
    }
    default:
      return { table: 'events', object: event, fields: EVENT }
  }
}

/** A play or task whose place lies in columns of its own. */
function flat({ id, location, ...told }: PlayInfo | TaskInfo, name: 'play' | 'task'): object {
  return { ...told, ...location, [name]: id }
}

/** A result without its changes and items, which have tables of their own. */
function outcome({ values, changes, items, ...told }: TaskResult): object {
  const returned = saysOnlyThat(told.status, values) ? undefined : values
  return { ...told, returned, items: items?.length === 0 ? items : undefined }
}
