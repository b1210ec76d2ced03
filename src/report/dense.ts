import type { Event, Listener } from '../protocol/event.ts'
import { finishedLines } from './finished.ts'
import { LiveState } from './live/live-state.ts'
import { interruption } from './plain.ts'
import { Tally } from './recap.ts'
import type { RenderOptions } from './result.ts'
import { clean } from './text.ts'
import { warningWords } from './warning.ts'

const COLUMNS = 100

/** A line for each task when it has ended, and what failed in it; no lines for hosts that are well. */
export function createDense(telling: RenderOptions, write: (text: string) => void): Listener {
  const tally = new Tally()
  const board = new LiveState(() => 0)
  const say = (lines: readonly string[]) => write(lines.map((line) => `${line}\n`).join(''))
  const end = (id: number) => {
    const task = board.finish(id)
    if (task !== undefined && task.results.size > 0) say(finishedLines(task, COLUMNS, telling))
  }
  return (event: Event) => {
    tally.note(event)
    board.apply(event)
    switch (event.type) {
      case 'play-started':
        return say([telling.look.paint('bold', clean(event.play.name))])
      case 'task-finished':
        return end(event.task.id)
      case 'warning': {
        const { plain, place, style } = warningWords(event)
        return say([telling.look.paint(style, plain + place)])
      }
      case 'interrupted':
        return say([telling.look.paint('failed', interruption(event.running, event.again))])
      case 'run-finished':
        for (const id of [...board.tasks.keys()]) end(id)
        return say(tally.closing(event, telling.look))
      default:
        return
    }
  }
}
