/** What the letters behind a backslash mean in Python's texts and bytes (Python Language Reference, 2.4.1). */
export const ESCAPE_LETTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
