import type { Phase, TaskInfo, TaskResult } from '../../src/protocol/event.ts'
import { Timeline } from '../../src/report/profile/timeline.ts'
import { Story } from './events.ts'

/** Tells a run with a clock that is set by hand. Times are in ms. */
export class TimedStory {
  readonly timeline: Timeline
  readonly #story: Story
  #now = 0

  constructor(hosts: readonly string[]) {
    this.timeline = new Timeline(() => this.#now / 1000)
    this.#story = new Story((event) => this.timeline.note(event), hosts)
  }

  info(name: string, action = 'copy'): TaskInfo {
    return this.#story.info(name, action)
  }

  runner(phase: Phase, began: number, ended: number): this {
    return this.#at(ended, () =>
      this.#story.tell({ type: 'span', phase, began: began / 1000, seconds: (ended - began) / 1000 }),
    )
  }

  play(at: number): this {
    return this.#at(at, () => this.#story.play())
  }

  connecting(host: string, at: number): this {
    return this.#at(at, () => this.#story.tell({ type: 'connecting', host }))
  }

  start(task: TaskInfo, at: number, hosts: readonly string[]): this {
    return this.#at(at, () => this.#story.start(task, hosts))
  }

  /** A phase of a host's turn; told when it ends. */
  span(task: TaskInfo, host: string, phase: Phase, began: number, ended: number, what?: string): this {
    const times = { began: began / 1000, seconds: (ended - began) / 1000 }
    return this.#at(ended, () =>
      this.#story.tell({ type: 'span', phase, ...(what && { what }), task, host, ...times }),
    )
  }

  probed(task: TaskInfo, host: string, probes: number, at: number): this {
    return this.#at(at, () => this.#story.tell({ type: 'probed', task, host, probes }))
  }

  finish(task: TaskInfo, host: string, told: TaskResult, at: number): this {
    return this.#at(at, () => this.#story.finish(task, host, told))
  }

  taskEnd(task: TaskInfo, at: number): this {
    return this.#at(at, () => this.#story.tell({ type: 'task-finished', task }))
  }

  end(at: number): this {
    return this.#at(at, () => this.#story.end())
  }

  close(at: number): Timeline {
    this.#at(at, () => this.timeline.close())
    return this.timeline
  }

  #at(time: number, tell: () => void): this {
    this.#now = time
    tell()
    return this
  }
}
