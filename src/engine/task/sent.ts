import type { Action } from '../../sdk/module.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import type { Outcome } from '../../shell/outcome.ts'

/** What a task asks its host: how many things of which kind, and whether they were asked just now; no text of a script. */
export function probeWords(probes: readonly BatchedProbe[], sent: number): string {
  const kinds = new Map<string, number>()
  for (const { kind: whole, items } of probes) {
    const kind = /^[\w-]+/.exec(whole)?.[0] ?? 'other'
    // Where folders are is asked for all the others' sake.
    if (items.length > 0 && kind !== 'places') kinds.set(kind, (kinds.get(kind) ?? 0) + items.length)
  }
  const asked = [...kinds].map(([kind, items]) => `${items} ${kind}`).join(', ') || 'nothing'
  if (sent === 0) return `PROBED AHEAD ${asked}`
  return sent === 1 ? `PROBE ${asked}` : `PROBE ${asked}, and ${sent - 1} of upcoming tasks`
}

/** What was done on a host, one after the other up to one that failed: kinds and bytes, no text, and what came of it. */
export function actionWords(actions: readonly Action[], outcomes: readonly Outcome[]): string {
  const done = actions.slice(0, outcomes.length)
  const { code, seconds } = outcomes.at(-1)!
  return `RUN ${done.map(oneAction).join(', ')}: exit status ${code}, ${seconds.toFixed(2)} s`
}

function oneAction(action: Action): string {
  if (action.do === 'talk') return 'talk'
  const script = `${action.do} ${Buffer.byteLength(action.script)} bytes`
  if (action.do === 'send') return `${script} with ${action.content.size} bytes of content`
  return action.do === 'receive' ? `${script} for ${action.size} bytes` : script
}
