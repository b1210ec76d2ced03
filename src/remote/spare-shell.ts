import type { HostShell } from './host-shell.ts'

/** A shell that comes up before it is needed, so that a program need not wait for it. */
export class SpareShell {
  readonly #open: () => Promise<HostShell>
  #spare: Promise<HostShell | undefined> | undefined
  #hasEnded = false

  constructor(open: () => Promise<HostShell>) {
    this.#open = open
  }

  /** Has one come up, unless there is one. Whoever needs one meets what keeps it from that. */
  prepare(): void {
    this.#spare ??= this.#openNow()
  }

  async #openNow(): Promise<HostShell | undefined> {
    try {
      const shell = await this.#open()
      this.#hasEnded = false
      const ended = () => {
        this.#hasEnded = true
      }
      shell.channel.exited.then(ended, ended)
      return shell
    } catch {
      return undefined
    }
  }

  /** The one that is there, or another. Raises as opening one does. */
  async take(): Promise<HostShell> {
    const spare = this.#spare
    this.#spare = undefined
    const shell = await spare
    return shell === undefined || this.#hasEnded ? this.#open() : shell
  }

  /** Ends the one that nobody has needed, once it is there. */
  close(): void {
    void this.#spare?.then((shell) => shell?.channel.close())
    this.#spare = undefined
  }
}
