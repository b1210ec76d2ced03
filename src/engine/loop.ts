import type { Loop } from '../playbook/ast.ts'
import type { TemplateContext } from '../template/context.ts'
import { keysOf } from '../values/keys.ts'
import { MissingError } from '../values/missing.ts'
import { ProblemError } from '../values/problem.ts'
import { isMap, type Node, type Value, type ValueMap } from '../values/value.ts'
import { breathe } from './breath.ts'

/** Each is an event, and a row of the report. */
const ITEMS_AT_MOST = 100_000

export interface LoopItem {
  readonly value: Value
  /** The variables of this turn: the item, its index, their names, ansible_loop. */
  readonly variables: ValueMap
  /** Those of them that a result keeps. */
  readonly kept: ValueMap
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
  for (const [index, value] of list.entries()) {
    const kept: ValueMap = { [loop.variable]: value, ansible_loop_var: loop.variable }
    if (loop.indexVariable !== undefined) {
      kept[loop.indexVariable] = index
      kept.ansible_index_var = loop.indexVariable
    }
    const variables =
      loop.extended === false ? kept : { ...kept, ansible_loop: extended(list, index, loop.extended) }
    items.push({ value, variables, kept })
    await breathe()
  }
  return items
}

/** The items of a with_ loop. */
function lookedUp({ items }: Loop, name: string, scope: TemplateContext): Value {
  const terms = termsOf(items, name, scope)
  try {
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
  if (isMap(terms) && /(^|\.)(items|list|indexed_items|flattened)$/.test(name)) return [...keysOf(terms)]
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
function extended(list: Value[], index: number, items: 'all' | 'few'): ValueMap {
  return {
    ...(items === 'all' && { allitems: list }),
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
