import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Unreachable } from './channel.ts'

const FAILURES: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  EMFILE: [
    'this process has as many files and connections open as it may (EMFILE)',
    'let it have more (ulimit -n), or work on fewer hosts at a time (serial, --limit)',
  ],
  ENFILE: ['this machine has as many files open as it may (ENFILE)', 'raise fs.file-max here'],
  EAGAIN: [
    'this user may start no more processes on this machine (EAGAIN)',
    'let it have more (ulimit -u), or lower --forks',
  ],
  ENOMEM: ['this machine has no memory left for another process (ENOMEM)', 'lower --forks'],
  E2BIG: ['the arguments are too long for a program (E2BIG)', 'shorten the ssh arguments'],
}

/** Nothing could be begun, and that is this machine's fault and not the host's. */
export class Exhausted extends Unreachable {}

/** What an error says when it is of that kind; undefined for others. */
export function exhausted(error: unknown): Exhausted | undefined {
  const [what, advice] = FAILURES[String((error as NodeJS.ErrnoException).code)] ?? []
  return what === undefined ? undefined : new Exhausted(what, advice)
}

/**
 * Starts a program in a process group of its own: a Ctrl-C at the terminal is for the runner to pass on, or not.
 * Rejects with Exhausted when this machine has no room for it.
 */
export async function started(
  file: string,
  args: readonly string[],
  environment?: NodeJS.ProcessEnv,
): Promise<ChildProcessWithoutNullStreams> {
  try {
    const child = spawn(file, args, {
      detached: true,
      stdio: 'pipe',
      ...(environment && { env: environment }),
    })
    await once(child, 'spawn')
    return child
  } catch (error) {
    throw exhausted(error) ?? error
  }
}
