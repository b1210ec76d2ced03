import { optionNamed } from '../sdk/arguments.ts'
import type { Module } from '../sdk/module.ts'
import type { MapEntry, ScalarNode } from '../values/value.ts'

/**
 * Arguments written in one line, `dest=/a mode="0644"`, or the free text of modules that take one
 * (`command: ls -l creates=/x`). A sentence when the text is neither.
 */
export function readKeyValues(module: Module, node: ScalarNode): MapEntry[] | string {
  const text = String(node.value)
  const entry = (key: string, value: string): MapEntry => ({
    key,
    keyPlace: node.place,
    value: { ...node, value },
  })
  const parts = splitWords(text)
  if (module.freeForm === undefined) {
    const entries: MapEntry[] = []
    for (const part of parts) {
      const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(part)
      if (match === null)
        return `${module.name} takes no free text ("${text.length > 40 ? `${text.slice(0, 40)}...` : text}")`
      entries.push(entry(match[1]!, unquote(match[2]!)))
    }
    return entries
  }
  // A command line may hold any name=value of its own.
  const words = module.runsCommands
    ? /^(chdir|creates|removes|executable|stdin|warn)=([\s\S]*)$/
    : /^([A-Za-z_]\w*)=([\s\S]*)$/
  const entries: MapEntry[] = []
  let rest = text
  for (const part of parts) {
    const match = words.exec(part)
    if (match === null || optionNamed(module, match[1]!) === undefined) continue
    entries.push(entry(match[1]!, unquote(match[2]!)))
    rest = rest.replace(part, '')
  }
  const free = entries.length === 0 ? text : rest.trim()
  return free === '' && !module.runsCommands ? entries : [entry(module.freeForm, free), ...entries]
}

/** Words at white space outside quotes and outside `{{ }}`, quotes kept. */
export function splitWords(text: string): string[] {
  return text.match(/(?:\{\{[\s\S]*?\}\}|"(?:\\.|[^"\\])*"|'[^']*'|[^\s])+/g) ?? []
}

export function unquote(text: string): string {
  const match = /^"([\s\S]*)"$|^'([\s\S]*)'$/.exec(text)
  return match === null ? text : (match[1]?.replace(/\\(["\\])/g, '$1') ?? match[2]!)
}
