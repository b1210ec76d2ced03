import type { TaskInfo, TaskResult } from '../../protocol/event.ts'
import type { Change } from '../../sdk/module.ts'
import { changeLine, fileOf, isStructured } from '../changes.ts'
import { hunksOf, TOO_MANY, yaml } from '../diff.ts'
import { type Outcome, outcomeOf } from '../live/live-state.ts'
import { type Field, fieldsOf, reason, values } from '../result.ts'
import { clean } from '../text.ts'
import type { TaskRecord } from './record.ts'

/** What there is to say of a result, whoever shows it; all of it may be shown as it is. */
export interface Finding {
  /** Why it failed, was skipped or not reached. */
  readonly why?: string
  readonly changes: readonly Difference[]
  readonly fields: readonly Field[]
  /** Those of a loop. */
  readonly items?: readonly ItemFinding[]
}

interface ItemFinding extends Finding {
  readonly label: string
  readonly outcome: Outcome
}

/** One line, or for texts and structures what they are called and where they differ. */
export type Difference = string | { readonly what: string; readonly hunks: readonly Hunk[] | string }

/** The numbers of its first lines, before and after, and its lines with their signs. */
type Hunk = readonly [before: number, after: number, lines: readonly string[]]

/** Hosts for which a task has come to the same. */
export interface Group {
  readonly outcome: Outcome
  readonly hosts: string[]
  readonly finding: Finding
}

export function findingOf(task: TaskInfo, result: TaskResult): Finding {
  const { items } = result
  const outcome = outcomeOf(result)
  const own = items === undefined || items.length === 0 || outcome === 'unreachable'
  return {
    ...(outcome !== 'ok' && outcome !== 'changed' && { why: reason(result) }),
    changes: own ? result.changes.map((change) => differenceOf(change, fileOf(result))) : [],
    fields: own ? fieldsFor(task, result, outcome) : [],
    ...(!own && {
      items: items.map((item) => ({
        ...findingOf(task, item),
        label: clean(item.label),
        outcome: outcomeOf(item),
      })),
    }),
  }
}

/** The hosts of a task by what it came to there, in the order in which that was first found. */
export function groupsOf({ task, results }: TaskRecord): Group[] {
  const groups = new Map<string, Group>()
  for (const [host, result] of results) {
    const outcome = outcomeOf(result)
    const finding = findingOf(task, result)
    const key = JSON.stringify([outcome, finding])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { outcome, finding, hosts: [clean(host)] })
    else group.hosts.push(clean(host))
  }
  for (const { hosts } of groups.values()) hosts.sort(byName)
  return [...groups.values()]
}

/** The order of hosts as people count: web2 before web10. */
export const byName = new Intl.Collator('en', { numeric: true }).compare

function fieldsFor(task: TaskInfo, result: TaskResult, outcome: Outcome): Field[] {
  if (outcome === 'skipped') return []
  const failed = outcome !== 'ok' && outcome !== 'changed'
  const told = failed || typeof result.values.rc === 'number'
  const fields = told ? fieldsOf(result, false) : []
  const shown = failed ? fields : fields.filter(([name]) => name === 'stdout' || name === 'stderr')
  const returned: Field[] =
    task.verboseAlways && !failed ? [['', values(task, result, { verbosity: 0 })]] : []
  return [...returned, ...shown].filter(([, lines]) => lines.length > 0)
}

function differenceOf(change: Change, file: string | undefined): Difference {
  const { what, before, after, text } = change
  if (text !== undefined) {
    const name = clean(file === undefined ? what : `${file} (${what})`)
    return { what: name, hunks: hunks(text.before, text.after) }
  }
  if (isStructured(before) || isStructured(after))
    return { what: clean(what), hunks: hunks(yaml(before), yaml(after)) }
  return changeLine(change)
}

function hunks(before: string, after: string): readonly Hunk[] | string {
  const found = hunksOf(before, after)
  return found?.map(({ oldStart, newStart, lines }): Hunk => [oldStart, newStart, lines]) ?? TOO_MANY
}
