import { isConnectionVariable } from '../inventory/connection/variables.ts'
import type { TemplateContext } from '../template/context.ts'
import { type Binding, isPlain, readsTheSame } from '../template/reading.ts'
import { isFixed } from '../template/template.ts'
import type { Layer } from '../template/variables.ts'
import type { Node, Value } from '../values/value.ts'
import type { HostState } from './host.ts'

/** What was found for a host: as long as nothing that bears on it has changed. */
interface Found {
  readonly changes: number
  /** What was read besides variables that say how a host is reached. */
  readonly read: ReadonlyMap<string, Binding>
  readonly value: unknown
}

/** How hosts are reached, and as whom: found once for all tasks that say the same of it. */
export class Reach {
  /** By what belongs to a host as long as its inventory stays the same, and by what steps say. */
  readonly #found = new WeakMap<object, Map<string, Found>>()

  /**
   * What `find` finds with the variables of a step on a host. `owner` belongs to the host as long as the inventory stays
   * the same; `said` is all that the step says of it, undefined where that depends on more.
   */
  recall<T>(
    what: string,
    { host, owner, said }: { host: HostState; owner: object; said: string | undefined },
    scope: TemplateContext,
    find: (scope: TemplateContext) => T,
  ): T {
    if (said === undefined || scope.variables.derived.some(bears)) return find(scope)
    const key = `${what} ${said}`
    const found = this.#found.get(owner)?.get(key)
    if (found?.changes === host.reachChanges && readsTheSame(found.read, scope.variables))
      return found.value as T
    return this.#find(key, host, owner, scope, find)
  }

  #find<T>(
    key: string,
    host: HostState,
    owner: object,
    scope: TemplateContext,
    find: (scope: TemplateContext) => T,
  ): T {
    const { scope: noted, reading } = scope.noted()
    const value = find(noted)
    const read = reading.end(noted.variables)
    if (read === undefined) return value
    const others = new Map([...read].filter(([name]) => !isConnectionVariable(name)))
    const known = this.#found.get(owner) ?? new Map<string, Found>()
    this.#found.set(owner, known.set(key, { changes: host.reachChanges, read: others, value }))
    return value
  }
}

/** What steps say of how hosts are reached, as one text; undefined where a template says it. */
export function saidOfReach(
  keywords: readonly (Node | undefined)[],
  levels: readonly (readonly Layer[])[],
): string | undefined {
  const said: unknown[] = []
  for (const node of keywords) said.push(node === undefined ? null : [plainOf(node)])
  for (const [index, layers] of levels.entries()) {
    for (const layer of layers) {
      for (const name of namesIn(layer))
        if (isConnectionVariable(name)) said.push([index, name, plainIn(layer, name)])
    }
  }
  return said.flat().includes(undefined) ? undefined : JSON.stringify(said)
}

function plainIn(layer: Layer, name: string): Value | undefined {
  if ('variables' in layer) return plainOf(layer.variables.get(name)!)
  const value = 'values' in layer ? layer.values.get(name)! : undefined
  return value === undefined || !isPlain(value) ? undefined : value
}

function plainOf(node: Node): Value | undefined {
  return node.kind === 'scalar' && isFixed(node) && isPlain(node.value) ? node.value : undefined
}

function namesIn(layer: Layer): Iterable<string> {
  if ('computed' in layer) return []
  return ('variables' in layer ? layer.variables : layer.values).keys()
}

function bears(layer: Layer): boolean {
  return [...namesIn(layer)].some(isConnectionVariable)
}
