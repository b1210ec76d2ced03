import { keysOf, mapOf as mapOfPairs, nameOf } from '../values/keys.ts'
import { outsideReads, readOutside } from '../values/outside.ts'
import { ProblemError } from '../values/problem.ts'
import { isMap, type Node, type Value, type ValueMap } from '../values/value.ts'
import type { Origin } from './origin.ts'
import { type Binding, COMPUTED, isTellable, NOTHING, Reading, UNTELLABLE } from './reading.ts'
import type { VariableScope } from './scope.ts'
import { isFixed, render } from './template.ts'

/**
 * Variables of one kind and origin. A layer belongs to nobody: any number of hosts may share one, and nothing in
 * it is copied. `variables` are rendered when asked for; `values` (facts, results) are as they are, braces and
 * all; `computed` ones are made when asked for, of the variables that they are asked from.
 */
export type Layer = { readonly name: string; readonly origin?: Origin } & (
  | { readonly variables: ReadonlyMap<string, Node> }
  | { readonly values: ReadonlyMap<string, Value> }
  | { readonly computed: ReadonlyMap<string, (variables: Variables) => Value> }
)

/** Carries out a lookup for whoever has these variables. Throws an Error with a sentence. */
export type Lookups = (name: string, terms: readonly Value[], named: ValueMap, variables: Variables) => Value

/** The variables of a host: layers over each other, lowest first. */
export class Variables implements VariableScope {
  readonly #layers: readonly Layer[]
  readonly #parent: Variables | undefined
  readonly #lookups: Lookups | undefined
  /** Most hosts' are asked for nothing. */
  #rendered: Map<string, Value> | undefined
  /** Values that are made of more than variables: whoever asks again must get the same. */
  #once: Map<string, Value> | undefined
  #reading: Reading | undefined

  /** `lookups` carries out those of templates; a parent's, where none are given. */
  constructor(layers: readonly Layer[], parent?: Variables, lookups?: Lookups) {
    this.#layers = layers
    this.#parent = parent
    this.#lookups = lookups ?? (parent === undefined ? undefined : parent.#lookups)
  }

