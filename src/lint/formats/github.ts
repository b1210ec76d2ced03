import type { Finding } from '../rule.ts'

/** Commands that GitHub makes annotations of (docs.github.com, "Workflow commands"). */
export function formatGithub(findings: readonly Finding[]): string {
  return findings
    .map(({ rule, tag, level, message, hint, place }) => {
      const { line, column } = place.source.position(place.start)
      const properties = { file: place.source.path, line, col: column, title: tag }
      const told = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`)
      const text = data(hint === undefined ? message : `${message}; ${hint}`)
      return `::${level} ${told.join(',')},severity=${rule.severity}::${text}\n`
    })
    .join('')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
