import { optionNamed } from '../sdk/arguments.ts'
import type { Module } from '../sdk/module.ts'
import { ESCAPE_LETTERS } from '../values/escapes.ts'
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
      // What sets variables may compute their names.
      const pair = module.openEnded ? COMPUTED_PAIR : PAIR
      const match = pair.exec(decoded(part))
      // Ansible takes the text of these for what is wrong when they are reached.
      if (match === null && module.controls !== undefined) return [entry('_raw_params', text)]
      if (match === null)
        return `${module.name} takes no free text ("${text.length > 40 ? `${text.slice(0, 40)}...` : text}")`
      entries.push(entry(match[1]!, withoutQuotes(match[2]!)))
    }
    return entries
  }
  // A command line may hold any name=value of its own.
  const words = module.runsCommands ? /^(chdir|creates|removes|executable|stdin|warn)=([\s\S]*)$/ : PAIR
  const entries: MapEntry[] = []
  let rest = text
  for (const part of parts) {
    const match = words.exec(decoded(part))
    if (match === null || optionNamed(module, match[1]!) === undefined) continue
    entries.push(entry(match[1]!, withoutQuotes(match[2]!)))
    rest = rest.replace(part, '')
  }
  const free = withoutContinuations(entries.length === 0 ? text : rest.replace(/^\s+|[ \t]+$/g, ''))
  return free === '' && !module.runsCommands ? entries : [entry(module.freeForm, free), ...entries]
}

/** A backslash that stands alone at the end of a line, outside quotes, joins it with the next one. */
function withoutContinuations(text: string): string {
  if (!text.includes('\\\n')) return text
  return text.replace(CONTINUED, (_, quoted?: string, blanks?: string) => quoted ?? (blanks || ' '))
}

const CONTINUED = /("(?:\\.|[^"\\])*"|'[^']*')| \\\n( *)/gs

const PAIR = /^([A-Za-z_][\w-]*)=([\s\S]*)$/
const COMPUTED_PAIR = /^((?:\{\{[\s\S]*?\}\}|[^={])+)=([\s\S]*)$/

const ESCAPE = /\\(?:U[0-9a-fA-F]{8}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\\'"abfnrtv])/g

/** A word with the escapes of Python's that Ansible reads in arguments of one line; others stay as they are. */
function decoded(word: string): string {
  return word.replace(ESCAPE, (written) =>
    written.length > 2
      ? String.fromCodePoint(Math.min(Number.parseInt(written.slice(2), 16), 0x10ffff))
      : (ESCAPE_LETTERS[written[1]!] ?? written[1]!),
  )
}

function withoutQuotes(text: string): string {
  return /^(["'])[\s\S]*\1$/.test(text) && text.length > 1 ? text.slice(1, -1) : text
}

/** Words at white space outside quotes and outside `{{ }}`, quotes kept. */
export function splitWords(text: string): string[] {
  return text.match(/(?:\{\{[\s\S]*?\}\}|"(?:\\.|[^"\\])*"|'[^']*'|[^\s])+/g) ?? []
}

export function unquote(text: string): string {
  const match = /^"([\s\S]*)"$|^'([\s\S]*)'$/.exec(text)
  return match === null ? text : (match[1]?.replace(/\\(["\\])/g, '$1') ?? match[2]!)
}
