import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { inheritedDescriptors } from './inherited.ts'
import { listenAt } from './place.ts'
import type { LeftLogin, Letter } from './words.ts'

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
  const inode = await listenAt(path, server)
  try {
    const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle
    const sockets = left.map(({ socket }) => socket)
    const child = start([...program, 'left', path], ['ignore', 'ignore', 'ignore', 'pipe', fd, ...sockets])
    child.on('error', () => {})
    if (child.pid === undefined) throw new Error('no process can be started')
    await send({ inode, logins: left.map(({ login }) => login) }, child.stdio[3] as Socket)
  } finally {
    // While it listens, this process does not end.
    server.close()
  }
}

async function send(words: Letter, letter: Socket): Promise<void> {
  letter.on('error', () => {})
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, START)
    const end = () => {
      clearTimeout(late)
      resolve()
    }
    letter.once('close', end)
    letter.end(JSON.stringify(words), end)
  })
  // It is read later, and nobody waits for that.
  letter.destroy()
}

type Stdio = Extract<NonNullable<SpawnOptions['stdio']>, readonly unknown[]>

/**
 * It is nobody's child, and has nothing of this process's environment, nor of what that holds open: somebody may wait for
 * the end of a pipe, or for a lock.
 */
function start(words: readonly string[], stdio: Stdio): ChildProcess {
  const { PATH, HOME } = process.env
  const nothing = openSync('/dev/null', 'r+')
  try {
    const child = spawn(process.execPath, words, {
      detached: true,
      cwd: '/',
      env: { PATH, HOME, ...SMALL },
      stdio: covered(stdio, nothing),
    })
    child.unref()
    return child
  } finally {
    closeSync(nothing)
  }
}

/** The same, with `nothing` in the place of each descriptor that would be inherited. */
function covered(stdio: Stdio, nothing: number): Stdio {
  const all = [...stdio]
  for (const descriptor of inheritedDescriptors()) {
    if (descriptor < stdio.length) continue
    while (all.length < descriptor) all.push('ignore')
    all.push(nothing)
  }
  return all
}
