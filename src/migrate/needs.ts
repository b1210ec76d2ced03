import type { Call, Expression, Statement, Target } from '../jinja/ast.ts'
import { namesBoundBy } from '../jinja/free-names.ts'
import { globalNames } from '../jinja/globals.ts'
import { partsOf } from '../jinja/walk.ts'
import type { ValueKind } from './shape.ts'

/** What a template asks of a value: parts by name, items, and whether it is used as a whole. */
export interface Need {
  readonly fields: Map<string, Need>
  items: Need | undefined
  /** It is a map that is gone over, or asked for its entries. */
  isMap: boolean
  isText: boolean
  isNumber: boolean
  /** What kind its defaults are of. */
  like: ValueKind | undefined
}

function newNeed(): Need {
  return {
    fields: new Map(),
    items: undefined,
    isMap: false,
    isText: false,
    isNumber: false,
    like: undefined,
  }
}

const OF_LISTS = [
  'join',
  'map',
  'select',
  'selectattr',
  'groupby',
  'reject',
  'rejectattr',
  'sort',
  'unique',
  'flatten',
  'sum',
]
const OF_MAPS = ['dict2items', 'items', 'combine']

/** What a template or an expression asks of its variables, by their names. */
export function needsOf(root: readonly (Expression | Statement)[]): Map<string, Need> {
  const finder = new NeedFinder()
  finder.find(root)
  for (const name of [...finder.bound.keys(), ...globalNames, 'loop', 'caller', 'self'])
    finder.roots.delete(name)
  return finder.roots
}

class NeedFinder {
  readonly roots = new Map<string, Need>()
  /** The names of the template's own, with what they stand for where that is known. */
  readonly bound = new Map<string, Need | undefined>()
  /** What is called is no entry of a map. */
  readonly #methods = new Set<Expression>()

  find(root: readonly (Expression | Statement)[]): void {
    const parts = [...partsOf(root)]
    for (const part of parts) if (part.kind === 'call') this.#methods.add((part as Call).of)
    for (const part of parts) {
      for (const name of namesBoundBy(part as never)) this.bound.set(name, undefined)
      const node = part as { kind: string; target?: Target; of?: Expression }
      if (node.kind !== 'for') continue
      const { of } = node
      if (node.target?.kind === 'name') {
        const list = this.need(of!)
        if (list !== undefined) {
          list.items ??= newNeed()
          this.bound.set(node.target.name, list.items)
        }
      } else if (of?.kind === 'call' && of.of.kind === 'attribute' && of.of.name === 'items') {
        const map = this.need(of.of.of)
        if (map !== undefined) map.isMap = true
        if (map !== undefined && node.target?.kind === 'targets' && node.target.items[1]?.kind === 'name') {
          map.items ??= newNeed()
          this.bound.set(node.target.items[1].name, map.items)
        }
      }
    }
    for (const part of parts) this.#note(part as Expression)
  }

  #note(node: Expression): void {
    if (node.kind === 'name') this.need(node)
    if (node.kind === 'attribute' || node.kind === 'item') this.need(node)
    if (node.kind === 'filter' && node.of !== undefined) {
      const need = this.need(node.of)
      const name = node.name.split('.').at(-1)!
      if (need !== undefined && OF_LISTS.includes(name)) need.items ??= newNeed()
      if (need !== undefined && OF_MAPS.includes(name)) need.isMap = true
      if (need !== undefined && (name === 'default' || name === 'd'))
        need.like ??= kindOfDefault(node.args[0])
      const attribute =
        node.named.find((one) => one.name === 'attribute')?.value ??
        (/attr$|^groupby$/.test(name) ? node.args[0] : undefined)
      if (need?.items !== undefined && attribute?.kind === 'literal' && typeof attribute.value === 'string')
        within(need.items, attribute.value)
    }
    if (node.kind === 'call' && node.of.kind === 'attribute') {
      const need = this.need(node.of.of)
      if (need === undefined) return
      if (/^(?:items|keys|values|get)$/.test(node.of.name)) need.isMap = true
      else need.isText = true
    }
    if (node.kind === 'compare') this.#compared(node)
  }

  #compared({ first, others }: Expression & { kind: 'compare' }): void {
    const sides = [first, ...others.map(({ right }) => right)]
    for (const [index, side] of sides.entries()) {
      const other = sides[index === 0 ? 1 : index - 1]
      const need = this.need(side)
      if (need === undefined || other?.kind !== 'literal') continue
      if (typeof other.value === 'string') need.isText = true
      if (typeof other.value === 'number') need.isNumber = true
    }
  }

  need(node: Expression): Need | undefined {
    if (node.kind === 'name') {
      if (this.bound.has(node.name)) return this.bound.get(node.name)
      const known = this.roots.get(node.name) ?? newNeed()
      this.roots.set(node.name, known)
      return known
    }
    if (
      node.kind === 'filter' &&
      /^(?:default|d|list|sort|unique|reverse|select|reject|selectattr|rejectattr)$/.test(node.name) &&
      node.of
    )
      return this.need(node.of)
    if (this.#methods.has(node)) return undefined
    if (node.kind === 'attribute') return this.#field(node.of, node.name)
    if (node.kind !== 'item' || node.index.kind !== 'literal') return undefined
    if (typeof node.index.value === 'string') return this.#field(node.of, node.index.value)
    const list = this.need(node.of)
    if (list !== undefined) list.items ??= newNeed()
    return list?.items
  }

  #field(of: Expression, name: string): Need | undefined {
    const owner = this.need(of)
    if (owner === undefined) return undefined
    const known = owner.fields.get(name) ?? newNeed()
    owner.fields.set(name, known)
    return known
  }
}

/** The kind of a default that is written; an empty text stands for anything. */
function kindOfDefault(node: Expression | undefined): ValueKind | undefined {
  if (node?.kind === 'list') return 'list'
  if (node?.kind === 'dict') return 'map'
  if (node?.kind !== 'literal' || node.value === '' || node.value === null) return undefined
  if (typeof node.value === 'string') return 'text'
  if (typeof node.value === 'boolean') return 'boolean'
  return typeof node.value === 'number' ? 'number' : undefined
}

function within(need: Need, path: string): void {
  let at = need
  for (const name of path.split('.')) {
    const next = at.fields.get(name) ?? newNeed()
    at.fields.set(name, next)
    at = next
  }
}
