import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import packageJson from '../../../package.json' with { type: 'json' }
import type { Finding } from '../rule.ts'

/** The findings as SARIF 2.1.0 (OASIS); `folder`, absolute, is where relative paths begin. */
export function formatSarif(findings: readonly Finding[], folder: string): string {
  const byTag = new Map<string, Finding>()
  for (const finding of findings) if (!byTag.has(finding.tag)) byTag.set(finding.tag, finding)
  const ids = [...byTag.keys()]
  const driver = {
    name: packageJson.name,
    version: packageJson.version,
    rules: [...byTag.values()].map(ruleOf),
  }
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(folder).href.replace(/\/$/, '')}/` } },
    results: findings.map((finding) => resultOf(finding, ids)),
  }
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function ruleOf({ rule, tag, part, level }: Finding) {
  const said = (part && rule.parts?.[part]) ?? rule.description
  return {
    id: tag,
    shortDescription: { text: said },
    fullDescription: { text: rule.description },
    defaultConfiguration: { level },
    properties: { tags: rule.tags, severity: rule.severity },
  }
}

function resultOf({ tag, level, message, hint, place }: Finding, ids: readonly string[]) {
  const { source, start, end } = place
  const from = source.position(start)
  const to = source.position(end)
  return {
    ruleId: tag,
    ruleIndex: ids.indexOf(tag),
    level,
    message: { text: hint === undefined ? message : `${message}; ${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: locationOf(source.path),
          region: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
        },
      },
    ],
  }
}

function locationOf(path: string) {
  if (isAbsolute(path)) return { uri: pathToFileURL(path).href }
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' }
}
