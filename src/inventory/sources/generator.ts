import { TemplateContext } from '../../template/context.ts'
import type { MapNode, Node, Value } from '../../values/value.ts'
import { isNull } from '../../yaml/fields.ts'
import type { Builder } from '../builder.ts'
import { type InventoryPlugin, Options } from './plugin-options.ts'

/** More hosts than anybody has: layers multiply. */
const HOSTS_AT_MOST = 100_000

export const generator = {
  summary: 'Makes a host of every combination of the entries of layers.',
  options: {
    hosts: {
      type: 'map',
      help: 'A name, which is a template, and parents: groups with name, vars and parents.',
    },
    layers: { type: 'map', help: 'Lists by name; a host is made of every combination of one of each.' },
    plugin: { type: 'str', help: 'generator' },
  },
} satisfies InventoryPlugin

/**
 * Makes a host of every combination of the entries of `layers`, named by a template, with the groups above it and their
 * variables. Semantics: ansible.builtin.generator.
 */
export function readGenerator(config: MapNode, builder: Builder): void {
  const options = new Options('generator', config, Object.keys(generator.options), builder)
  const layers = options.map('layers')
  const hosts = options.map('hosts')
  const name = hosts?.get('name')
  if (hosts === undefined || name === undefined || layers === undefined)
    builder.problem('a generator needs "layers", and "hosts" with a "name"', config.place)
  else {
    const lists = [...layers].map(([key, node]) => ({ key, items: options.list(node) }))
    const size = lists.reduce((product, { items }) => product * items.length, 1)
    if (size > HOSTS_AT_MOST)
      builder.problem(
        `these layers make ${size} hosts, and no more than ${HOSTS_AT_MOST} can be`,
        config.place,
      )
    else
      for (const values of combinations(lists)) generate(name, hosts.get('parents'), values, options, builder)
  }
}

interface Layer {
  readonly key: string
  readonly items: readonly Node[]
}

function* combinations([first, ...rest]: readonly Layer[]): Generator<Map<string, Node>> {
  if (first === undefined) yield new Map()
  else
    for (const item of first.items)
      for (const others of combinations(rest)) yield new Map([[first.key, item], ...others])
}

function generate(
  name: Node,
  parents: Node | undefined,
  values: Map<string, Node>,
  options: Options,
  builder: Builder,
): void {
  const scope = TemplateContext.of([{ name: 'layers', variables: values }])
  const group = builder.inventory.addGroup('ungrouped')
  const host = builder.host(String(scope.render(name)), group)
  addParents(parents, scope, options, builder, (parent) => builder.inventory.join(parent, host))
}

function addParents(
  parents: Node | undefined,
  scope: TemplateContext,
  options: Options,
  builder: Builder,
  put: (group: NonNullable<ReturnType<Builder['group']>>) => void,
): void {
  for (const node of parents === undefined || isNull(parents) ? [] : options.list(parents)) {
    const parent = options.mapIn(node)
    const name = parent?.get('name')
    if (parent === undefined || name === undefined) {
      builder.problem('a parent is a map with a "name"', node.place)
      continue
    }
    const group = builder.group(String(scope.render(name)), name.place)
    if (group === undefined) continue
    for (const [key, value] of options.entries(parent.get('vars')))
      builder.groupVariable(group, key, value.place, options.node(scope.render(value) as Value, value))
    put(group)
    addParents(parent.get('parents'), scope, options, builder, (above) =>
      builder.nest(above, group, name.place),
    )
  }
}
