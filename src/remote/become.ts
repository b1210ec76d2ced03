import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { quote, words } from '../modules/sh.ts'
import { type Channel, type Transport, Unreachable } from './channel.ts'
import type { Become } from './target.ts'

/** The user whom the task wants to be cannot be become: a sentence, and what to try. */
export class BecomeError extends Error {
  readonly advice: string | undefined

  constructor(message: string, advice?: string) {
    super(message)
    this.name = 'BecomeError'
    this.advice = advice
  }
}

/** How long the login shell and sudo may take until our script runs, in ms. */
const PATIENCE = 60_000
/** How long what it said may take to come after its end, in ms. */
const LAST_WORDS = 500

/** A program that has started: what it reads and writes, and its process group on the host. */
export interface Started {
  readonly channel: Channel
  readonly group: number
}

// Only the shell's own words: no process is started for it. Most often the shell leads its group; what else there is,
// the shell reads byte by byte.
const TELL_GROUP =
  'kill -0 -$$ 2>/dev/null && g=$$ || { read -r _ _ _ _ g _ </proc/$$/stat; } 2>/dev/null || g=$$'

/**
 * Starts `script` under /bin/sh, as another user if one is to be become, and answers the question for a password.
 * What was printed before it began (by the login shell's own start files, by sudo) is not in the channel's stdout.
 * Raises BecomeError at once when a password is wanted and none is known, or when it is refused.
 */
export async function openAs(
  transport: Transport,
  become: Become | undefined,
  script: string,
): Promise<Started> {
  const nonce = randomBytes(9).toString('hex')
  const marks = { prompt: `password-${nonce}:`, ready: `ready-${nonce}` }
  const inner = words('/bin/sh', '-c', `${TELL_GROUP}; echo ${marks.ready} $g\n${script}`)
  const channel = await transport.open(
    become === undefined ? inner : commandLine(become, marks.prompt, inner),
  )
  return whenReady(channel, become, marks)
}

/** A shell that has yet to say that it is there. */
export interface Opened {
  readonly channel: Channel
  /**
   * Has it say so, and waits for it; what is written to it meanwhile is read behind that. Its output belongs to this
   * until then. Rejects as `openAs` does.
   */
  start(): Promise<Started>
}

/**
 * Starts /bin/sh, to be told what to do over its stdin; as `openAs` in everything else. Without another user to become
 * it is the only shell but the login shell, which makes way for it, and need not be waited for.
 */
export async function openShell(transport: Transport, become: Become | undefined): Promise<Opened> {
  if (become !== undefined) {
    const program = await openAs(transport, become, 'exec /bin/sh')
    return { channel: program.channel, start: async () => program }
  }
  const channel = await transport.open('exec /bin/sh')
  const start = () => {
    const ready = `ready-${randomBytes(9).toString('hex')}`
    channel.stdin.write(`${TELL_GROUP}; echo ${ready} $g\n`)
    return whenReady(channel, become, { prompt: '', ready })
  }
  return { channel, start }
}

async function whenReady(channel: Channel, become: Become | undefined, marks: Marks): Promise<Started> {
  try {
    return { channel, group: await groupTold(channel, become, marks) }
  } catch (error) {
    channel.close()
    throw error
  }
}

function commandLine(become: Become, prompt: string, inner: string): string {
  if (become.method === 'su') return `su ${quote(become.user)} -s /bin/sh -c ${quote(inner)}`
  const asking = become.password === undefined ? '-n' : `-S -k -p ${quote(prompt)}`
  return `sudo -H ${asking} ${become.flags ?? ''} -u ${quote(become.user)} ${inner}`
}

interface Marks {
  /** What sudo asks with; su has words of its own. */
  readonly prompt: string
  /** Begins the first line that the script itself prints; its process group follows. */
  readonly ready: string
}

function groupTold(channel: Channel, become: Become | undefined, { prompt, ready }: Marks): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = ''
    let heard = Buffer.alloc(0)
    let asked = 0
    let settled = false
    const settle = (then: () => void) => {
      if (settled) return
      settled = true
      clearTimeout(late)
      channel.stdout.off('data', onStdout)
      channel.stderr.off('data', onStderr)
      // Nothing is lost until somebody reads on.
      channel.stdout.pause()
      channel.stderr.pause()
      then()
    }
    const fail = (error: Error) => settle(() => reject(error))
    const onStdout = (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk])
      const at = heard.indexOf(`${ready} `)
      const end = at === -1 ? -1 : heard.indexOf('\n', at)
      if (end === -1) return
      settle(() => {
        const rest = heard.subarray(end + 1)
        if (rest.length > 0) channel.stdout.unshift(rest)
        resolve(Number(heard.subarray(at + ready.length, end).toString()))
      })
    }
    const onStderr = (chunk: Buffer) => {
      said += chunk.toString()
      if (become === undefined || !asks(become, said, prompt)) return
      asked += 1
      said = said.replaceAll(prompt, '')
      if (become.password === undefined) fail(noPassword(become))
      else if (asked > 1) fail(wrongPassword(become))
      else channel.stdin.write(`${become.password}\n`)
    }
    const late = setTimeout(
      () => fail(new Unreachable(`no shell came up within ${PATIENCE / 1000} s: ${said.trim()}`)),
      PATIENCE,
    )
    channel.stdout.on('data', onStdout)
    channel.stderr.on('data', onStderr)
    const saidAll = new Promise((over) => channel.stderr.once('end', over))
    channel.exited.then(
      async (code) => {
        // What it said last may still be on its way.
        await Promise.race([saidAll, sleep(LAST_WORDS, undefined, { ref: false })])
        fail(refusal(become, code, said.trim()))
      },
      (error: Error) => fail(error),
    )
  })
}

/** su asks in words of its own and in the user's language: an unfinished line with a colon at its end. */
function asks({ method }: Become, said: string, prompt: string): boolean {
  return method === 'sudo' ? said.includes(prompt) : /[:：] ?$/.test(said)
}

function noPassword({ method, user }: Become): BecomeError {
  const advice = 'give it with -K (--ask-become-pass) or ansible_become_password'
  return new BecomeError(
    `${method} wants a password for becoming ${user}`,
    method === 'sudo' ? `${advice}, or allow it without one (NOPASSWD in sudoers)` : advice,
  )
}

function wrongPassword({ method, user }: Become): BecomeError {
  return new BecomeError(
    `${method} refused the password for becoming ${user}`,
    method === 'sudo'
      ? 'sudo wants the password of the user logged in as, not of the one to become'
      : `su wants the password of ${user}`,
  )
}

function refusal(become: Become | undefined, code: number, said: string): Error {
  const why = said || `exit status ${code}`
  if (become === undefined) {
    return new Unreachable(
      `the host did not start /bin/sh: ${why}`,
      'the user who logs in needs a login shell that runs commands, and a POSIX /bin/sh',
    )
  }
  if (/a password is required/.test(said)) return noPassword(become)
  if (/incorrect password|Sorry, try again|Authentication failure|incorrect/i.test(said)) {
    return wrongPassword(become)
  }
  const { method, user } = become
  const advice = /not found/.test(said)
    ? `install ${method} on the host, or set ansible_become_method`
    : /must have a tty/.test(said)
      ? 'take requiretty out of sudoers'
      : /not allowed|not in the sudoers/.test(said)
        ? 'allow it in sudoers'
        : undefined
  return new BecomeError(`cannot become ${user} with ${method}: ${why}`, advice)
}
