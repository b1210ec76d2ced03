import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import pLimit from 'p-limit'
import { visibleLines } from '../values/visible.ts'

// Two questions at once would read each other's answers.
const oneAtATime = pLimit(1)

/** Asks on the terminal, without echo. undefined when there is no terminal, or the question is waved away with Ctrl-D. */
export function askSecret(question: string): Promise<string | undefined> {
  return oneAtATime(() => {
    const terminal = openTerminal()
    return terminal === undefined ? undefined : readSecret(terminal, question)
  })
}

function openTerminal(): ReadStream | undefined {
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'))
  } catch {
    return undefined
  }
}

function readSecret(terminal: ReadStream, question: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let typed = ''
    const finish = (answer: string | undefined) => {
      terminal.setRawMode(false)
      terminal.write('\n')
      terminal.destroy()
      resolve(answer)
    }
    terminal.setRawMode(true)
    terminal.write(visibleLines(question).replaceAll('\n', '\r\n'))
    terminal.setEncoding('utf8')
    terminal.once('error', () => resolve(undefined))
    terminal.once('end', () => resolve(undefined))
    terminal.on('data', (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return finish(typed)
        if (character === '\u0004') return finish(undefined)
        if (character === '\u0003') {
          finish(undefined)
          process.kill(process.pid, 'SIGINT')
          return
        }
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('')
        else if (character === '\u0015') typed = ''
        else typed += character
      }
    })
  })
}
