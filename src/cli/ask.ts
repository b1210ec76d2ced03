import { createInterface, type Interface } from 'node:readline/promises'
import { askSecret } from '../remote/secret.ts'
import { visibleLines } from '../values/visible.ts'

/** undefined when the terminal goes away, or is closed with Ctrl-D; Ctrl-C is a signal as it always is. */
function answer(terminal: Interface, prompt: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    terminal.once('close', () => resolve(undefined))
    terminal.once('SIGINT', () => {
      terminal.close()
      process.kill(process.pid, 'SIGINT')
    })
    terminal.question(prompt).then(resolve, reject)
  })
}

/** Asks at the terminal, without echo for a secret; undefined when there is no terminal. */
export async function ask(prompt: string, isPrivate: boolean): Promise<string | undefined> {
  if (isPrivate) return askSecret(prompt)
  if (!process.stdin.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await answer(terminal, visibleLines(prompt))
  } finally {
    terminal.close()
  }
}
