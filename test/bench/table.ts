/** The middle of some numbers, and how far they went. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, least: sorted[0]!, most: sorted.at(-1)! }
}

/** A table in Markdown that is also readable as it stands. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join(
    '\n',
  )
}

/** Milliseconds, as people read them. */
export function duration(ms: number): string {
  if (ms < 995) return `${Math.round(ms)} ms`
  return ms < 9950 ? `${(ms / 1000).toFixed(2)} s` : `${(ms / 1000).toFixed(1)} s`
}

/** How many times as much. */
export function ratio(value: number): string {
  return value < 9.95 ? value.toFixed(2) : value < 99.5 ? value.toFixed(1) : String(Math.round(value))
}
