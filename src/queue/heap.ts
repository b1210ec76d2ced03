import { setFlagsFromString } from 'node:v8'

/** By how much a heap may grow before it is collected again, in percent of what was left of it. */
const GROWTH = 40

/**
 * Heaps of this process grow by little: hosts of which a worker is done are soon forgotten. V8 alone lets a heap of this
 * size double and more. Code caches that were made without this are refused from now on: to be called when all is loaded.
 */
export function keepHeapsSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
}

/** Heaps grow as they would, and code caches are taken: to be called before a thread is started. */
export function letHeapsGrow(): void {
  setFlagsFromString('--heap-growing-percent=0')
}
