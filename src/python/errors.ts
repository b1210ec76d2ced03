/** What Python calls its exceptions; MemoryError is also what is larger than is allowed here. */
export type ErrorKind =
  | 'AttributeError'
  | 'IndexError'
  | 'KeyError'
  | 'MemoryError'
  | 'OverflowError'
  | 'TypeError'
  | 'ValueError'
  | 'ZeroDivisionError'

/** What Python would raise, with its message. It has no place: whoever evaluates an expression adds it. */
export class PythonError extends Error {
  readonly kind: ErrorKind

  constructor(kind: ErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}
