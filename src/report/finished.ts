import type { TaskInfo, TaskResult } from '../protocol/event.ts'
import { type Outcome, outcomeOf, type RunningTask } from './live/live-state.ts'
import type { Style, Theme } from './paint.ts'
import { FOREIGN, locationName, type RenderOptions, reason, renderResult } from './result.ts'
import { clean, fit, indent, names, pad, width, wrapped } from './text.ts'

const order: readonly Outcome[] = ['ok', 'changed', 'unreachable', 'failed', 'ignored', 'skipped']
const worstFirst: readonly Outcome[] = ['failed', 'unreachable', 'ignored', 'changed', 'ok', 'skipped']

/** As many different outcomes of one kind are shown in full; the others only by the names of their hosts. */
const mostGroups = 10
/** Of more different changes than that, so many are shown as samples: what is wrong stays in sight. */
const samples = 3

/**
 * The permanent lines of a task that has finished: its name and counts, and what is worth knowing of its hosts. Sentences
 * are as wide as they are, or with `wraps` no wider than `columns`.
 */
export function finishedLines(
  task: RunningTask,
  columns: number,
  telling: RenderOptions,
  wraps = false,
): string[] {
  const { look, verbosity } = telling
  const lines = wraps ? wrapped : alone
  const results = task.hosts.flatMap((host): [string, TaskResult][] => {
    const result = task.results.get(host)
    return result === undefined ? [] : [[host, result]]
  })
  const counts = new Map<Outcome, number>()
  for (const [, result] of results) {
    const outcome = outcomeOf(result)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  return [
    ...lines(headline(task.info, counts, columns, look), columns),
    ...(verbosity > 1 ? [`    ${look.paint('dim', locationName(task.info.location))}`] : []),
    ...worstFirst.flatMap((outcome) => {
      const those = results.filter(([, result]) => outcomeOf(result) === outcome)
      return those.length === 0
        ? []
        : indent(outcomeLines(task.info, outcome, those, columns - 4, telling, lines), 4)
    }),
  ]
}

const alone = (line: string): string[] => [line]

function headline(
  info: TaskInfo,
  counts: ReadonlyMap<Outcome, number>,
  columns: number,
  { paint, symbols }: Theme,
): string {
  const worst = worstFirst.find((outcome) => counts.has(outcome)) ?? 'skipped'
  const name = clean(info.handler ? `handler: ${info.name}` : info.name)
  const room = Math.max(20, Math.min(columns - 36, 60))
  const cells = order
    .filter((outcome) => counts.has(outcome))
    .map((outcome) => paint(styleOf(outcome), `${outcome} ${counts.get(outcome)}`))
  const named = worst === 'skipped' ? paint('dim', pad(name, room)) : pad(name, room)
  const sign = paint(styleOf(worst), symbols.status[worst === 'ignored' ? 'failed' : worst])
  return `${sign} ${named}  ${cells.join('  ')}`
}

function styleOf(outcome: Outcome): Style {
  return outcome === 'ignored' ? 'changed' : outcome
}

/** Hosts with the same lines share them. */
function outcomeLines(
  task: TaskInfo,
  outcome: Outcome,
  results: readonly (readonly [host: string, result: TaskResult])[],
  columns: number,
  telling: RenderOptions,
  sentence: typeof wrapped,
): string[] {
  const { look, verbosity, diff } = telling
  const quiet = (outcome === 'ok' || outcome === 'skipped') && verbosity === 0 && !task.verboseAlways
  if (quiet) return []
  const groups = new Map<string, { hosts: string[]; title: string; lines: string[] }>()
  for (const [host, result] of results) {
    const title = titleOf(outcome, result, verbosity)
    const lines = renderResult(task, result, telling)
    const key = [title, ...lines].join('\n')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { hosts: [clean(host)], title, lines })
    else group.hosts.push(clean(host))
  }
  const worth = [...groups.values()].filter(({ title, lines }) => title !== '' || lines.length > 0)
  const most = outcome === 'changed' && worth.length > mostGroups ? samples : mostGroups
  const full = verbosity > 0 || task.verboseAlways ? worth : worth.slice(0, most)
  const others = worth.slice(full.length).flatMap(({ hosts }) => hosts)
  const rest = `and ${names(others, 8)}, -v shows all`
  return [
    ...full.flatMap(({ hosts, title, lines }) => {
      const who = names(hosts, verbosity > 0 ? hosts.length : 8) + title
      const painted = look.paint(styleOf(outcome), who)
      if (lines.length === 1 && width(`${who}  ${lines[0]}`) <= columns) return [`${painted}  ${lines[0]}`]
      const brief = outcome === 'changed' && verbosity === 0 && !diff
      const shown = brief ? lines.map((line) => fit(line, columns - 2, look.symbols.cut)) : lines
      return [...sentence(painted, columns), ...indent(shown, 2)]
    }),
    ...(others.length > 0 ? sentence(look.paint(styleOf(outcome), rest), columns) : []),
  ]
}

/** What follows the names of the hosts; "" when there is nothing to say of them. */
function titleOf(outcome: Outcome, result: TaskResult, verbosity: number): string {
  switch (outcome) {
    case 'failed':
      return ` failed: ${fit(reason(result), 200, '...')}`
    case 'ignored':
      return ` failed, and the play goes on: ${fit(reason(result), 200, '...')}`
    case 'unreachable':
      return ` unreachable: ${fit(reason(result), 200, '...')}`
    case 'changed':
      return ` changed${result.isForeign ? FOREIGN : ''}`
    case 'skipped':
      return verbosity > 0 ? ` skipped: ${reason(result)}` : ''
    case 'ok':
      return ''
  }
}
