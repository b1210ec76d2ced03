let reads = 0
let unnamed = 0

/** Notes that a template has read something that is no variable: the clock, chance, a file, a program's output. */
export function readOutside(): void {
  reads += 1
  unnamed += 1
}

/** Notes that a file was read whose path the arguments of a task have. */
export function readNamedFile(): void {
  reads += 1
}

/** How often that has been; where it is the same before and after, what was made between is made of variables alone. */
export function outsideReads(): number {
  return reads
}

/** The same without files that arguments name. */
export function unnamedReads(): number {
  return unnamed
}
