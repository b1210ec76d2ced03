import type { ShellOutput } from '../../remote/resident-shell.ts'
import type { InEnvironment, Session } from '../../remote/session.ts'

/** The scripts of one change, and what is told of them. */
class Part {
  readonly scripts: readonly InEnvironment[]
  readonly outputs: Promise<readonly ShellOutput[] | undefined>
  readonly #come: ShellOutput[] = []
  #settle!: (outputs: readonly ShellOutput[] | undefined) => void
  #fail!: (error: unknown) => void

  constructor(scripts: readonly InEnvironment[]) {
    this.scripts = scripts
    this.outputs = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
    })
    // Whoever waits for it meets the error; perhaps nobody does any more.
    this.outputs.catch(() => {})
  }

  /** Takes an output; true if that is the last. */
  take(output: ShellOutput): boolean {
    this.#come.push(output)
    const isWhole = output.code !== 0 || this.#come.length === this.scripts.length
    if (isWhole) this.#settle(this.#come)
    return isWhole
  }

  isNotDone(): void {
    this.#settle(undefined)
  }

  fail(error: unknown): void {
    this.#fail(error)
  }
}

/**
 * Sends changes to a resident shell in one message, which makes them one after the other up to one that fails. Gives for
 * each, as soon as it is over, what its scripts came to up to one that failed; undefined if it was not begun because of
 * one before. Rejected is what nobody knows of: whether it was done, wholly or in part.
 */
export function sendTogether(
  session: Session,
  changes: readonly (readonly InEnvironment[])[],
): Promise<readonly ShellOutput[] | undefined>[] {
  const parts = changes.map((scripts) => new Part(scripts))
  const left = [...parts]
  const onOutput = (output: ShellOutput) => {
    if (left[0]?.take(output)) left.shift()
    if (output.code !== 0) for (const part of left.splice(0)) part.isNotDone()
  }
  session
    .shTogether(
      parts.flatMap(({ scripts }) => scripts),
      onOutput,
    )
    .catch((error: unknown) => {
      for (const part of left.splice(0)) part.fail(error)
    })
  return parts.map(({ outputs }) => outputs)
}
