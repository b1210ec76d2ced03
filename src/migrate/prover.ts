import type { Expression } from '../jinja/ast.ts'
import { partsOf } from '../jinja/walk.ts'
import { isTruthy } from '../python/truth.ts'
import { compileHandlebars } from '../template/handlebars/compile.ts'
import { compileJinja } from '../template/jinja.ts'
import { isTrue } from '../values/truth.ts'
import { Left } from './left.ts'
import type { Names } from './names.ts'
import { difference, outcomeOf } from './same.ts'
import { unparse } from './unparse.ts'
import { argument, type Written } from './written.ts'

/** What of an expression matters: its value, the text it is in a template, whether it counts as true, what a loop goes over. */
export type Aspect = 'value' | 'text' | 'truth' | 'items' | 'pairs'

/** Finds out which ways to write an expression mean the same, by trying them beside the original. */
export class Prover {
  readonly names: Names

  constructor(names: Names) {
    this.names = names
  }

  /** The first of the ways that means the same. Raises Left with what is wrong with the last. */
  first(node: Expression, aspect: Aspect, ways: readonly Written[]): Written {
    let wrong = ''
    for (const way of ways) {
      const found = this.#wrongWith(node, aspect, way)
      if (found === undefined) return way
      wrong = found
    }
    throw new Left(wrong, node)
  }

  #wrongWith(node: Expression, aspect: Aspect, way: Written): string | undefined {
    const written = this.#jinja(node)
    const { loop } = this.names
    if (loop !== undefined && usesLoop(node)) {
      const jinja = `{% for i__ in ${this.#jinja(loop.list)} %}${inJinja(aspect, written)};{% endfor %}`
      const handlebars = `{{#each ${argument(loop.written)} as |i__|}}${inHandlebars(aspect, way)};{{/each}}`
      return this.#compared(this.#roots(node, loop.list), jinja, handlebars)
    }
    if (aspect !== 'value' && aspect !== 'truth')
      return this.#compared(this.#roots(node), inJinja(aspect, written), inHandlebars(aspect, way))
    const before = compileJinja(written, 'expression')
    const after = compileHandlebars(way.text, 'expression')
    const isTruth = aspect === 'truth'
    return difference(
      this.#roots(node),
      this.names.shapeOf,
      outcomeOf(before, isTruth ? isTruthy : undefined),
      outcomeOf(after, isTruth ? isTrue : undefined),
    )
  }

  #compared(root: readonly Expression[], jinja: string, handlebars: string): string | undefined {
    return difference(
      root,
      this.names.shapeOf,
      outcomeOf(compileJinja(jinja, 'file')),
      outcomeOf(compileHandlebars(handlebars, 'file')),
    )
  }

  /** An expression with those that stand behind the names in it. */
  #roots(...nodes: readonly Expression[]): Expression[] {
    const set = [...this.names.bound.values()].filter((bound): bound is Expression => 'kind' in bound)
    return [...nodes, ...set]
  }

  #jinja(node: Expression): string {
    return unparse(node, (name) => {
      const bound = this.names.bound.get(name)
      return bound !== undefined && 'kind' in bound ? bound : undefined
    })
  }
}

function inJinja(aspect: Aspect, text: string): string {
  switch (aspect) {
    case 'value':
      return `{{ ${text} | to_json }}`
    case 'text':
      return `{{ ${text} }}`
    case 'truth':
      return `{% if ${text} %}1{% endif %}`
    case 'items':
      return `{% for i__ in ${text} %}{{ i__ | to_json }};{% endfor %}`
    case 'pairs':
      return `{% for k__, i__ in ${text} %}{{ k__ }}={{ i__ | to_json }};{% endfor %}`
  }
}

function inHandlebars(aspect: Aspect, way: Written): string {
  switch (aspect) {
    case 'value':
      return `{{ansible.builtin.to_json ${argument(way)}}}`
    case 'text':
      return `{{${way.text}}}`
    case 'truth':
      return `{{#if ${argument(way)}}}1{{/if}}`
    case 'items':
      return `{{#each ${argument(way)} as |i__|}}{{ansible.builtin.to_json i__}};{{/each}}`
    case 'pairs':
      return `{{#each ${argument(way)} as |i__ k__|}}{{k__}}={{ansible.builtin.to_json i__}};{{/each}}`
  }
}

export function usesLoop(root: unknown): boolean {
  return [...partsOf(root)].some(
    (part) => part.kind === 'name' && (part as { name?: string }).name === 'loop',
  )
}
