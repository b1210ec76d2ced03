import type { Arguments, Expression } from '../jinja/ast.ts'

/** An expression of Jinja as a text, whose texts have escapes as in a template file; `bound` stands for names. */
export function unparse(node: Expression, bound: (name: string) => Expression | undefined): string {
  const of = (inner: Expression): string => unparse(inner, bound)
  const list = (items: readonly Expression[]) => items.map(of).join(', ')
  switch (node.kind) {
    case 'literal':
      return literal(node.value)
    case 'name': {
      const value = bound(node.name)
      return value === undefined ? node.name : `(${of(value)})`
    }
    case 'tuple':
      return `(${list(node.items)}${node.items.length === 1 ? ',' : ''})`
    case 'list':
      return `[${list(node.items)}]`
    case 'dict':
      return `{${node.pairs.map(([key, value]) => `${of(key)}: ${of(value)}`).join(', ')}}`
    case 'attribute':
      return `${of(node.of)}.${node.name}`
    case 'item':
      return `${of(node.of)}[${of(node.index)}]`
    case 'slice':
      return [node.from, node.to, ...(node.step ? [node.step] : [])]
        .map((one) => (one ? of(one) : ''))
        .join(':')
    case 'call':
      return `${of(node.of)}(${given(node, of)})`
    case 'filter':
      return `(${of(node.of!)} | ${node.name}(${given(node, of)}))`
    case 'test':
      return `(${of(node.of)} is ${node.name}${hasArguments(node) ? `(${given(node, of)})` : ''})`
    case 'not':
      return `(not ${of(node.of)})`
    case 'negative':
      return `(-${of(node.of)})`
    case 'positive':
      return `(+${of(node.of)})`
    case 'and':
    case 'or':
      return `(${of(node.left)} ${node.kind} ${of(node.right)})`
    case 'binary':
      return `(${of(node.left)} ${node.operator} ${of(node.right)})`
    case 'concat':
      return `(${node.parts.map(of).join(' ~ ')})`
    case 'compare':
      return `(${of(node.first)}${node.others.map(({ operator, right }) => ` ${operator} ${of(right)}`).join('')})`
    case 'choice':
      return `(${of(node.yes)} if ${of(node.condition)}${node.no === undefined ? '' : ` else ${of(node.no)}`})`
  }
}

function literal(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return value === null ? 'none' : String(value)
}

function hasArguments({ args, named, rest, restNamed }: Arguments): boolean {
  return args.length > 0 || named.length > 0 || rest !== undefined || restNamed !== undefined
}

function given({ args, named, rest, restNamed }: Arguments, of: (node: Expression) => string): string {
  return [
    ...args.map(of),
    ...named.map(({ name, value }) => `${name}=${of(value)}`),
    ...(rest ? [`*${of(rest)}`] : []),
    ...(restNamed ? [`**${of(restNamed)}`] : []),
  ].join(', ')
}
