/** What stands for the user's Ctrl-C: the first request stops a run, the second cuts it off. */
export class Interrupt {
  readonly #stop = new AbortController()
  readonly #cut = new AbortController()

  get signals() {
    return { stop: this.#stop.signal, cut: this.#cut.signal }
  }

  request(): void {
    if (this.#stop.signal.aborted) this.#cut.abort()
    else this.#stop.abort()
  }
}
