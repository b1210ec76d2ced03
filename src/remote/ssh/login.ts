import type { Duplex } from 'node:stream'
import { NodeSSH } from 'node-ssh'
import type { AuthenticationType, Client } from 'ssh2'
import { HungUp, Unreachable } from '../channel.ts'
import { algorithmsFor } from './algorithms.ts'
import { Authentication, type Credentials } from './authentication.ts'
import { ping } from './ping.ts'
import type { SshSettings } from './ssh-settings.ts'

type Phase = 'greeting' | 'key exchange' | 'login'

/** How often a quiet peer is asked for a sign of life when ssh's configuration does not say, in seconds. */
export const ALIVE_INTERVAL = 10

/** Who decides about a server's keys. */
export interface HostKeyJudge {
  /** The types of key that the server is known by. */
  readonly types: readonly string[]
  /** Raises, or rejects with, the reason why a key in wire format is not to be trusted. */
  check(key: Buffer): void | Promise<void>
}

export interface LoginEvents {
  /** The server has said who it is. */
  readonly onGreeting: () => void
  /** We are let in, by a key or a password, which is named. */
  readonly onLogin?: (by: string) => void
  /** Hears what ssh2 says of every packet, without its content. */
  readonly onDebug?: (message: string) => void
}

/**
 * Logs in over a stream that leads to an SSH server: its host key is verified first, then we authenticate. Each
 * part may take `seconds`. Raises Unreachable; HungUp when the server never said who it is.
 */
export async function login(
  stream: Duplex,
  settings: SshSettings,
  credentials: Credentials,
  seconds: number,
  hostKeys: HostKeyJudge,
  { onGreeting, onLogin, onDebug }: LoginEvents,
): Promise<Client> {
  const offered = algorithmsFor(settings, hostKeys.types)
  let phase: Phase = 'greeting'
  let greeting = ''
  let reason: Error | undefined
  let trusted: Buffer | undefined
  const fail = (error: Error) => {
    reason ??= error
    stream.destroy()
  }
  const watch = new Watch(seconds, () => fail(tooLate(phase, settings, seconds)))
  const authentication = new Authentication(settings, credentials, {
    onAttempt: () => watch.restart(),
    onSigning: () => watch.stop(),
    onFailure: fail,
  })
  const ssh = new NodeSSH()
  const ready = ssh.connect({
    sock: stream,
    username: settings.user,
    readyTimeout: 0,
    keepaliveInterval: (settings.aliveInterval || ALIVE_INTERVAL) * 1000,
    keepaliveCountMax: settings.aliveCount,
    algorithms: offered,
    ...(onDebug && { debug: onDebug }),
    authHandler: (accepts: AuthenticationType[]) => authentication.next(accepts),
    hostVerifier: (key: Buffer, verify: (isTrusted: boolean) => void) => {
      // It comes again when keys are exchanged anew. While ssh2 waits for an answer it would send what must wait too.
      if (trusted?.equals(key)) return true
      const refuse = (error: Error) => {
        reason ??= error
        verify(false)
      }
      const checked = async () => hostKeys.check(key)
      const accept = () => {
        trusted = key
        verify(true)
      }
      checked().then(accept, refuse)
      return undefined
    },
  })
  const failed = new Promise<never>((_, reject) => {
    // An ssh2 channel below that has been destroyed says nothing more; a socket says it later.
    stream.once('close', () => reject(reason ?? new Error('closed')))
  })
  const client = ssh.connection!
  // For life: an error that nobody listens to ends the process.
  client.on('error', () => {})
  client.once('handshake', () => {
    declineHostKeys(client)
    phase = 'login'
    watch.restart()
  })
  stream.on('data', (chunk: Buffer) => {
    if (phase !== 'greeting') return
    greeting = (greeting + chunk.toString('latin1')).slice(0, 4096)
    if (!/^SSH-/m.test(greeting)) return
    phase = 'key exchange'
    onGreeting()
    watch.restart()
  })
  try {
    await Promise.race([ready, failed])
    onLogin?.(authentication.current)
    return client
  } catch (error) {
    stream.destroy()
    throw reason ?? failure(error as Error, phase, greeting, settings, authentication)
  } finally {
    watch.stop()
    failed.catch(() => {})
  }
}

/** The part of ssh2's client that is not public and that we need. */
interface Inner {
  readonly _protocol: {
    readonly _handlers: { GLOBAL_REQUEST: (protocol: unknown, name: string, ...more: unknown[]) => void }
  }
}

/**
 * Keeps ssh2 from having the server prove all its other host keys: signatures there and checks of them here, at each
 * login, for an event that we do not use. But something is said: OpenSSH's server leaves Nagle's algorithm on, so its
 * next words wait for our acknowledgement of these, which the kernel puts off for 40 ms while we are silent.
 */
export function declineHostKeys(client: Client): void {
  const { _handlers: handlers } = (client as unknown as Inner)._protocol
  const handle = handlers.GLOBAL_REQUEST
  handlers.GLOBAL_REQUEST = (from, name, ...more) => {
    if (name !== 'hostkeys-00@openssh.com') return handle(from, name, ...more)
    ping(client)
  }
}

/** Says so when nothing has happened for too long. */
class Watch {
  readonly #milliseconds: number
  readonly #onLate: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(seconds: number, onLate: () => void) {
    this.#milliseconds = seconds * 1000
    this.#onLate = onLate
    this.restart()
  }

  restart(): void {
    this.stop()
    this.#timer = setTimeout(this.#onLate, this.#milliseconds)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

function tooLate(phase: Phase, { host, port, user }: SshSettings, seconds: number): Unreachable {
  const where = `${host} port ${port}`
  const frozen = 'is its SSH server frozen or the machine overloaded? -T sets the time to wait'
  switch (phase) {
    case 'greeting':
      return new Unreachable(`${where} takes connections, but said nothing for ${seconds} s`, frozen)
    case 'key exchange':
      return new Unreachable(`${where} stopped answering during the key exchange, for ${seconds} s`, frozen)
    case 'login':
      return new Unreachable(`${where} did not answer to the login of ${user} for ${seconds} s`, frozen)
  }
}

function failure(
  error: Error & { level?: string },
  phase: Phase,
  greeting: string,
  settings: SshSettings,
  authentication: Authentication,
): Unreachable {
  const where = `${settings.host} port ${settings.port}`
  if (error.level === 'client-authentication') return authentication.refusal()
  switch (phase) {
    case 'greeting':
      return silence(where, greeting.trim().split('\n')[0]?.trim() ?? '')
    case 'key exchange':
      return error.level === 'handshake'
        ? new Unreachable(
            `${where} and we found no way to talk: ${error.message}`,
            'an old server may need -o KexAlgorithms=+..., HostKeyAlgorithms=+..., Ciphers=+... or MACs=+... in ansible_ssh_common_args',
          )
        : new Unreachable(`${where} hung up during the key exchange: ${error.message}`, LOG)
    case 'login':
      return authentication.hungUp(error)
  }
}

const LOG = "the server's log says why"

function silence(where: string, said: string): Unreachable {
  if (said === '') return new HungUp(`${where} hung up before its greeting`, `is it an SSH server? ${LOG}`)
  // What OpenSSH writes when it drops a login; anything else is no SSH server.
  const dropped = /MaxStartups|Not allowed at this time/.test(said)
  const message = `${where} hung up without an SSH greeting, saying ${JSON.stringify(said)}`
  return dropped
    ? new HungUp(message, 'too many logins at a time: raise MaxStartups in its sshd_config, or lower --forks')
    : new Unreachable(message, 'is that an SSH server? look at ansible_port')
}
