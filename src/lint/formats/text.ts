import { formatProblem } from '../../report/index.ts'
import { clean, count } from '../../report/text.ts'
import { placeName } from '../../values/source.ts'
import type { Finding } from '../rule.ts'

/** Each finding as problems are told: its place, the line with carets, and how to put it right. */
export function formatFindings(findings: readonly Finding[], color: boolean): string {
  const blocks = findings.map((finding) => {
    const { message, tag, level } = finding
    const told = `${tag}: ${message}${level === 'warning' ? ' (warning)' : ''}`
    return formatProblem({ ...finding, message: told }, { color })
  })
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`
}

/** One line a finding, as tools for pep8 read it: `file:line:column: rule: message`. */
export function formatPep8(findings: readonly Finding[]): string {
  return findings
    .map((finding) => {
      const { place, tag, message, level } = finding
      return `${clean(`${placeName(place)}: ${tag}: ${message}`)}${level === 'warning' ? ' (warning)' : ''}\n`
    })
    .join('')
}

/** One line a finding: the rule and the place. */
export function formatQuiet(findings: readonly Finding[]): string {
  return findings.map(({ tag, place }) => `${clean(`${tag} ${placeName(place)}`)}\n`).join('')
}

/** How often each rule has found something, the most frequent first, and whether all is well. */
export function formatSummary(findings: readonly Finding[], files: number, isPassed: boolean): string {
  const counts = new Map<string, { number: number; finding: Finding }>()
  for (const finding of findings) {
    const number = (counts.get(finding.tag)?.number ?? 0) + 1
    counts.set(finding.tag, { number, finding })
  }
  const sorted = [...counts].sort(([a, x], [b, y]) => y.number - x.number || (a < b ? -1 : 1))
  const width = Math.max(0, ...sorted.map(([tag]) => tag.length))
  const lines = sorted.map(([tag, { number, finding }]) => {
    const profile = (finding.part && finding.rule.partProfiles?.[finding.part]) ?? finding.rule.profile ?? ''
    return `${String(number).padStart(6)}  ${tag.padEnd(width)}  ${profile}${finding.level === 'warning' ? ' (warning)' : ''}`.trimEnd()
  })
  const warnings = findings.filter(({ level }) => level === 'warning').length
  const told = `${count(findings.length - warnings, 'failure')}, ${count(warnings, 'warning')} in ${count(files, 'file')}`
  return `${[...lines, `${isPassed ? 'Passed' : 'Failed'}: ${told}`].join('\n')}\n`
}
