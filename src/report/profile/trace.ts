import { visibleJson } from '../../values/visible.ts'
import { locationName } from '../result.ts'
import { phaseNames, waitsForOthers } from './phases.ts'
import { type Stretch, type Timeline, type Turn, turnsBy } from './timeline.ts'

const RUNNER = 1
const PATH = 2
const FIRST_HOST = 3

/**
 * A timeline as a document of the Trace Event Format, in pieces: a lane for the runner, one for what the end of the
 * run waited for, and one for each host, with tasks and their phases as complete events. In a lane nothing overlaps
 * but what lies within another.
 */
export function* traceDocument({ runner, plays, turns, path }: Timeline): Iterable<string> {
  yield `{"displayTimeUnit":"ms","traceEvents":[\n${JSON.stringify(named('process_name', RUNNER, 'run'))}`
  yield lines([
    ...laneNames(RUNNER, 'runner'),
    ...plays.map((play) => traceSlice(RUNNER, `play: ${play.name}`, play)),
    ...runner.map((span) => traceSlice(RUNNER, phaseNames[span.phase], span)),
  ])
  yield lines([
    ...laneNames(PATH, 'what the end waited for'),
    ...path.flatMap((turn) => turnSlices(PATH, `${turn.host}: ${turn.task.name}`, turn)),
  ])
  let lane = FIRST_HOST
  for (const [host, own] of turnsBy(turns, (turn) => turn.host)) {
    yield lines([
      ...laneNames(lane, host),
      ...own.flatMap((turn) => turnSlices(lane, turn.task.name, turn)),
      ...waitsForOthers(own).map((wait) => traceSlice(lane, phaseNames.others, wait)),
    ])
    lane += 1
  }
  yield '\n]}\n'
}

function lines(events: readonly object[]): string {
  return events.map((event) => `,\n${visibleJson(JSON.stringify(event))}`).join('')
}

function laneNames(lane: number, name: string): object[] {
  const order = { name: 'thread_sort_index', ph: 'M', pid: 1, tid: lane, args: { sort_index: lane } }
  return [named('thread_name', lane, name), order]
}

function named(what: 'process_name' | 'thread_name', lane: number, name: string): object {
  return { name: what, ph: 'M', pid: 1, tid: lane, args: { name } }
}

function turnSlices(lane: number, name: string, turn: Turn): object[] {
  const { task, status = 'interrupted', spans, probed } = turn
  const about = {
    module: task.action,
    status,
    at: locationName(task.location),
    ...(probed.length > 0 && { probed: probed.map(({ probes }) => probes) }),
  }
  return [
    traceSlice(lane, name, turn, about),
    ...spans.map((span) =>
      traceSlice(
        lane,
        phaseNames[span.phase],
        span,
        span.what === undefined ? undefined : { what: span.what },
      ),
    ),
  ]
}

function traceSlice(lane: number, name: string, { began, ended }: Stretch, args?: object): object {
  const ts = micros(began)
  return {
    name,
    ph: 'X',
    pid: 1,
    tid: lane,
    ts,
    dur: Number((micros(ended) - ts).toFixed(3)),
    ...(args && { args }),
  }
}

/** Whole nanoseconds, in µs. */
function micros(seconds: number): number {
  return Number((seconds * 1e6).toFixed(3))
}
