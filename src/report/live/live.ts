import { Listr, type ListrRenderer, type ListrRendererFactory, type ListrTaskObject } from 'listr2'
import type { RunningTask } from './live-state.ts'

/** The tasks that listr2 is running, in the order in which they began. */
export type Stage = Set<RunningTask>

type LiveTask = ListrTaskObject<unknown, ListrRendererFactory, ListrRendererFactory>

/**
 * The renderer that listr2 is given. It draws nothing at an event: it puts its tasks on a stage, from which the
 * screen draws the visible rows of all of them, once a frame.
 */
class LiveRenderer implements ListrRenderer {
  static readonly nonTTY = true
  static readonly rendererOptions: { stage: Stage } = { stage: new Set() }
  static readonly rendererTaskOptions: Record<string, RunningTask> = {}
  readonly #running: RunningTask[]
  readonly #stage: Stage

  constructor(tasks: readonly LiveTask[], { stage }: { stage: Stage }) {
    this.#running = tasks.map(({ rendererTaskOptions }) => rendererTaskOptions.running)
    this.#stage = stage
  }

  render(): void {
    for (const task of this.#running) this.#stage.add(task)
  }

  end(): void {
    for (const task of this.#running) this.#stage.delete(task)
  }
}

/** Runs a task in listr2 until `done`; it is on the stage for as long. */
export async function runLive(running: RunningTask, done: Promise<void>, stage: Stage): Promise<void> {
  const task = { title: running.info.name, task: () => done, rendererOptions: { running } }
  await new Listr<unknown, typeof LiveRenderer>(task, {
    renderer: LiveRenderer,
    rendererOptions: { stage },
    // The run decides what a signal means; listr2 would end the process.
    registerSignalListeners: false,
  }).run()
}
