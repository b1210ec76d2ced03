import type { Finding } from '../rule.ts'
import { formatCodeClimate } from './codeclimate.ts'
import { formatGithub } from './github.ts'
import { formatSarif } from './sarif.ts'
import { formatFindings, formatPep8, formatQuiet } from './text.ts'

/** How findings are shown; `brief` and `full` are Ansible-lint's names for the default, `json` is that for codeclimate. */
export const FORMATS = [
  'default',
  'brief',
  'full',
  'json',
  'codeclimate',
  'sarif',
  'pep8',
  'github',
  'quiet',
] as const

export type LintFormat = (typeof FORMATS)[number]

/** The findings in a format; `folder`, absolute, is where relative paths begin. */
export function formatted(
  findings: readonly Finding[],
  format: LintFormat,
  { color, folder }: { readonly color: boolean; readonly folder: string },
): string {
  switch (format) {
    case 'json':
    case 'codeclimate':
      return formatCodeClimate(findings)
    case 'sarif':
      return formatSarif(findings, folder)
    case 'pep8':
      return formatPep8(findings)
    case 'github':
      return formatGithub(findings)
    case 'quiet':
      return formatQuiet(findings)
    default:
      return formatFindings(findings, color)
  }
}
