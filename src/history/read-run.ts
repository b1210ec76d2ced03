import type { Event, HostStats, PlayInfo, TaskInfo, TaskResult } from '../protocol/event.ts'
import type { Change } from '../sdk/module.ts'
import { type Fields, objectOf } from './columns.ts'
import { Damaged, type Database, type Row } from './database.ts'
import type { About, KeptEvent, KeptRun } from './kept-run.ts'
import { CHANGE, EVENT, HOST, ITEM, PLAY, RESULT, RUN, TASK } from './tables.ts'

/** The number of a run that is kept, the last one's if none is given; undefined without it. */
export function keptNumber(db: Database, given?: number): number | undefined {
  const [row] = db.rows<{ number: number | null }>(
    'SELECT max(number) AS number FROM runs WHERE ?1 IS NULL OR number = ?1',
    [given ?? null],
  )
  return row?.number ?? undefined
}

/** A kept run out of the tables, as it was put there. Raises Damaged. */
export function readRun(db: Database, number: number): KeptRun {
  try {
    const [run] = db.rows('SELECT * FROM runs WHERE number = ?', [number])
    return { about: aboutOf(run!), events: new Reader(db, number).events() }
  } catch (error) {
    throw new Damaged(`run ${number} is no longer what was written (${(error as Error).message})`)
  }
}

function aboutOf(run: Row): About {
  const { limited_to: limit, ...about } = objectOf(run, RUN)
  return { ...about, ...(limit !== undefined && { limit }) } as unknown as About
}

/** A row, and the fields of what was written into it. */
interface Found {
  readonly row: Row
  readonly told: Readonly<Record<string, unknown>>
}

class Reader {
  readonly #db: Database
  readonly #run: number
  readonly #changes: ReadonlyMap<string, Found[]>
  readonly #items: ReadonlyMap<string, Found[]>
  readonly #tasks = new Map<unknown, TaskInfo>()

  constructor(db: Database, run: number) {
    this.#db = db
    this.#run = run
    this.#changes = grouped(
      this.#found('changes', CHANGE, 'result, item, place'),
      ({ result, item }) => `${result} ${item}`,
    )
    this.#items = grouped(this.#found('items', ITEM, 'result, item'), ({ result }) => `${result}`)
  }

  events(): KeptEvent[] {
    const tasks = this.#found('tasks', TASK).map((found) => {
      const { hosts, ...told } = found.told
      const task = placed(told, 'task') as TaskInfo
      this.#tasks.set(task.id, task)
      return eventOf(found, { type: 'task-started', task, hosts })
    })
    const all = [
      ...this.#found('plays', PLAY).map((found) => eventOf(found, playEvent(found.told))),
      ...tasks,
      ...this.#found('results', RESULT).map((found) => eventOf(found, this.#resultEvent(found))),
      ...this.#found('events', EVENT).map((found) => eventOf(found, this.#otherEvent(found.told))),
    ]
    return all.sort((one, other) => one.position - other.position).map(({ at, event }) => ({ at, event }))
  }

  #resultEvent({ row, told }: Found): object {
    const { task, host, ...outcome } = told
    const items = this.#items.get(`${row.position}`)?.map((item) => {
      const { label, ...told } = item.told
      return { ...this.#result(told, row.position, item.row.item), label }
    })
    const result = { ...this.#result(outcome, row.position, 0), ...(items && { items }) }
    return { type: 'host-finished', task: this.#task(task), host, result }
  }

  #result(told: Found['told'], result: unknown, item: unknown): Omit<TaskResult, 'items'> {
    const { status, seconds, returned, ...more } = told
    const changes = this.#changes.get(`${result} ${item}`) ?? []
    return {
      ...more,
      ...{ status, seconds, values: returned ?? { changed: status === 'changed' } },
      changes: changes.map(({ told }) => changeOf(told)),
    } as unknown as TaskResult
  }

  #otherEvent(told: Found['told']): object {
    if (told.type === 'run-finished') return { ...told, stats: this.#stats() }
    return told.task === undefined ? told : { ...told, task: this.#task(told.task) }
  }

  #stats(): Readonly<Record<string, HostStats>> {
    const entries = this.#found('hosts', HOST).map(({ told: { host, ...stats } }) => [host, stats])
    return Object.fromEntries(entries)
  }

  #task(id: unknown): TaskInfo {
    const task = this.#tasks.get(id)
    if (task === undefined) throw new Error(`no task ${id}`)
    return task
  }

  #found(table: string, fields: Fields, order = 'position'): Found[] {
    const rows = this.#db.rows(`SELECT * FROM ${table} WHERE run = ? ORDER BY ${order}`, [this.#run])
    return rows.map((row) => ({ row, told: objectOf(row, fields) }))
  }
}

function eventOf({ row }: Found, event: object): KeptEvent & { readonly position: number } {
  return { position: Number(row.position), at: Number(row.at), event: event as Event }
}

function playEvent({ hosts, reason, ...told }: Found['told']): object {
  const play = placed(told, 'play')
  return reason === undefined
    ? { type: 'play-started', play, hosts }
    : { type: 'play-without-hosts', play, reason }
}

/** A play or task that was written with its place in columns of its own. */
function placed(told: Found['told'], name: 'play' | 'task'): PlayInfo | TaskInfo {
  const { [name]: id, file, line, column, ...more } = told
  return { ...more, id, location: { file, line, column } } as unknown as PlayInfo | TaskInfo
}

function changeOf({ text_before: before, text_after: after, ...told }: Found['told']): Change {
  return { ...told, ...(before !== undefined && { text: { before, after } }) } as unknown as Change
}

function grouped(found: readonly Found[], key: (row: Row) => string): Map<string, Found[]> {
  const groups = new Map<string, Found[]>()
  for (const one of found) {
    const name = key(one.row)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [one])
    else group.push(one)
  }
  return groups
}
