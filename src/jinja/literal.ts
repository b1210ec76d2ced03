import { negate, positive } from '../python/arithmetic.ts'
import { keyOf } from '../python/equality.ts'
import { Tuple } from '../python/tuple.ts'
import { mapOf } from '../values/keys.ts'
import type { Expression } from './ast.ts'
import { tokensOfExpression } from './lexer.ts'
import { parseExpression } from './parse.ts'

/**
 * What Ansible makes of a text that a template gives: a list or map when it is one in Python's or JSON's words, true
 * or false for True and False, else the text.
 */
export function literalOf(text: string): unknown {
  if (text === 'True') return true
  if (text === 'False') return false
  if (!text.startsWith('{') && !text.startsWith('[')) return text
  try {
    if (/[\r\n]/.test(text) && hasOpenLine(text)) return text
    return literalValue(parseExpression(text))
  } catch {
    return text
  }
}

/** Python's texts end on the line on which they begin. */
function hasOpenLine(text: string): boolean {
  return tokensOfExpression(text).some(
    ({ type, start, end }) => type === 'string' && /[\r\n]/.test(text.slice(start, end)),
  )
}

function literalValue(node: Expression): unknown {
  switch (node.kind) {
    case 'literal':
      return node.value
    case 'name':
      if (node.name === 'null') return null
      break
    case 'list':
      return node.items.map(literalValue)
    case 'tuple':
      return Tuple.make(node.items.map(literalValue))
    case 'dict':
      return mapOf(node.pairs.map(([key, value]) => [keyOf(literalValue(key)), literalValue(value)] as const))
    case 'negative':
      return negate(literalValue(node.of))
    case 'positive':
      return positive(literalValue(node.of))
  }
  throw new Error('no literal')
}
