/** What is wrong with the text of a template; offsets into it. */
export class SyntaxFault extends Error {
  readonly start: number
  readonly end: number
  readonly hint: string | undefined

  constructor(message: string, start: number, end: number, hint?: string) {
    super(message)
    this.start = start
    this.end = end
    this.hint = hint
  }
}
