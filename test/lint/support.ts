import { type LintConfig, readConfig } from '../../src/lint/config.ts'
import { kindOfPath } from '../../src/lint/kinds.ts'
import { LintFile } from '../../src/lint/lint-file.ts'
import { Project } from '../../src/lint/project.ts'
import type { Finding } from '../../src/lint/rule.ts'
import { lint } from '../../src/lint/run.ts'
import { modules } from '../../src/modules/index.ts'
import { Source } from '../../src/values/source.ts'

/** What holds where nobody says anything. */
export const DEFAULTS = readConfig(undefined)

/** Texts by their paths from a project's folder, as if they lay there. */
export function projectOf(texts: Readonly<Record<string, string>>, root = '/project'): Project {
  const files = Object.entries(texts).map(([path, text]) => {
    const absolute = `${root}/${path}`
    return new LintFile(absolute, kindOfPath(absolute)!, new Source(path, text))
  })
  return new Project(root, files)
}

/** What is found in texts. */
export function findingsIn(
  texts: Readonly<Record<string, string>>,
  config: Partial<LintConfig> = {},
): Finding[] {
  return lint(projectOf(texts), { ...DEFAULTS, ...config }, modules)
}

/** `rule:line:column` of each finding. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ tag, place }) => {
    const { line, column } = place.source.position(place.start)
    return `${tag}:${line}:${column}`
  })
}
