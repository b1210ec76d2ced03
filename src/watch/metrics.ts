import type { Board } from './board.ts'
import { troubled } from './report.ts'

/** A metric as Prometheus knows it; a value without labels stands under "". */
interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** Labels beside `playbook`, and the value. */
  readonly samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[]
}

/**
 * What is known of all hosts in the text format of Prometheus, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Every sample has the label `playbook`, so that several
 * of them can be told apart.
 */
export function metricsText(board: Board, playbooks: readonly string[], every: number): string {
  const playbook = playbooks.join(' ')
  return metricsOf(board, every)
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const full = `playssh_watch_${name}`
      const lines = samples.map(
        ([labels, value]) => `${full}{${labelled({ playbook, ...labels })}} ${value}\n`,
      )
      return `# HELP ${full} ${escapedHelp(help)}\n# TYPE ${full} ${type}\n${lines.join('')}`
    })
    .join('')
}

function metricsOf(board: Board, every: number): Metric[] {
  const gauge = (name: string, help: string, value: number | undefined): Metric => ({
    ...{ name, type: 'gauge', help },
    samples: value === undefined ? [] : [[{}, value]],
  })
  const counter = (name: string, help: string, value: number): Metric => ({
    ...{ name, type: 'counter', help, samples: [[{}, value]] },
  })
  const { last, lastInSync } = board
  return [
    gauge('hosts', 'Hosts of the last check that could be made.', board.hosts),
    gauge('hosts_drifted', 'Hosts on which something differs.', board.drifted.size),
    gauge('hosts_unreachable', 'Hosts that could not be reached.', troubled(board, 'unreachable').length),
    gauge('hosts_failed', 'Hosts on which a task failed.', troubled(board, 'failed').length),
    gauge(
      'last_check_success',
      'Whether the last check could be made: 0 when files are wrong.',
      last && (board.problem === undefined ? 1 : 0),
    ),
    gauge('last_check_duration_seconds', 'How long the last check took.', last?.seconds),
    gauge('last_check_timestamp_seconds', 'When the last check began.', last && last.at / 1000),
    gauge(
      'last_in_sync_timestamp_seconds',
      'When the last check began that found all in sync.',
      lastInSync && lastInSync / 1000,
    ),
    gauge('interval_seconds', 'From the beginning of one check to that of the next.', every / 1000),
    counter('checks_total', 'Checks since the start.', board.checks),
    counter('check_problems_total', 'Checks since the start that could not be made.', board.problems),
    counter('repaired_changes_total', 'Differences put right since the start.', board.repaired),
    {
      name: 'host_drifted_changes',
      type: 'gauge',
      help: 'What differs on a host.',
      samples: [...byHost(board)].map(([host, number]) => [{ host }, number]),
    },
  ]
}

function byHost({ drift }: Board): Map<string, number> {
  const numbers = new Map<string, number>()
  for (const { difference } of drift.values())
    numbers.set(difference.host, (numbers.get(difference.host) ?? 0) + 1)
  return numbers
}

function labelled(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapedHelp(value).replaceAll('"', '\\"')}"`)
    .join(',')
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
