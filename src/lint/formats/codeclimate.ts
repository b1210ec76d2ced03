import { createHash } from 'node:crypto'
import { placeName } from '../../values/source.ts'
import type { Severity } from '../finding.ts'
import type { Finding } from '../rule.ts'

const SEVERITIES: Readonly<Record<Severity, string>> = {
  VERY_LOW: 'info',
  LOW: 'minor',
  MEDIUM: 'major',
  HIGH: 'critical',
  VERY_HIGH: 'blocker',
}

/** A list of issues as Code Climate and GitLab read it, with `level` besides, as Ansible-lint has it. */
export function formatCodeClimate(findings: readonly Finding[]): string {
  return `${JSON.stringify(findings.map(issueOf), null, 2)}\n`
}

function issueOf({ rule, tag, level, message, hint, place, of }: Finding) {
  const { source, start, end } = place
  return {
    type: 'issue',
    check_name: tag,
    categories: rule.tags,
    severity: SEVERITIES[rule.severity],
    level,
    description: message,
    fingerprint: createHash('sha256')
      .update(`${tag}\0${placeName(place)}\0${message}`)
      .digest('hex'),
    location: { path: source.path, positions: { begin: source.position(start), end: source.position(end) } },
    ...(hint !== undefined && { content: { body: hint } }),
    ...(of !== undefined && {
      within: { begin: of.source.position(of.start), end: of.source.position(of.end) },
    }),
  }
}
