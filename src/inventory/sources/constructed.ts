import { TemplateContext } from '../../template/context.ts'
import { ProblemError } from '../../values/problem.ts'
import { isMap, type MapNode, type Node, toNode, toValue, type Value } from '../../values/value.ts'
import type { Builder } from '../builder.ts'
import type { Group, Host } from '../group.ts'
import { type InventoryPlugin, Options } from './plugin-options.ts'

export const constructed = {
  summary: 'Makes variables and groups of what the inventories before it say of their hosts.',
  options: {
    compose: { type: 'map', help: 'Variables of hosts by name, each an expression.' },
    groups: { type: 'map', help: 'Groups by name, each with a condition on the hosts that are in it.' },
    keyed_groups: {
      type: 'list',
      help: 'Maps with key, prefix and separator: a group for each value of the key.',
    },
    leading_separator: {
      type: 'bool',
      help: 'A group without a prefix begins with the separator; true if unsaid.',
    },
    plugin: { type: 'str', help: 'constructed' },
    strict: { type: 'bool', help: 'An expression that fails is an error; false if unsaid.' },
    use_extra_vars: { type: 'bool', help: 'What -e gives counts too; false if unsaid.' },
    use_vars_plugins: {
      type: 'bool',
      help: 'What host_vars and group_vars say counts too; false if unsaid.',
    },
  },
} satisfies InventoryPlugin

/**
 * Makes variables and groups of what the inventories read so far say of their hosts. Semantics:
 * ansible.builtin.constructed.
 */
export function readConstructed(config: MapNode, builder: Builder): void {
  const options = new Options('constructed', config, Object.keys(constructed.options), builder)
  for (const host of builder.inventory.hosts.values()) new Construction(host, options, builder).build()
}

/** What is made for one host. */
class Construction {
  readonly #host: Host
  readonly #options: Options
  readonly #builder: Builder
  readonly #strict: boolean

  constructor(host: Host, options: Options, builder: Builder) {
    this.#host = host
    this.#options = options
    this.#builder = builder
    this.#strict = options.truth('strict', false)
  }

  build(): void {
    const before = this.#scope()
    for (const [name, node] of this.#options.map('compose') ?? []) {
      const value = this.#attempt(node, () => this.#value(before, node))
      if (value !== undefined)
        this.#builder.hostVariable([this.#host], name, node.place, toNode(value, node.place))
    }
    const scope = this.#scope()
    for (const [name, node] of this.#options.map('groups') ?? []) {
      if (this.#attempt(node, () => scope.evaluate(node))) this.#join(name, node)
    }
    for (const node of this.#options.items('keyed_groups')) this.#keyed(node, scope)
  }

  #scope(): TemplateContext {
    const { inventory, extraVars } = this.#builder
    const { name } = this.#host
    const layers = inventory.layersWithin(this.#host, this.#options.truth('use_vars_plugins', false))
    const own = new Map<string, Value>([
      ['inventory_hostname', name],
      ['inventory_hostname_short', name.split('.')[0]!],
      ['group_names', inventory.groupNames(this.#host)],
    ])
    const extra = this.#options.truth('use_extra_vars', false)
      ? [{ name: 'extra vars', variables: extraVars }]
      : []
    return TemplateContext.of([...layers, { name: 'magic', values: own }, ...extra])
  }

  #value(scope: TemplateContext, node: Node): Value {
    const value = scope.expression(node)
    if (value !== undefined) return value
    throw new ProblemError({ message: `${String(toValue(node))} is undefined`, place: node.place })
  }

  /** What cannot be made is left out, and only `strict` makes a mistake of it. */
  #attempt<T>(node: Node, make: () => T): T | undefined {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      if (this.#strict) this.#builder.problem(`for the host ${this.#host.name}: ${error.message}`, node.place)
      return undefined
    }
  }

  /** The group of a name, in which what no variable may have is `_`. */
  #groupNamed(name: string, { place }: Node): Group | undefined {
    return this.#builder.group(name.replace(/^\d|[^\p{L}\p{N}_]/gu, '_'), place)
  }

  #join(name: string, node: Node): void {
    const group = this.#groupNamed(name, node)
    if (group !== undefined) this.#builder.inventory.join(group, this.#host)
  }

  #keyed(node: Node, scope: TemplateContext): void {
    const entry = this.#options.mapIn(node)
    const written = entry?.get('key')
    if (entry === undefined) return
    if (written === undefined) {
      this.#builder.problem('an entry of keyed_groups needs a "key"', node.place)
      return
    }
    const key = this.#attempt(written, () => this.#value(scope, written))
    const parent = entry.get('parent_group')
    const above = parent && this.#attempt(parent, () => String(scope.render(parent)))
    if (key === undefined || (parent !== undefined && above === undefined)) return
    const naming = new Naming(entry, this.#options.truth('leading_separator', true))
    const names = naming.names(key)
    if (names === undefined)
      this.#builder.problem('the key of a group is text, a list or a map', written.place)
    for (const name of names ?? []) this.#group(name, above, written)
    if (this.#strict && (key === null || key === '' || key === false) && names?.length === 0)
      this.#builder.problem(`for the host ${this.#host.name}: the key is empty`, written.place)
  }

  #group(name: string, above: string | undefined, node: Node): void {
    this.#join(name, node)
    const group = this.#groupNamed(name, node)
    if (above === undefined || above === '' || group === undefined) return
    const parent = this.#groupNamed(above, node)
    if (parent !== undefined && !parent.children.has(group)) this.#builder.nest(parent, group, node.place)
  }
}

/** The names of the groups that one entry of keyed_groups makes of a key. */
class Naming {
  readonly #prefix: string
  readonly #separator: string
  readonly #otherwise: string | undefined
  readonly #trailing: boolean
  readonly #leading: boolean

  constructor(entry: ReadonlyMap<string, Node>, leading: boolean) {
    const text = (key: string) => {
      const node = entry.get(key)
      const value = node && toValue(node)
      return value === undefined || value === null ? undefined : String(value)
    }
    this.#prefix = text('prefix') ?? ''
    this.#separator = text('separator') ?? '_'
    this.#otherwise = text('default_value')
    this.#trailing = text('trailing_separator') !== 'false'
    this.#leading = leading
  }

  /** None for a key that says nothing; undefined for one that cannot be a name. */
  names(key: Value): string[] | undefined {
    const bare = this.#bare(key)
    const isFirst = this.#prefix === '' && !this.#leading
    return bare?.map((name) => `${this.#prefix}${isFirst ? '' : this.#separator}${name}`)
  }

  #bare(key: Value): string[] | undefined {
    if (key === null || key === false || (key === '' && this.#otherwise === undefined)) return []
    if (typeof key === 'string') return [key || this.#otherwise!]
    if (Array.isArray(key)) return key.map((name) => (name === '' ? (this.#otherwise ?? '') : String(name)))
    if (!isMap(key)) return undefined
    return Object.entries(key).map(([name, value]) => this.#pair(name, value))
  }

  #pair(name: string, value: Value): string {
    if (value !== '') return `${name}${this.#separator}${value}`
    if (this.#otherwise !== undefined) return `${name}${this.#separator}${this.#otherwise}`
    return this.#trailing ? `${name}${this.#separator}` : name
  }
}
