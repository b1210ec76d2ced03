/** What keeps a text from being passed to a program, in words; undefined when nothing does. */
export function unpassable(text: string): string | undefined {
  const at = text.indexOf('\0')
  if (at !== -1) return `it holds a NUL character (the ${at + 1}.), which no program can be told`
  return unwritable(text)
}

/** What keeps a text from being written into a file: half a character has no bytes. */
export function unwritable(text: string): string | undefined {
  if (text.isWellFormed()) return undefined
  const half = /\p{Surrogate}/u.exec(text)![0]
  return `it holds half of a character (\\u${half.charCodeAt(0).toString(16)}), which has no bytes`
}

/** The first fault of the texts in a value, names in maps too. */
export function faultIn(value: unknown, fault: (text: string) => string | undefined): string | undefined {
  if (typeof value === 'string') return fault(value)
  if (typeof value !== 'object' || value === null) return undefined
  const parts = Array.isArray(value) ? value : Object.entries(value).flat()
  for (const part of parts) {
    const found = faultIn(part, fault)
    if (found !== undefined) return found
  }
  return undefined
}
