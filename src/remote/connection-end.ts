/** The end of a connection, told once to everyone who asked to hear of it. */
export class ConnectionEnd {
  readonly #listeners = new Set<(reason: Error) => void>()
  #reason: Error | undefined

  get cut(): boolean {
    return this.#reason !== undefined
  }

  /** Calls `listener` when the end comes, or soon if it has come. The function returned takes that back. */
  onCut(listener: (reason: Error) => void): () => void {
    this.#listeners.add(listener)
    if (this.#reason !== undefined) queueMicrotask(() => this.#tell())
    return () => this.#listeners.delete(listener)
  }

  cutWith(reason: Error): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#tell()
  }

  #tell(): void {
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener(this.#reason!)
  }
}
