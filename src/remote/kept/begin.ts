import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { createServer, type Socket } from 'node:net'
import { listenAt } from './place.ts'
import type { LeftLogin } from './words.ts'

/** How long one may take to come up, in ms. */
const START = 1000

/** What it has used once is given back: mallopt(3). */
const SMALL = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' }

/** Starts a keeper, by words for node, and waits until it can be asked at `path`. Raises an Error. */
export function begun(path: string, program: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = start([...program, 'new', path], ['ignore', 'pipe', 'ignore'])
    const end = (error?: Error) => {
      clearTimeout(late)
      child.stdout?.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    const late = setTimeout(end, START, new Error(`it did not start within ${START} ms`))
    child.stdout?.once('data', () => end())
    child.once('error', end)
    child.once('exit', () => end(new Error('it ended when it was started')))
  })
}

/**
 * Starts a keeper to which the connections are left, and waits for nothing: the socket at `path` is there already, and who
 * asks there waits until it is up. Raises an Error.
 */
export async function leaveTo(
  path: string,
  program: readonly string[],
  left: readonly { readonly login: LeftLogin; readonly socket: Socket }[],
): Promise<void> {
  const server = createServer()
  await listenAt(path, server)
  const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle
  const child = start(
    [...program, 'left', path],
    ['ignore', 'ignore', 'ignore', 'pipe', fd, ...left.map(({ socket }) => socket)],
  )
  child.on('error', () => {})
  const letter = child.stdio[3] as Socket
  letter.on('error', () => {})
  await new Promise<void>((resolve) => {
    letter.once('close', () => resolve())
    letter.end(JSON.stringify(left.map(({ login }) => login)), () => resolve())
  })
  // It is read later, and nobody waits for that.
  letter.destroy()
  server.close()
}

/** It is nobody's child, and knows nothing of this process's environment. */
function start(words: readonly string[], stdio: NonNullable<SpawnOptions['stdio']>): ChildProcess {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, words, {
    detached: true,
    cwd: '/',
    env: { PATH, HOME, ...SMALL },
    stdio,
  })
  child.unref()
  return child
}
