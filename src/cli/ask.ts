import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Asks at the terminal, without echo for a secret; undefined when stdin is no terminal. */
export async function ask(prompt: string, isPrivate: boolean): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  process.stderr.write(prompt)
  const output = isPrivate ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr
  const terminal = createInterface({ input: process.stdin, output, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    if (isPrivate) process.stderr.write('\n')
  }
}
