import { PythonError } from './errors.ts'

/** The most characters of a text, or items of a list, that one operation may make. */
const LONGEST = 10_000_000
/** The most bits of a whole number: some 30,000 digits. */
const MOST_BITS = 100_000

/** Raises a MemoryError for a text or a list that is longer than is allowed. `what` names its parts. */
export function checkLength(length: number | bigint, what: 'characters' | 'items'): void {
  if (length > LONGEST)
    throw new PythonError('MemoryError', `the result would have ${length} ${what}; there may be ${LONGEST}`)
}

/** Raises a MemoryError for a whole number that has more bits than is allowed. */
export function checkBits(bits: number): void {
  if (bits > MOST_BITS)
    throw new PythonError('MemoryError', `the result is too large: a number may have ${MOST_BITS} bits`)
}
