import type { Loop } from '../playbook/ast.ts'
import type { TemplateContext } from '../template/context.ts'
import { keysOf } from '../values/keys.ts'
import { MissingError } from '../values/missing.ts'
import { ProblemError } from '../values/problem.ts'
import { toBoolean } from '../values/truth.ts'
import { isMap, type Node, type ScalarNode, type Value, type ValueMap } from '../values/value.ts'
import { isVariableName } from '../values/variable-name.ts'
import { breathe } from './breath.ts'

/** Each is an event, and a row of the report. */
const ITEMS_AT_MOST = 100_000

export interface LoopItem {
  readonly value: Value
  /** The variables of this turn: the item, its index, ansible_loop; its result has them too. */
  readonly variables: ValueMap
}

/**
 * The turns of a loop, or the condition that does not hold when its list cannot be made because of that: a task
 * that is skipped may loop over what is not there. Raises ProblemError when the list cannot be made otherwise.
 */
export async function loopItems(
  loop: Loop,
  scope: TemplateContext,
  when: readonly Node[],
): Promise<LoopItem[] | { condition: string }> {
  let list: Value
  try {
    list = loop.lookup === undefined ? scope.render(loop.items) : lookedUp(loop, loop.lookup, scope)
  } catch (error) {
    const condition = error instanceof ProblemError ? holdsNot(scope, when) : undefined
    if (condition !== undefined) return { condition }
    throw error
  }
  if (!Array.isArray(list)) {
    const found = isMap(list) ? 'a map; "items" makes a list of it' : JSON.stringify(list)
    throw new ProblemError({ message: `loop takes a list, this is ${found}`, place: loop.items.place })
  }
  if (list.length > ITEMS_AT_MOST) {
    const message = `this loop has ${list.length} items, and a loop may have ${ITEMS_AT_MOST}`
    throw new ProblemError({
      message,
      place: loop.items.place,
      hint: 'let a script do what is to be done so often',
    })
  }
  const items: LoopItem[] = []
  const variable = nameFrom(loop.variable, scope) ?? 'item'
  const indexVariable = nameFrom(loop.indexVariable, scope)
  const isExtended = says(loop.extended, scope, false)
  const hasAll = isExtended && says(loop.allItems, scope, true)
  for (const [index, value] of list.entries()) {
    const variables: ValueMap = { [variable]: value, ansible_loop_var: variable }
    if (indexVariable !== undefined) {
      variables[indexVariable] = index
      variables.ansible_index_var = indexVariable
    }
    if (isExtended) variables.ansible_loop = extended(list, index, hasAll)
    items.push({ value, variables })
    await breathe()
  }
  return items
}

/** A variable's name that loop_control gives, a template perhaps. Raises ProblemError. */
function nameFrom(node: ScalarNode | undefined, scope: TemplateContext): string | undefined {
  if (node === undefined) return undefined
  const name = String(scope.render(node))
  if (isVariableName(name)) return name
  throw new ProblemError({ message: `"${name}" cannot be a variable's name`, place: node.place })
}

function says(node: Node | undefined, scope: TemplateContext, otherwise: boolean): boolean {
  return node === undefined ? otherwise : (toBoolean(scope.render(node)) ?? otherwise)
}

/** The items of a with_ loop. */
function lookedUp({ items }: Loop, name: string, scope: TemplateContext): Value {
  try {
    const terms = termsOf(items, name, scope)
    return scope.variables.lookup(name, terms, { wantlist: true })
  } catch (error) {
    if (!(error instanceof ProblemError))
      throw new ProblemError({ message: (error as Error).message, place: items.place })
    throw error
  }
}

/** The terms of a lookup: of first_found, a term that needs what is not there is passed over. */
function termsOf(node: Node, name: string, scope: TemplateContext): Value[] {
  if (name.endsWith('first_found') && node.kind === 'list') {
    return node.items.flatMap((item) => {
      try {
        return [scope.render(item)]
      } catch (error) {
        if (error instanceof MissingError) return []
        throw error
      }
    })
  }
  const terms = scope.render(node)
  if (Array.isArray(terms)) return terms
  // A map is gone through as in Python, by its keys; dict and first_found take it whole.
  const short = name.split('.').at(-1)!
  if (isMap(terms) && /^(list|indexed_items)$/.test(short)) throw new Error(`with_${short} expects a list`)
  if (isMap(terms) && /^(items|flattened)$/.test(short)) return [...keysOf(terms)]
  return [typeof terms === 'string' ? terms.trim() : terms]
}

/** The condition that is known not to hold without the loop's own variables. */
function holdsNot(scope: TemplateContext, when: readonly Node[]): string | undefined {
  try {
    return scope.failing(when)
  } catch (error) {
    if (error instanceof ProblemError) return undefined
    throw error
  }
}

/** The list is shared: a copy for each item would be the square of their number. */
function extended(list: Value[], index: number, hasAll: boolean): ValueMap {
  return {
    ...(hasAll && { allitems: list }),
    index: index + 1,
    index0: index,
    revindex: list.length - index,
    revindex0: list.length - index - 1,
    first: index === 0,
    last: index === list.length - 1,
    length: list.length,
    ...(index > 0 && { previtem: list[index - 1]! }),
    ...(index + 1 < list.length && { nextitem: list[index + 1]! }),
  }
}

/** An item as it is shown; `scope` holds the variables of its turn. Raises ProblemError. */
export function labelOf({ label }: Loop, scope: TemplateContext, { value }: LoopItem): string {
  return shownItem(label === undefined ? value : scope.render(label))
}

export function shownItem(shown: Value): string {
  if (typeof shown === 'string') return shown
  if (isMap(shown) && typeof shown.name === 'string') return shown.name
  return JSON.stringify(shown)
}
