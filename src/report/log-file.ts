import { createWriteStream, type WriteStream } from 'node:fs'
import { ProblemError } from '../values/problem.ts'

/** A file to which lines are added, each with the time. */
export class LogFile {
  readonly #path: string
  readonly #stream: WriteStream
  #error: NodeJS.ErrnoException | undefined

  constructor(path: string) {
    this.#path = path
    this.#stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
    this.#stream.on('error', (error) => {
      this.#error = error
    })
  }

  write(text: string): void {
    const time = new Date().toISOString()
    const lines = text.split('\n').filter((line) => line !== '')
    if (this.#error === undefined) this.#stream.write(lines.map((line) => `${time} | ${line}\n`).join(''))
  }

  /** Resolves when all is written. Raises ProblemError when it could not be. */
  async end(): Promise<void> {
    await new Promise<void>((done) => {
      this.#stream.once('close', done)
      this.#stream.end()
      if (this.#stream.closed) done()
    })
    if (this.#error !== undefined)
      throw new ProblemError({ message: `the log ${this.#path} could not be written (${this.#error.code})` })
  }
}
