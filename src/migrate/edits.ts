/** A stretch of a text that gets another text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A text with its edits made, which do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((one, other) => one.start - other.start)
  let made = ''
  let at = 0
  for (const edit of inOrder) {
    made += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return made + text.slice(at)
}
