/** The lines of a text, without their ends; a carriage return ends one too, and the last end makes no empty line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
