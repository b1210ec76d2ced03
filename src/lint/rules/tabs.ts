import type { Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { type LintTask, scalarsOf } from '../tasks.ts'

export const tabs: Rule = {
  id: 'no-tabs',
  description: 'Write spaces in place of tabs.',
  severity: 'LOW',
  tags: ['formatting'],
  profile: 'basic',
  on: 'task',
  check,
}

/** What lineinfile writes and looks for may well hold a tab. */
const OF_LINES = ['insertafter', 'insertbefore', 'regexp', 'line']

function* check(task: LintTask): Iterable<Found> {
  const isLines = task.action?.short === 'lineinfile'
  for (const { key, node } of scalarsOf(task)) {
    if (typeof node.value !== 'string' || !node.value.includes('\t') || (isLines && OF_LINES.includes(key)))
      continue
    yield { message: `"${key}" holds a tab`, place: node.place }
    return
  }
}
