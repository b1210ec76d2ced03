import type { TomlError } from 'smol-toml'
import { Float } from '../../values/float.ts'
import { didYouMean } from '../../values/problem.ts'
import type { Source, SourceSpan } from '../../values/source.ts'
import { isMap, toNode, type Value, type ValueMap } from '../../values/value.ts'
import type { Builder } from '../builder.ts'
import type { Group } from '../group.ts'

const SECTIONS = ['hosts', 'vars', 'children']
const SECTIONS_HINT = 'a group has hosts (a table), vars (a table) and children (a list of groups)'

/** Reads an inventory in TOML: tables of groups with hosts, vars and children. Places are those of the file only. */
export async function readTomlInventory(source: Source, builder: Builder): Promise<void> {
  const groups = await parsed(source, builder)
  const place = { source, start: 0, end: 0 }
  for (const [name, data] of Object.entries(groups)) readGroup(name, data, place, builder)
}

async function parsed(source: Source, builder: Builder): Promise<ValueMap> {
  const { parse } = await import('smol-toml')
  try {
    return toValue(parse(source.text, { integersAsBigInt: true })) as ValueMap
  } catch (error) {
    const { line, column, message } = error as TomlError
    if (line === undefined) throw error
    const start = offsetOf(source.text, line) + column - 1
    const fault = message.split('\n')[0]!.replace('Invalid TOML document: ', '')
    builder.problem(`no valid TOML: ${fault}`, { source, start, end: start + 1 })
    return {}
  }
}

/** Where a line, counted from 1, begins. */
function offsetOf(text: string, line: number): number {
  return (
    text
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length + (line > 1 ? 1 : 0)
  )
}

function toValue(toml: unknown): Value {
  if (typeof toml === 'bigint') return Number(toml)
  if (typeof toml === 'number') return Number.isInteger(toml) ? new Float(toml) : toml
  if (Array.isArray(toml)) return toml.map(toValue)
  if (toml instanceof Date) return toml.toISOString()
  if (typeof toml !== 'object' || toml === null) return toml as string | boolean
  return Object.fromEntries(Object.entries(toml).map(([name, value]) => [name, toValue(value)]))
}

function readGroup(name: string, data: Value, place: SourceSpan, builder: Builder): Group | undefined {
  const group = builder.group(name, place)
  if (group === undefined) return undefined
  if (!isMap(data)) {
    builder.problem(`the group "${name}" must be a table`, place, SECTIONS_HINT)
    return group
  }
  for (const [key, value] of Object.entries(data)) {
    if (key === 'children' && Array.isArray(value)) addChildren(group, value, place, builder)
    else if (key === 'vars' && isMap(value)) {
      for (const [variable, content] of Object.entries(value))
        builder.groupVariable(group, variable, place, toNode(content, place))
    } else if (key === 'hosts' && isMap(value)) addHosts(group, value, place, builder)
    else {
      const isKnown = SECTIONS.includes(key)
      const fault = isKnown ? `is of the wrong kind` : 'is nothing that a group can have'
      const hint = isKnown ? SECTIONS_HINT : (didYouMean(key, SECTIONS) ?? SECTIONS_HINT)
      builder.problem(`"${key}" of the group "${name}" ${fault}`, place, hint)
    }
  }
  return group
}

function addChildren(group: Group, names: readonly Value[], place: SourceSpan, builder: Builder): void {
  for (const name of names) {
    const child = builder.group(String(name), place)
    if (child !== undefined) builder.nest(group, child, place)
  }
}

function addHosts(group: Group, hosts: ValueMap, place: SourceSpan, builder: Builder): void {
  for (const [pattern, variables] of Object.entries(hosts)) {
    const named = builder.hosts(pattern, place, group)
    if (!isMap(variables)) {
      builder.problem(`what the host "${pattern}" has must be a table of variables`, place)
      continue
    }
    for (const [name, value] of Object.entries(variables))
      builder.hostVariable(named, name, place, toNode(value, place))
  }
}
