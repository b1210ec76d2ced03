import { type Field, locationName } from '../result.ts'
import { beside, clean, count, duration, names } from '../text.ts'
import { byName, type Difference, type Finding, type Group, groupsOf } from './findings.ts'
import { escapeMarkup } from './markup.ts'
import type { RunRecord, TaskRecord } from './record.ts'

/** A comment on GitHub has at most 65,536 characters, one on GitLab more. */
const MOST = 60_000
const MOST_HOSTS = 50

const ORDER = ['failed', 'unreachable', 'ignored', 'changed'] as const

/** A report for a pull request: what came of it, the hosts, and what failed and changed, to be opened. */
export function markdownDocument(run: RunRecord): string {
  const { playbooks, summary, check, seconds, interrupted } = run
  const head = [
    `## ${text(playbooks.join(', '))}${check ? ' (check)' : ''}`,
    ...summary.map((line) => `${text(line)}  `),
    `${interrupted ? 'Interrupted' : 'Done'} at ${run.began.toISOString().slice(0, 19)}Z in ${duration(seconds)}.`,
    hostTable(run),
  ].join('\n\n')
  const sections = ORDER.flatMap((outcome) =>
    run.plays.flatMap(({ tasks }) =>
      tasks.flatMap((task) =>
        groupsOf(task)
          .filter((group) => group.outcome === outcome)
          .map((group) => section(task, group)),
      ),
    ),
  )
  return `${[head, ...fitting(sections, MOST - head.length)].join('\n\n')}\n`
}

/** The first of them, as many as there is room for, and how many are left away. */
function fitting(sections: readonly string[], room: number): string[] {
  let left = room
  const shown = sections.filter((section) => {
    left -= section.length + 2
    return left > 0
  })
  const more = sections.length - shown.length
  return more === 0
    ? shown
    : [...shown, `and ${count(more, 'more finding')}, for which there is no room here`]
}

function hostTable({ stats }: RunRecord): string {
  const bad = (host: string): number => {
    const { failures, unreachable, changed } = stats[host]!
    return failures + unreachable > 0 ? 0 : changed > 0 ? 1 : 2
  }
  const hosts = Object.keys(stats).sort((one, other) => bad(one) - bad(other) || byName(one, other))
  if (hosts.length === 0) return ''
  const rows = hosts.slice(0, MOST_HOSTS).map((host) => {
    const { ok, changed, failures, unreachable, skipped } = stats[host]!
    return `| ${text(host)} | ${ok} | ${changed} | ${failures} | ${unreachable} | ${skipped} |`
  })
  const more = hosts.length - rows.length
  return [
    '| host | ok | changed | failed | unreachable | skipped |',
    '|---|--:|--:|--:|--:|--:|',
    ...rows,
    ...(more > 0 ? [`| and ${more} more | | | | | |`] : []),
  ].join('\n')
}

function section({ task }: TaskRecord, { outcome, hosts, finding }: Group): string {
  const title = `<b>${outcome}</b>: ${escapeMarkup(clean(task.name))} on ${escapeMarkup(names(hosts, 5))}`
  const body = [
    `\`${locationName(task.location).replaceAll('`', "'")}\``,
    ...(hosts.length > 6 ? [text(hosts.join(', '))] : []),
    ...blocks(finding),
  ]
  const open = outcome === 'failed' || outcome === 'unreachable' ? ' open' : ''
  return `<details${open}><summary>${title}</summary>\n\n${body.join('\n\n')}\n\n</details>`
}

function blocks({ why, changes, fields, items = [] }: Finding): string[] {
  const lines = changes.flatMap(differenceLines)
  return [
    ...(why === undefined ? [] : [text(why)]),
    ...(lines.length === 0 ? [] : [fenced('diff', lines)]),
    ...(fields.length === 0 ? [] : [fenced('', fields.flatMap(fieldLines))]),
    ...items
      .filter(({ outcome }) => outcome !== 'ok' && outcome !== 'skipped')
      .flatMap((item) => [`${item.outcome}: item=${text(item.label)}`, ...blocks(item)]),
  ]
}

function fieldLines([name, lines]: Field): string[] {
  return name === '' ? lines : beside(name, lines, 8)
}

function differenceLines(change: Difference): string[] {
  if (typeof change === 'string') return [`! ${change}`]
  const { what, hunks } = change
  if (typeof hunks === 'string') return [`! ${what}: ${hunks}`]
  return [
    `--- before: ${what}`,
    `+++ after: ${what}`,
    ...hunks.flatMap(([before, after, lines]) => [`@@ -${before} +${after} @@`, ...lines]),
  ]
}

/** A block whose fence is longer than any within. */
function fenced(language: string, lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)),
  )
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`
}

/** A text as it is, whatever of it Markdown would take for its own; no mention and no link comes of it. */
function text(told: string): string {
  return escapeMarkup(clean(told)).replace(/[\\`*_[\]|~#@]/g, (character) => `&#${character.charCodeAt(0)};`)
}
