import { createWriteStream, type WriteStream } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import { ProblemError } from '../values/problem.ts'

/** Lines as a log has them, each with the time. */
function logged(text: string): string {
  const time = new Date().toISOString()
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => `${time} | ${line}\n`).join('')
}

/**
 * Adds lines without their colours to a log that is not kept open, so that it may be moved away meanwhile. Raises the
 * file system's error.
 */
export function addToLog(path: string, lines: readonly string[]): Promise<void> {
  return appendFile(path, logged(stripVTControlCharacters(lines.join('\n'))), { mode: 0o600 })
}

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
    if (this.#error === undefined) this.#stream.write(logged(text))
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
