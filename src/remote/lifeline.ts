/** The end of a connection, told once to everyone who asked to hear of it. */
export class Lifeline {
  readonly #listeners = new Set<(reason: Error) => void>()
  #reason: Error | undefined

  get cut(): boolean {
    return this.#reason !== undefined
  }

  /** Calls `listener` when the end comes, or at once if it has come. The function returned takes that back. */
  onCut(listener: (reason: Error) => void): () => void {
    if (this.#reason !== undefined) listener(this.#reason)
    else this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  cutWith(reason: Error): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    for (const listener of this.#listeners) listener(reason)
    this.#listeners.clear()
  }
}
