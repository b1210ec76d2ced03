import { readFileSync } from 'node:fs'
import type { Topology } from '../../sdk/topology.ts'
import { visibleJson } from '../../values/visible.ts'
import { createTheme } from '../paint.ts'
import { recapTable } from '../recap.ts'
import { escapeMarkup } from './markup.ts'
import { pageData } from './page-data.ts'
import type { RunRecord } from './record.ts'
import { topologySvg } from './topology/svg.ts'

// The build puts the texts of these files here.
const style = readFileSync(new URL('./page/page.css', import.meta.url), 'utf8')
const script = readFileSync(new URL('./page/page.js', import.meta.url), 'utf8')

/**
 * One HTML page that fetches nothing: the run as JSON, and a script that makes of it what is looked at. Where scripts are
 * not allowed the recap is shown.
 */
export function htmlDocument(run: RunRecord): string {
  const data = pageData(run)
  const recap = recapTable(run.stats, createTheme({ color: false, unicode: false }))
  const summary = [...run.summary, ...recap].map((line) => escapeMarkup(line)).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeMarkup(data.title)}</title>
<style>${style}</style>
</head>
<body>
${figure(run)}<noscript><h1>${escapeMarkup(data.title)}</h1><pre>${summary}</pre></noscript>
<script type="application/json" id="run">${scriptJson(data)}</script>
<script>${script}</script>
</body>
</html>
`
}

/** The network that the last task `topology` told of. */
function figure({ plays, stats }: RunRecord): string {
  const drawn = plays
    .flatMap(({ tasks }) => tasks)
    .filter(({ task }) => task.action === 'topology')
    .flatMap(({ results }) => [...results.values()].map(({ values }) => values.topology))
    .findLast((topology) => topology !== undefined)
  if (drawn === undefined) return ''
  return `<figure id="topology">${topologySvg(drawn as unknown as Topology, stats)}</figure>\n`
}

/** JSON of which nothing ends the element that it stands in. */
function scriptJson(data: object): string {
  return visibleJson(JSON.stringify(data)).replaceAll('<', '\\u003c')
}
