import { isNull } from '../language/fields.ts'
import { didYouMean } from '../language/problem.ts'
import type { Source } from '../language/source.ts'
import type { MapEntry, MapNode, Node } from '../language/value.ts'
import { parseYaml } from '../language/yaml.ts'
import type { Builder } from './builder.ts'
import type { Group } from './group.ts'

const SECTIONS = ['hosts', 'vars', 'children']

/** Reads an inventory in YAML: groups with hosts, vars and children. */
export function readYamlInventory(source: Source, builder: Builder): void {
  const { node, problems } = parseYaml(source)
  builder.problems.push(...problems)
  if (problems.length > 0) return
  if (node === undefined)
    return builder.problem(`${source.path} is empty`, undefined, 'write "all:" and "hosts:" under it')
  if (node.kind !== 'map') {
    const hint = 'an inventory begins with "all:", under which stand hosts, vars and children'
    return builder.problem(
      `${source.path} must hold a map of groups, but it holds ${kindOf(node)}`,
      node.place,
      hint,
    )
  }
  if (node.entries.some(({ key }) => key === 'plugin'))
    return builder.problem(
      'inventory plugins are not supported',
      node.place,
      'write out the hosts, or use an executable script',
    )
  for (const entry of node.entries) {
    if (SECTIONS.includes(entry.key))
      builder.problem(
        `"${entry.key}" stands where a group is expected`,
        entry.keyPlace,
        'put it under "all:"',
      )
    else readGroup(entry, builder)
  }
}

function readGroup({ key, keyPlace, value }: MapEntry, builder: Builder): Group | undefined {
  const group = builder.group(key, keyPlace)
  if (group === undefined || isNull(value)) return group
  if (value.kind !== 'map') {
    const hint = 'under a group stand hosts, vars and children'
    builder.problem(`the group "${key}" must be a map, but it is ${kindOf(value)}`, value.place, hint)
    return group
  }
  for (const entry of value.entries) readSection(group, entry, builder)
  return group
}

function readSection(group: Group, { key, keyPlace, value }: MapEntry, builder: Builder): void {
  if (!SECTIONS.includes(key)) {
    const hint =
      didYouMean(key, SECTIONS) ?? `under a group stand hosts, vars and children; a variable goes under vars`
    return builder.problem(`"${key}" is nothing that the group "${group.name}" can have`, keyPlace, hint)
  }
  const section = toSection(key, group, value, builder)
  for (const entry of section?.entries ?? []) {
    if (key === 'hosts') readHost(group, entry, builder)
    else if (key === 'vars') builder.groupVariable(group, entry.key, entry.keyPlace, entry.value)
    else {
      const child = readGroup(entry, builder)
      if (child !== undefined) builder.nest(group, child, entry.keyPlace)
    }
  }
}

/** The entries of a section; a single name counts as a map with that name, and nothing as an empty one. */
function toSection(key: string, group: Group, value: Node, builder: Builder): MapNode | undefined {
  if (value.kind === 'map') return value
  if (isNull(value)) return undefined
  if (value.kind === 'scalar' && key !== 'vars') {
    const nothing: Node = { kind: 'scalar', value: null, place: value.place }
    const entry = { key: String(value.value), keyPlace: value.place, value: nothing }
    return { kind: 'map', entries: [entry], place: value.place }
  }
  const hint =
    key === 'vars'
      ? 'write each variable as "name: value"'
      : `write each on a line of its own, as "${firstName(value)}:" without a dash`
  builder.problem(
    `"${key}" of the group "${group.name}" must be a map, but it is ${kindOf(value)}`,
    value.place,
    hint,
  )
  return undefined
}

function readHost(group: Group, { key, keyPlace, value }: MapEntry, builder: Builder): void {
  const hosts = builder.hosts(key, keyPlace, group)
  if (isNull(value)) return
  if (value.kind !== 'map') {
    const hint = 'write each variable as "name: value" under the host'
    return builder.problem(
      `what the host "${key}" has must be a map, but it is ${kindOf(value)}`,
      value.place,
      hint,
    )
  }
  for (const entry of value.entries) builder.hostVariable(hosts, entry.key, entry.keyPlace, entry.value)
}

function kindOf(node: Node): string {
  return node.kind === 'scalar'
    ? typeof node.value === 'string'
      ? 'a text'
      : `"${node.value}"`
    : `a ${node.kind}`
}

function firstName(node: Node): string {
  const first = node.kind === 'list' ? node.items[0] : undefined
  if (first?.kind === 'map') return first.entries[0]?.key ?? 'web1'
  return first?.kind === 'scalar' ? String(first.value) : 'web1'
}
