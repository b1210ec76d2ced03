import { createInterface } from 'node:readline/promises'
import { visibleLines } from '../language/visible.ts'
import { askSecret } from '../remote/secret.ts'

/** Asks at the terminal, without echo for a secret; undefined when there is no terminal. */
export async function ask(prompt: string, isPrivate: boolean): Promise<string | undefined> {
  if (isPrivate) return askSecret(prompt)
  if (!process.stdin.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(visibleLines(prompt))
  } finally {
    terminal.close()
  }
}
