import { didYouMean } from '../../values/problem.ts'
import type { Source } from '../../values/source.ts'
import type { MapEntry, Node } from '../../values/value.ts'
import { isNull } from '../../yaml/fields.ts'
import { LateMap } from '../../yaml/kept/late-map.ts'
import { parseYamlFile } from '../../yaml/kept/trees.ts'
import type { Builder } from '../builder.ts'
import type { Group } from '../group.ts'
import { readPlugin } from './plugin.ts'

const SECTIONS = ['hosts', 'vars', 'children']
const SECTIONS_HINT = 'under a group stand hosts, vars and children'
const VARIABLES_HINT = 'write each variable as "name: value"'

/** Reads an inventory in YAML: groups with hosts, vars and children. */
export async function readYamlInventory(source: Source, path: string, builder: Builder): Promise<void> {
  const { node, problems } = parseYamlFile(path, source, true)
  builder.problems.push(...problems)
  if (problems.length > 0) return
  if (node === undefined) {
    builder.problem(`${source.path} is empty`, undefined, 'write "all:" and "hosts:" under it')
    return
  }
  const plugin = node.kind === 'map' && node.entries.find(({ key }) => key === 'plugin')
  if (plugin) {
    await readPlugin(plugin.value, node, builder)
    return
  }
  const hint = `an inventory begins with "all:"; ${SECTIONS_HINT}`
  for (const entry of entriesOf(node, 'an inventory', hint, builder)) readTopLevel(entry, builder)
}

function readTopLevel(entry: MapEntry, builder: Builder): void {
  const { key, keyPlace } = entry
  if (SECTIONS.includes(key))
    builder.problem(`"${key}" stands where a group is expected`, keyPlace, 'put it under "all:"')
  else readGroup(entry, builder)
}

function readGroup({ key, keyPlace, value }: MapEntry, builder: Builder): Group | undefined {
  const group = builder.group(key, keyPlace)
  if (group === undefined) return undefined
  for (const entry of entriesOf(value, `the group "${key}"`, SECTIONS_HINT, builder)) {
    if (SECTIONS.includes(entry.key)) readSection(group, entry, builder)
    else {
      const hint = didYouMean(entry.key, SECTIONS) ?? `${SECTIONS_HINT}; a variable goes under vars`
      builder.problem(`"${entry.key}" is nothing that a group can have`, entry.keyPlace, hint)
    }
  }
  return group
}

function readSection(group: Group, { key, value }: MapEntry, builder: Builder): void {
  const what = `"${key}" of the group "${group.name}"`
  if (key === 'vars') {
    for (const entry of entriesOf(value, what, VARIABLES_HINT, builder))
      builder.groupVariable(group, entry.key, entry.keyPlace, entry.value)
    return
  }
  const hint = `write each on a line of its own, as "${firstName(value)}:" without a dash`
  for (const entry of entriesOf(nameAsMap(value), what, hint, builder)) {
    if (key === 'hosts') readHost(group, entry, builder)
    else {
      const child = readGroup(entry, builder)
      if (child !== undefined) builder.nest(group, child, entry.keyPlace)
    }
  }
}

function readHost(group: Group, { key, keyPlace, value }: MapEntry, builder: Builder): void {
  const hosts = builder.hosts(key, keyPlace, group)
  if (value instanceof LateMap && builder.hostVariablesLater(hosts, value)) return
  for (const entry of entriesOf(value, `what the host "${key}" has`, VARIABLES_HINT, builder))
    builder.hostVariable(hosts, entry.key, entry.keyPlace, entry.value)
}

/** The entries of a map; nothing has none, and anything else is a problem. */
function entriesOf(node: Node, what: string, hint: string, builder: Builder): readonly MapEntry[] {
  if (node.kind === 'map') return node.entries
  const found = node.kind === 'list' ? 'a list' : `"${node.value}"`
  if (!isNull(node)) builder.problem(`${what} must be a map, found ${found}`, node.place, hint)
  return []
}

/** `hosts: web1` says the same as `hosts: {web1: }`. */
function nameAsMap(node: Node): Node {
  if (node.kind !== 'scalar' || isNull(node)) return node
  const nothing: Node = { ...node, value: null }
  return {
    kind: 'map',
    entries: [{ key: String(node.value), keyPlace: node.place, value: nothing }],
    place: node.place,
  }
}

function firstName(node: Node): string {
  const first = node.kind === 'list' ? node.items[0] : undefined
  if (first?.kind === 'map') return first.entries[0]?.key ?? 'web1'
  return first?.kind === 'scalar' ? String(first.value) : 'web1'
}
