import type { TaskResult } from '../../protocol/event.ts'
import { outcomeOf } from '../live/live-state.ts'
import { createTheme } from '../paint.ts'
import { type RenderOptions, reason, renderResult } from '../result.ts'
import { clean } from '../text.ts'
import { escapeMarkup } from './markup.ts'
import type { PlayRecord, RunRecord, TaskRecord } from './record.ts'

const telling: RenderOptions = {
  look: createTheme({ color: false, unicode: false }),
  verbosity: 1,
  diff: true,
  changes: true,
  skipped: true,
}

/** JUnit XML: a suite for every play, a test case for every task on every host; hosts out of reach are errors. */
export function junitDocument({ plays, seconds }: RunRecord): string {
  const suites = plays.map(suite)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites time="${seconds.toFixed(3)}">\n${suites.join('')}</testsuites>\n`
}

function suite({ play, tasks, start, end }: PlayRecord): string {
  const outcomes = tasks.flatMap(({ results }) => [...results.values()].map(outcomeOf))
  const number = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length
  const head = attributes({
    name: clean(play.name),
    tests: String(outcomes.length),
    failures: String(number('failed')),
    errors: String(number('unreachable')),
    skipped: String(number('skipped')),
    timestamp: start.toISOString(),
    time: ((end.getTime() - start.getTime()) / 1000).toFixed(3),
  })
  const cases = tasks.flatMap((task) =>
    [...task.results].map(([host, result]) => testCase(task, host, result)),
  )
  return `  <testsuite${head}>\n${cases.join('')}  </testsuite>\n`
}

function testCase({ task }: TaskRecord, host: string, result: TaskResult): string {
  const head = attributes({
    name: `[${clean(host)}] ${clean(task.name)}`,
    classname: `${clean(task.location.file)}:${task.location.line}`,
    time: result.seconds.toFixed(3),
  })
  const text = escapeMarkup(renderResult(task, result, telling).join('\n'))
  const body = verdict(result, text)
  return body === '' ? `    <testcase${head}/>\n` : `    <testcase${head}>${body}</testcase>\n`
}

function verdict(result: TaskResult, text: string): string {
  const message = attributes({ message: reason(result) })
  switch (outcomeOf(result)) {
    case 'failed':
      return `<failure${message}>${text}</failure>`
    case 'unreachable':
      return `<error${message}>${text}</error>`
    case 'skipped':
      return `<skipped${message}/>`
    default:
      return text === '' ? '' : `<system-out>${text}</system-out>`
  }
}

function attributes(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([name, value]) => ` ${name}="${escapeMarkup(value)}"`)
    .join('')
}
