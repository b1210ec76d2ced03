import type { Expression } from '../jinja/ast.ts'

const TEXTS = ['string', 'lower', 'upper', 'join', 'basename', 'dirname', 'regex_replace', 'replace', 'quote']

/** Whether an expression is a text whatever its variables are. */
export function isText(node: Expression): boolean {
  if (node.kind === 'literal') return typeof node.value === 'string'
  return node.kind === 'concat' || (node.kind === 'filter' && TEXTS.includes(baseName(node.name)))
}

/** What is joined by one operator: `a or b or c`. */
export function operandsOf(node: Expression, kind: 'and' | 'or'): Expression[] {
  return node.kind === kind ? [...operandsOf(node.left, kind), ...operandsOf(node.right, kind)] : [node]
}

/** Whether an expression is true or false whatever its variables are. */
export function isBoolean(node: Expression): boolean {
  if (node.kind === 'literal') return typeof node.value === 'boolean'
  if (node.kind === 'and' || node.kind === 'or') return isBoolean(node.left) && isBoolean(node.right)
  return ['compare', 'test', 'not'].includes(node.kind)
}

/** The name of a filter or test of ansible.builtin without its collection. */
export function baseName(name: string): string {
  return name.replace(/^ansible\.(?:builtin|legacy)\./, '')
}
