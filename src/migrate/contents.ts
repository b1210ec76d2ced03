import Handlebars from 'handlebars'

/**
 * The texts between the tags of a template of Handlebars, as they come out: those between two tags one after the other,
 * empty ones too.
 */
export function contentsOf(template: string): string[] {
  const found = ['']
  const next = () => found.push('')
  const body = (program: hbs.AST.Program | undefined): void => {
    for (const statement of program?.body ?? []) one(statement)
  }
  const block = (node: hbs.AST.BlockStatement, isChained: boolean): void => {
    if (!isChained) next()
    body(node.program)
    if (node.inverse !== undefined && node.inverse !== null) {
      next()
      const [inner] = node.inverse.body
      // Handlebars has "else if" as a block within the other part.
      if ((node.inverse as { chained?: boolean }).chained) block(inner as hbs.AST.BlockStatement, true)
      else body(node.inverse)
    }
    if (!isChained) next()
  }
  const one = (statement: hbs.AST.Statement): void => {
    if (statement.type === 'ContentStatement')
      found[found.length - 1] += (statement as hbs.AST.ContentStatement).value
    else if (statement.type === 'BlockStatement') block(statement as hbs.AST.BlockStatement, false)
    else next()
  }
  body(Handlebars.parse(template))
  return found
}
