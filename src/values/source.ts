export type TemplateLanguage = 'handlebars' | 'jinja'

/** A file as read, or a text that came from the command line; `path` is what the user is shown. */
export class Source {
  readonly path: string
  readonly text: string
  /** A byte order mark stood before the text. */
  readonly hasMark: boolean
  /** The text was decrypted: none of its lines is shown. */
  readonly isSecret: boolean
  /** The template language that its role's meta or the settings say. */
  language: TemplateLanguage | undefined
  #lineStarts: number[] | undefined

  constructor(path: string, text: string, hasMark = false, isSecret = false) {
    this.path = path
    this.text = text
    this.hasMark = hasMark
    this.isSecret = isSecret
  }

  /** Line and column of an offset into the text, both counted from 1. */
  position(offset: number): { line: number; column: number } {
    const starts = this.#starts()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - starts[low]! + 1 }
  }

  /** The text of a line (from 1), without its end. */
  line(number: number): string {
    const starts = this.#starts()
    const start = starts[number - 1] ?? this.text.length
    const end = starts[number] ?? this.text.length + 1
    return this.text.slice(start, end - 1).replace(/\r$/, '')
  }

  #starts(): number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0]
      for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1))
        starts.push(at + 1)
      this.#lineStarts = starts
    }
    return this.#lineStarts
  }
}

/** A stretch of a source: offsets into its text, `end` behind the last character. */
export interface SourceSpan {
  readonly source: Source
  readonly start: number
  readonly end: number
}

/** `file:line:column` of a place's start. */
export function placeName(place: SourceSpan): string {
  const { line, column } = place.source.position(place.start)
  return `${place.source.path}:${line}:${column}`
}
