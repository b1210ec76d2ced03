/** What is told of a run, in its order. */
export type Told =
  /** A task begins; one that has begun before is another one if `again`, else it is joined by a host. */
  | { event: 'task'; task: string; name: string; again: boolean }
  | { event: 'item' | 'host'; task: string; name: string; host: string; status: string; said?: unknown }
  | { event: 'stats'; stats: Readonly<Record<string, Readonly<Record<string, number>>>> }

/** How a task ended on a host: its status, and what it said or how its items ended where there is such. */
type Ending = string | { status?: string; said?: unknown; items?: Ending[] }

/** What a run does, as far as it is compared. */
export interface Answer {
  readonly exit: number
  /** It ended without statistics: something was found wrong before or while it ran. */
  readonly broken?: true
  readonly tasks: readonly { readonly task: string; readonly hosts: Readonly<Record<string, Ending>> }[]
  /** The counts that are not 0. */
  readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What was left below out/. */
  readonly files?: Readonly<Record<string, { mode?: string; text?: string; link?: string }>>
}

interface Heard {
  readonly id: string
  readonly task: string
  readonly hosts: Record<string, Ending>
  readonly items: Record<string, Ending[]>
}

/** The answer that a run's events come to. */
export function answerOf(exit: number, told: readonly Told[], files: NonNullable<Answer['files']>): Answer {
  const heard: Heard[] = []
  let stats: Answer['stats'] | undefined
  const latest = (id: string) => heard.findLast((one) => one.id === id)
  const begun = (id: string, task: string) => {
    const one = { id, task, hosts: {}, items: {} }
    heard.push(one)
    return one
  }
  for (const event of told) {
    if (event.event === 'stats') stats = counted(event.stats)
    else if (event.event === 'task') {
      if (event.again || latest(event.task) === undefined) begun(event.task, event.name)
    } else {
      // Of some tasks only the end is told.
      const one: Heard = latest(event.task) ?? begun(event.task, event.name)
      const { status, said, host } = event
      if (event.event === 'item') one.items[host] = [...(one.items[host] ?? []), ending(status, said)]
      else one.hosts[host] = ending(status, said, one.items[host])
    }
  }
  return {
    exit,
    ...(stats === undefined && { broken: true }),
    tasks: heard
      .filter(({ hosts }) => Object.keys(hosts).length > 0)
      .map(({ task, hosts }) => ({ task, hosts: sorted(hosts) })),
    stats: stats ?? {},
    ...(Object.keys(files).length > 0 && { files }),
  }
}

function ending(status: string, said: unknown, items?: Ending[]): Ending {
  if (said === undefined && items === undefined) return status
  return { status, ...(said !== undefined && { said }), ...(items !== undefined && { items }) }
}

function counted(stats: Answer['stats']): Answer['stats'] {
  const hosts = Object.entries(stats).map(([host, counts]) => {
    const some = Object.entries(counts).filter(([, count]) => count > 0)
    return [host, sorted(Object.fromEntries(some))] as const
  })
  return sorted(Object.fromEntries(hosts))
}

function sorted<Value>(map: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
