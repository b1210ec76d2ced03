import { createInterface } from 'node:readline'

/** Where lines come from: each call gives the next one, undefined when there are no more. */
export interface Lines {
  next(prompt: string): Promise<string | undefined>
  /** What was typed, the newest line first. */
  readonly history: readonly string[]
}

export type Completer = (line: string) => [string[], string]

/**
 * Lines typed at a terminal. Between two of them the terminal is as it was, so that Ctrl-C is a signal to what runs; at the
 * prompt Ctrl-C drops the line, and Ctrl-D ends.
 */
export function typedLines(history: readonly string[], completer: Completer): Lines {
  let kept = [...history]
  return {
    get history() {
      return kept
    },
    next: (prompt) =>
      new Promise((resolve) => {
        const terminal = createInterface({
          input: process.stdin,
          output: process.stdout,
          history: [...kept],
          historySize: MOST_LINES,
          removeHistoryDuplicates: true,
          completer,
        })
        let line: string | undefined
        terminal.on('history', (lines) => {
          // What begins with a space is not kept, as in shells.
          kept = lines.filter((one) => !one.startsWith(' '))
        })
        terminal.on('SIGINT', () => {
          process.stdout.write('^C\n')
          line = ''
          terminal.close()
        })
        terminal.on('close', () => resolve(line))
        terminal.question(prompt, (answer) => {
          line = answer
          terminal.close()
        })
      }),
  }
}

/** Lines of a file or pipe; what is done with them shows no prompt. */
export function pipedLines(input: NodeJS.ReadableStream): Lines {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  return {
    history: [],
    next: async () => {
      const { value, done } = await lines.next()
      return done === true ? undefined : (value as string)
    },
  }
}

/** Lines that are kept from one console to the next. */
export const MOST_LINES = 1000
