import { randomBytes } from 'node:crypto'
import { quote, words } from '../modules/sh.ts'
import type { Channel, Transport } from './channel.ts'
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

/**
 * Starts `script` under /bin/sh as another user, and answers a password prompt with the password given.
 * Raises BecomeError at once when a password is wanted and none is known, or when it is refused.
 */
export async function openAs(
  transport: Transport,
  become: Become | undefined,
  script: string,
): Promise<Channel> {
  if (become === undefined) return transport.open(`/bin/sh -c ${quote(script)}`)
  const nonce = randomBytes(9).toString('hex')
  const prompt = `password-${nonce}:`
  const ready = `ready-${nonce}`
  const inner = words('/bin/sh', '-c', `echo ${ready}; ${script}`)
  const channel = await transport.open(commandLine(become, prompt, inner))
  await untilReady(channel, become, prompt, ready)
  return channel
}

function commandLine(become: Become, prompt: string, inner: string): string {
  if (become.method === 'su') return `su ${quote(become.user)} -s /bin/sh -c ${quote(inner)}`
  const asking = become.password === undefined ? '-n' : `-S -k -p ${quote(prompt)}`
  return `sudo -H ${asking} ${become.flags ?? ''} -u ${quote(become.user)} ${inner}`
}

function untilReady(channel: Channel, become: Become, prompt: string, ready: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    let heard = Buffer.alloc(0)
    let asked = 0
    const settle = (then: () => void) => {
      channel.stdout.off('data', onStdout)
      channel.stderr.off('data', onStderr)
      channel.stdout.pause()
      channel.stderr.pause()
      then()
    }
    const fail = (error: Error) => settle(() => reject(error))
    const onStdout = (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk])
      const at = heard.indexOf(`${ready}\n`)
      if (at === -1) return
      settle(() => {
        const rest = heard.subarray(at + ready.length + 1)
        if (rest.length > 0) channel.stdout.unshift(rest)
        resolve()
      })
    }
    const onStderr = (chunk: Buffer) => {
      said += chunk.toString()
      if (said.split(prompt).length - 1 === asked) return
      asked += 1
      if (asked === 1) channel.stdin.write(`${become.password}\n`)
      else {
        channel.kill()
        fail(new BecomeError(`${become.method} refused the password for becoming ${become.user}`))
      }
    }
    channel.stdout.on('data', onStdout)
    channel.stderr.on('data', onStderr)
    channel.exited.then(
      (code) => fail(refusal(become, code, said.replaceAll(prompt, '').trim())),
      (error: Error) => fail(error),
    )
  })
}

function refusal(become: Become, code: number, said: string): BecomeError {
  if (/password is required|no tty present|terminal is required/.test(said)) {
    return new BecomeError(
      `${become.method} wants a password for becoming ${become.user}`,
      'give it with -K (--ask-become-pass) or ansible_become_password, or allow it without one (NOPASSWD in sudoers)',
    )
  }
  return new BecomeError(
    `cannot become ${become.user} with ${become.method}: ${said || `exit status ${code}`}`,
  )
}
