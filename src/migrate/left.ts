/** A part of a template that is left as it is; offsets into the template's text. */
export class Left extends Error {
  readonly start: number
  readonly end: number

  constructor(reason: string, { start, end }: { readonly start: number; readonly end: number }) {
    super(reason)
    this.name = 'Left'
    this.start = start
    this.end = end
  }
}
