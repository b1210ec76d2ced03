import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Outcome } from '../shell/outcome.ts'
import { FROM_HOST, type Talk, TO_HOST, WORDS } from '../shell/talk.ts'
import { exhausted } from './exhausted.ts'
import type { Session } from './session.ts'

/**
 * Has a program of this machine speak with one on the host, over the session that is there. The outcome is that of the
 * program; what the other says on stderr stands before its own. Raises as Session does, and an Error when the program
 * cannot be started.
 */
export async function talkWith(
  session: Session,
  { program: [file, ...args], answer }: Talk,
  environment?: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const began = performance.now()
  const pipe = 'pipe' as const
  const child = spawn(file, args, { detached: true, stdio: ['ignore', pipe, pipe, pipe, pipe, pipe] })
  const [out, err] = [text(child.stdout!), text(child.stderr!)]
  const [fromHost, toHost, words] = [FROM_HOST, TO_HOST, WORDS].map((at) => child.stdio[at]!) as [
    Writable,
    Readable,
    Readable,
  ]
  for (const stream of [fromHost, toHost, words]) stream.on('error', () => {})
  const ended = once(child, 'close') as Promise<[number | null]>
  ended.catch(() => {})
  try {
    await once(child, 'spawn')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw missing
      ? new Error(`${file} is needed on this machine, and is not there`)
      : (exhausted(error) ?? error)
  }
  try {
    const given = await readWords(words)
    const said =
      given === undefined ? '' : await speak(session, answer(given), { toHost, fromHost }, environment)
    const [code] = await ended
    const seconds = (performance.now() - began) / 1000
    return { code: code ?? 1, stdout: await out, stderr: said + (await err), seconds }
  } catch (error) {
    child.kill()
    await ended
    throw error
  } finally {
    for (const stream of [fromHost, toHost, words]) stream.destroy()
  }
}

/** What the program on the host says on stderr; it has ended then, and the other is told so. */
async function speak(
  session: Session,
  script: string,
  { toHost, fromHost }: { toHost: Readable; fromHost: Writable },
  environment: Readonly<Record<string, string>> | undefined,
): Promise<string> {
  const heard = new PassThrough()
  heard.pipe(fromHost)
  // Who does not listen any more must not keep the host from ending.
  fromHost.once('close', () => heard.unpipe(fromHost).resume())
  const { stderr } = await session.converse(script, toHost, heard, environment)
  heard.end()
  return stderr
}

/** The words of the remote shell; undefined when the program ends, or goes on, without one. */
async function readWords(stream: Readable): Promise<string[] | undefined> {
  let read = ''
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    read += chunk
    const [count, ...words] = read.split('\0')
    if (words.length > Number(count)) return words.slice(0, -1)
  }
  return undefined
}
