import type { Theme } from '../paint.ts'
import type { Segment } from './segment.ts'

const UNITS = ['kB', 'MB', 'GB', 'TB']

/** Bytes as people say it: "100 MB". */
export function sizeName(bytes: number): string {
  const power = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const size = bytes / 1000 ** power
  return `${size.toFixed(size < 10 ? 1 : 0)} ${UNITS[power - 1]}`
}

/** Columns of a bar. */
export const BAR = 20

/** How much of a whole is done, 0 to 1. */
export function barOf(share: number, { symbols }: Theme): Segment[] {
  const full = Math.min(BAR, Math.floor(share * BAR))
  return [
    [symbols.full.repeat(full), 'ok'],
    [symbols.rest.repeat(BAR - full), 'dim'],
  ]
}
