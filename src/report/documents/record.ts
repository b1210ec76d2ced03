import type { Event, HostStats, PlayInfo, TaskInfo, TaskResult } from '../../protocol/event.ts'
import { createTheme } from '../paint.ts'
import { Tally } from '../recap.ts'

/** Everything of a run that reports made at its end need. */
export interface RunRecord {
  readonly playbooks: readonly string[]
  readonly began: Date
  readonly check: boolean
  readonly plays: readonly PlayRecord[]
  readonly stats: Readonly<Record<string, HostStats>>
  readonly interrupted: boolean
  /** Seconds. */
  readonly seconds: number
  /** The closing lines of the recap. */
  readonly summary: readonly string[]
}

export interface PlayRecord extends Span {
  readonly play: PlayInfo
  readonly tasks: TaskRecord[]
}

export interface TaskRecord extends Span {
  readonly task: TaskInfo
  readonly results: Map<string, TaskResult>
}

interface Span {
  readonly start: Date
  end: Date
}

/** Collects the events of a run and hands over the record when it has finished. */
export function createRecorder(
  finished: (record: RunRecord) => void,
  now: () => Date,
): (event: Event) => void {
  const plays: PlayRecord[] = []
  const tasks = new Map<number, TaskRecord>()
  const tally = new Tally()
  let playbooks: readonly string[] = []
  let began = new Date(0)
  let check = false

  const begin = (play: PlayInfo): void => {
    const at = now()
    plays.push({ play, tasks: [], start: at, end: at })
  }

  return (event) => {
    tally.note(event)
    switch (event.type) {
      case 'run-started':
        playbooks = event.playbooks
        began = now()
        check = event.check
        break
      case 'play-started':
      case 'play-without-hosts':
        begin(event.play)
        break
      case 'task-started': {
        const at = now()
        const record = { task: event.task, results: new Map(), start: at, end: at }
        tasks.set(event.task.id, record)
        plays.findLast(({ play }) => play.id === event.task.play)?.tasks.push(record)
        break
      }
      case 'host-finished': {
        const record = tasks.get(event.task.id)
        if (record === undefined) break
        record.results.set(event.host, event.result)
        record.end = now()
        const play = plays.findLast(({ play }) => play.id === event.task.play)
        if (play !== undefined) play.end = record.end
        break
      }
      case 'run-finished':
        finished({
          playbooks,
          began,
          check,
          plays,
          stats: event.stats,
          interrupted: event.interrupted,
          seconds: event.seconds,
          summary: tally.closing(event, createTheme({ color: false, unicode: false })),
        })
        break
      default:
        break
    }
  }
}
