import type { TaskResult } from '../../protocol/event.ts'
import { outcomeOf } from '../live/live-state.ts'
import { recapTable } from '../recap.ts'
import { locationName, type RenderOptions, reason, renderResult } from '../result.ts'
import { clean, duration } from '../text.ts'
import { escapeMarkup } from './markup.ts'
import type { PlayRecord, RunRecord, TaskRecord } from './record.ts'

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: .6rem .9rem; background: #8881; border-radius: .4rem; }
section > details { border-top: 1px solid #8883; padding: .25rem 0; }
details details { margin-left: 1.2rem; }
summary { cursor: pointer; }
small { opacity: .65; }
.ok { color: light-dark(#187a2f, #6fce84); }
.changed, .ignored { color: light-dark(#8a6100, #e5c07b); }
.failed { color: light-dark(#b3261e, #ff8a80); }
.unreachable { color: light-dark(#8e24aa, #e08af5); }
.skipped { opacity: .6; }
`

/** One HTML page with everything in it: what came of the run, the hosts, and every task. */
export function htmlDocument(run: RunRecord, telling: RenderOptions): string {
  const title = run.playbooks.map(clean).join(', ')
  const recap = Object.keys(run.stats).length === 0 ? [] : recapTable(run.stats, telling.look)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeMarkup(title)}</h1>
${run.summary.map((line) => `<p>${escapeMarkup(line)}</p>\n`).join('')}${block(recap)}
${run.plays.map((play) => playSection(play, telling)).join('')}</body>
</html>
`
}

function playSection({ play, tasks }: PlayRecord, telling: RenderOptions): string {
  const parts = tasks.map((task) => taskDetails(task, telling))
  return `<section>\n<h2>${escapeMarkup(clean(play.name))}</h2>\n${parts.join('')}</section>\n`
}

function taskDetails(record: TaskRecord, telling: RenderOptions): string {
  const { task, results } = record
  const outcomes = [...results.values()].map(outcomeOf)
  const counts = [...new Set(outcomes)].map((outcome) => {
    const number = outcomes.filter((other) => other === outcome).length
    return ` <span class="${outcome}">${outcome} ${number}</span>`
  })
  const open = outcomes.some((outcome) => outcome === 'failed' || outcome === 'unreachable') ? ' open' : ''
  const place = `<small>${escapeMarkup(locationName(task.location))}</small>`
  const hosts = [...results].map(([host, result]) => hostDetails(record, host, result, telling))
  return `<details${open}><summary>${escapeMarkup(clean(task.name))}${counts.join('')} ${place}</summary>\n${hosts.join('')}</details>\n`
}

function hostDetails({ task }: TaskRecord, host: string, result: TaskResult, telling: RenderOptions): string {
  const outcome = outcomeOf(result)
  const why = ['failed', 'unreachable', 'skipped', 'ignored'].includes(outcome) ? `: ${reason(result)}` : ''
  const took = `<small>${duration(result.seconds)}</small>`
  const line = `<span class="${outcome}">${escapeMarkup(clean(host))} ${outcome}${escapeMarkup(why)}</span> ${took}`
  const lines = renderResult(task, result, telling)
  if (lines.length === 0) return `<div>${line}</div>\n`
  const open = outcome === 'failed' || outcome === 'unreachable' ? ' open' : ''
  return `<details${open}><summary>${line}</summary>${block(lines)}</details>\n`
}

function block(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<pre>${escapeMarkup(lines.join('\n'))}</pre>`
}