  lookup(name: string, terms: readonly Value[], named: ValueMap): Value {
    if (this.#lookups === undefined) throw new Error('there are no lookups here')
    readOutside()
    return this.#lookups(name, terms, named, this)
  }

  /** The same variables with layers over them, such as a task's or an item's. */
  derive(layers: readonly Layer[]): Variables {
    return new Variables(layers, this)
  }

  /** The same variables, and what is read of them from now on. */
  noted(): { variables: Variables; reading: Reading } {
    const variables = new Variables(this.#layers, this.#parent, this.#lookups)
    const reading = new Reading()
    variables.#reading = reading
    this.#once ??= new Map()
    variables.#once = this.#once
    return { variables, reading }
  }

  /** What stands behind a name. */
  binding(name: string): Binding {
    const layer = this.#layerOf(name)
    const binding = merging ? UNTELLABLE : bindingIn(layer, name)
    if (binding !== COMPUTED) return binding
    try {
      const value = this.get(name)!
      return isTellable(value) ? value : UNTELLABLE
    } catch (error) {
      if (error instanceof ProblemError) return UNTELLABLE
      throw error
    }
  }

  /** The layers that are over those of a step. */
  get derived(): readonly Layer[] {
    return this.#parent === undefined ? [] : [...this.#parent.derived, ...this.#layers]
  }

  /** Must be called after a layer's content has changed. */
  forget(): void {
    this.#rendered = undefined
    this.#once?.clear()
  }

  get(name: string): Value | undefined {
    const known = this.#rendered?.get(name)
    if (known !== undefined) return known
    const once = this.#once?.get(name)
    if (once !== undefined) {
      this.#reading?.note(name, UNTELLABLE)
      return once
    }
    const layer = this.#layerOf(name)
    if (layer === undefined) return undefined
    if ('values' in layer && !merging) return layer.values.get(name)
    const before = outsideReads()
    const own = this.#valueIn(layer, name)
    const value = merging ? mergedValues(this.#valuesBelow(name, layer), own) : own
    if (outsideReads() === before) {
      this.#rendered ??= new Map()
      this.#rendered.set(name, value)
    } else {
      this.#once ??= new Map()
      this.#once.set(name, value)
    }
    return value
  }

  #valueIn(layer: Layer, name: string): Value {
    if ('values' in layer) return layer.values.get(name)!
    return 'variables' in layer
      ? this.#render(name, layer.variables.get(name)!)
      : layer.computed.get(name)!(this)
  }

  /** What the layers below one say of a name, lowest first. */
  #valuesBelow(name: string, above: Layer): Value[] {
    const lower = this.#chain()
    return lower
      .slice(0, lower.indexOf(above))
      .filter((layer) => mapOf(layer).has(name))
      .map((layer) => this.#valueIn(layer, name))
  }

  #chain(): Layer[] {
    return [...(this.#parent === undefined ? [] : this.#parent.#chain()), ...this.#layers]
  }

  has(name: string): boolean {
    return this.#layerOf(name) !== undefined
  }

  names(): Set<string> {
    readOutside()
    const names = this.#parent?.names() ?? new Set<string>()
    for (const layer of this.#layers) for (const name of mapOf(layer).keys()) names.add(name)
    return names
  }

  #layerOf(name: string): Layer | undefined {
    const layer = this.#search(name)
    this.#reading?.note(name, merging ? UNTELLABLE : bindingIn(layer, name))
    return layer
  }

  #search(name: string): Layer | undefined {
    for (let at = this.#layers.length - 1; at >= 0; at -= 1) {
      const layer = this.#layers[at]!
      if (mapOf(layer).has(name)) return layer
    }
    return this.#parent === undefined ? undefined : this.#parent.#layerOf(name)
  }

  #render(name: string, node: Node): Value {
    const again = rendering.findIndex((one) => one.variables === this && one.name === name)
    if (again !== -1 || rendering.length >= DEEPEST) {
      const names = rendering.slice(again === -1 ? -5 : again).map((one) => one.name)
      throw new ProblemError({
        message: `variables that need each other: ${[...names, name].join(' -> ')}`,
        place: node.place,
        hint: 'a variable cannot be made of itself; give one of them another name',
      })
    }
    rendering.push({ variables: this, name })
    try {
      return render(node, this)
    } finally {
      rendering.pop()
    }
  }
}

/** A text or number that is no template is the same wherever it is written. */
function bindingIn(layer: Layer | undefined, name: string): Binding {
  if (layer === undefined) return NOTHING
  if ('values' in layer) return layer.values.get(name)!
  if ('computed' in layer) return COMPUTED
  const node = layer.variables.get(name)!
  return node.kind === 'scalar' && isFixed(node) ? node.value : node
}

let merging = false

/** Says whether maps of the same name are merged in all layers (hash_behaviour), before anything is read. */
export function mergeMaps(isOn: boolean): void {
  merging = isOn
}

/** A value over others of the same name: maps are merged. */
export function mergedValues(below: readonly Value[], value: Value): Value {
  return [...below, value].reduce((lower, upper) =>
    isMap(lower) && isMap(upper) ? mergedMaps(lower, upper) : upper,
  )
}

function mergedMaps(lower: ValueMap, upper: ValueMap): ValueMap {
  const entries = [lower, upper].flatMap((map) => keysOf(map).map((key) => [key, map[nameOf(key)]!] as const))
  return mapOfPairs(
    entries.map(([key, value]) => {
      const name = nameOf(key)
      const isInBoth = Object.hasOwn(lower, name) && Object.hasOwn(upper, name)
      return [key, isInBoth ? mergedValues([lower[name]!], upper[name]!) : value] as const
    }),
  )
}

/** What is being rendered just now, outermost first; across hosts too, which ask for each other's variables. */
const rendering: { readonly variables: Variables; readonly name: string }[] = []
const DEEPEST = 100

function mapOf(layer: Layer): ReadonlyMap<string, unknown> {
  if ('variables' in layer) return layer.variables
  return 'values' in layer ? layer.values : layer.computed
}

/**
 * A map whose values are made when they are read: `hostvars`, whose every host would otherwise be rendered
 * for the sake of one variable of one of them.
 */
export function lazyMap(
  names: () => Iterable<string>,
  get: (name: string) => Value | undefined,
  has: (name: string) => boolean = (name) => get(name) !== undefined,
): ValueMap {
  const isThere = (name: string | symbol) => typeof name === 'string' && has(name)
  return new Proxy<ValueMap>(
    {},
    {
      get: (_target, name) => (isThere(name) ? get(name as string) : undefined),
      has: (_target, name) => isThere(name),
      ownKeys: () => [...new Set(names())],
      // Asking whether there is such a property must not make its value.
      getOwnPropertyDescriptor: (_target, name) =>
        isThere(name) ? { get: () => get(name as string), enumerable: true, configurable: true } : undefined,
    },
  )
}

/** A host's variables as a map, such as `hostvars` holds; without those that would hold the map itself. */
export function scopeMap(scope: VariableScope, without: readonly string[] = []): ValueMap {
  return lazyMap(
    () => [...scope.names()].filter((name) => !without.includes(name)),
    (name) => scope.get(name),
    (name) => !without.includes(name) && scope.has(name),
  )
}
