import { dumpJson } from '../../python/json/dump.ts'
import { loadJson } from '../../python/json/load.ts'
import type { Change, Outcome as Ended } from '../../sdk/module.ts'
import { linesOf } from '../../values/lines.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'
import { failedResult, type Outcome } from '../results.ts'

/** What a module that was run as it is has printed, as the result of its task. */
export function programResult(name: string, ended: Ended): Outcome {
  const printed = resultIn(ended.stdout)
  if (printed === undefined) return noResult(name, ended)
  const { invocation: _, ...told } = printed
  const values: ValueMap = Object.fromEntries(
    Object.entries(told).filter(([key]) => !key.startsWith('_ansible_')),
  )
  // As for every module that returns an output.
  for (const name of ['stdout', 'stderr']) {
    const output = values[name]
    if (typeof output === 'string') values[`${name}_lines`] ??= linesOf(output)
  }
  const changed = values.changed === true
  const failed = values.failed === true || (values.failed === undefined && Number(values.rc ?? 0) !== 0)
  const changes = changed ? changesOf(name, values.diff ?? null) : []
  const shared = { changes, isForeign: true as const, values: { ...values, changed } }
  if (failed) {
    const message = textOf(values.msg) ?? (ended.stderr.trim() || 'the module says that it has failed')
    return {
      ...shared,
      status: 'failed',
      message,
      values: { ...shared.values, failed: true, msg: values.msg ?? message },
    }
  }
  if (values.skipped === true)
    return { ...shared, status: 'skipped', changes: [], message: textOf(values.msg) ?? 'skipped' }
  return { ...shared, status: changed ? 'changed' : 'ok' }
}

function textOf(value: Value | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? value : dumpJson(value)
}

/** The JSON in an output, around which programs that the module has run may have printed something too. */
function resultIn(output: string): ValueMap | undefined {
  const lines = output.split('\n')
  const first = lines.findIndex((line) => line.trimStart().startsWith('{'))
  if (first === -1) return undefined
  const last = lines.findLastIndex((line) => line.trimEnd().endsWith('}'))
  try {
    const value = loadJson(
      lines
        .slice(first, last + 1)
        .join('\n')
        .trim(),
    ) as Value
    return isMap(value) ? value : undefined
  } catch {
    return undefined
  }
}

function noResult(name: string, { code, stdout, stderr }: Ended): Outcome {
  const why = stderr.trim().split('\n').at(-1) ?? ''
  const values = { rc: code, module_stdout: stdout, module_stderr: stderr }
  return {
    ...failedResult(
      `${name} has ended with status ${code} and printed no result${why === '' ? '' : `: ${why}`}`,
      values,
    ),
    isForeign: true,
  }
}

/** What a module tells of its changes, with both sides where it gives them. */
function changesOf(name: string, diff: Value): Change[] {
  const parts = [diff].flat().filter((part): part is ValueMap => isMap(part as Value))
  const changes = parts.flatMap((part): Change[] => {
    const what = String(part.after_header || part.before_header || name)
    if (part.prepared !== undefined)
      return [{ what, before: null, after: 'changed', text: { before: '', after: sideOf(part.prepared) } }]
    if (part.before === undefined && part.after === undefined) return []
    const text = { before: sideOf(part.before), after: sideOf(part.after) }
    return text.before === text.after ? [] : [{ what, before: null, after: 'changed', text }]
  })
  return changes.length > 0 ? changes : [{ what: name, before: null, after: 'changed' }]
}

function sideOf(side: Value | undefined): string {
  if (side === undefined || side === null) return ''
  return typeof side === 'string' ? side : `${dumpJson(side, { indent: 4 })}\n`
}
