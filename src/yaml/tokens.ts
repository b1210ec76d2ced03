import { CST, Lexer } from 'yaml'

/** A piece of a YAML text as it is written; offsets into the text. */
export interface YamlToken {
  /** Those of the package `yaml`, with `plain-scalar` and `block-scalar` for its `scalar`. */
  readonly type: CST.TokenType | 'plain-scalar' | 'block-scalar' | 'error'
  readonly start: number
  readonly end: number
}

/** All pieces of a YAML text, white space and comments too: together they are the text. */
export function yamlTokens(text: string): YamlToken[] {
  const tokens: YamlToken[] = []
  let at = 0
  let isScalar = false
  let isBlock = false
  const add = (type: YamlToken['type'], length: number): void => {
    tokens.push({ type, start: at, end: at + length })
    at += length
  }
  for (const lexeme of new Lexer().lex(text)) {
    if (isScalar) {
      add(isBlock ? 'block-scalar' : 'plain-scalar', lexeme.length)
      isScalar = false
      isBlock = false
      continue
    }
    const type = CST.tokenType(lexeme)
    // The lexer's own marks, which stand for no text.
    if (type === 'scalar') isScalar = true
    else if (type === 'doc-mode' || type === 'flow-error-end') continue
    else {
      if (type === 'block-scalar-header') isBlock = true
      add(type ?? 'error', lexeme.length)
    }
  }
  return tokens
}
