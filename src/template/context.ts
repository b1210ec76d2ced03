import type { Source } from '../values/source.ts'
import { type Node, toValue, type Value, type ValueMap } from '../values/value.ts'
import { evaluate, evaluateExpression } from './condition.ts'
import type { FileOptions } from './file-options.ts'
import type { Reading } from './reading.ts'
import { render, renderFile, renderFileValue } from './template.ts'
import { type Layer, type Lookups, Variables } from './variables.ts'

/** As an argument's value it takes the argument away: the variable `omit`. */
export const omit = '__omit_this_argument__'

/** Variables with what is done with them. */
export class TemplateContext {
  readonly variables: Variables

  constructor(variables: Variables) {
    this.variables = variables
  }

  static of(layers: readonly Layer[], lookups?: Lookups): TemplateContext {
    return new TemplateContext(new Variables(layers, undefined, lookups))
  }

  /** The same, and what is read of its variables from now on. */
  noted(): { scope: TemplateContext; reading: Reading } {
    const { variables, reading } = this.variables.noted()
    return { scope: new TemplateContext(variables), reading }
  }

  render(node: Node): Value {
    return render(node, this.variables)
  }

  renderFile(source: Source, options?: FileOptions): string {
    return renderFile(source, this.variables, options)
  }

  renderFileValue(source: Source, options?: FileOptions): Value {
    return renderFileValue(source, this.variables, options)
  }

  evaluate(condition: Node): boolean {
    return evaluate(condition, this.variables)
  }

  /** The value of an expression that stands in a node; undefined when what it names is not there. */
  expression(node: Node): Value | undefined {
    const text = toValue(node)
    return typeof text === 'string' ? evaluateExpression(text, node.place, this.variables) : text
  }

  /** The first condition that does not hold, as written; undefined when all do. */
  failing(conditions: readonly Node[]): string | undefined {
    for (const condition of conditions) {
      for (const one of condition.kind === 'list' ? condition.items : [condition]) {
        if (!this.evaluate(one)) return String(toValue(one))
      }
    }
    return undefined
  }

  /** The same with values of its own on top. */
  with(values: ValueMap): TemplateContext {
    const own = new Map(Object.entries(values))
    return own.size === 0 ? this : this.over({ name: 'loop', values: own })
  }

  /** The same with a layer of variables over the others. */
  over(layer: Layer): TemplateContext {
    return new TemplateContext(this.variables.derive([layer]))
  }
}
