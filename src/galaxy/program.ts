import { spawn } from 'node:child_process'
import { type FileHandle, open } from 'node:fs/promises'

export interface Program {
  readonly words: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Seconds. */
  readonly timeout: number
  /** The file that takes its output. */
  readonly into?: string
  /** The file that it reads. */
  readonly from?: string
}

const SAID_AT_MOST = 1024 * 1024

/**
 * What a program prints; nothing is asked of the user. Raises an Error with the last lines that it says on stderr when it
 * fails, and with a sentence when it is not there or takes too long.
 */
export async function printed(name: string, program: Program): Promise<string> {
  const { words, cwd, env, timeout } = program
  const files: FileHandle[] = []
  const opened = async (path: string, flags: string) => {
    const file = await open(path, flags, 0o600)
    files.push(file)
    return file.fd
  }
  try {
    const input = program.from === undefined ? 'ignore' : await opened(program.from, 'r')
    const output = program.into === undefined ? 'pipe' : await opened(program.into, 'wx')
    const child = spawn(name, words, {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: [input, output, 'pipe'],
    })
    let out = ''
    let said = ''
    child.stdout?.on('data', (piece) => {
      if (out.length < SAID_AT_MOST) out += piece
    })
    child.stderr?.on('data', (piece) => {
      said = `${said}${piece}`.slice(-SAID_AT_MOST)
    })
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, timeout * 1000)
    const status = await new Promise((done, fail) => child.once('close', done).once('error', fail)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
        throw new Error(`there is no ${name} on this machine; it is needed here`)
      },
    )
    clearTimeout(timer)
    if (isLate) throw new Error(`${name} takes longer than ${timeout} s`)
    if (status === 0) return out
    const lines = said.trim().split('\n').slice(-4)
    throw new Error(lines.join('\n') || `${name} ends with status ${status}`)
  } finally {
    for (const file of files) await file.close()
  }
}
